import { afterAll, beforeAll, expect, it, vi } from 'vitest';

type WarmCopies = typeof import('../../src/launch/warm-copies.ts');

let isWarming: WarmCopies['isWarming'];
let warmCopies: WarmCopies['warmCopies'];

let stretches = 0;
const timers: (() => void)[] = [];
let ms = 0;

beforeAll(async () => {
  // It happens once in a process, and tests share one: another file may have begun it.
  vi.resetModules();
  ({ isWarming, warmCopies } = await import('../../src/launch/warm-copies.ts'));
  // Each look at the clock finds it a little later: what is done between two looks takes so long.
  const clock = () => (ms += 0.05);
  warmCopies(clock, (_, run) => void timers.push(run));
});
afterAll(() => {
  timers.length = 0;
});

it('copying is made fast before callers need it: in short stretches, off their path, and with an end', () => {
  expect(isWarming()).toBe(true);
  expect(timers).toHaveLength(1);
  for (let run = timers.shift(); run; run = timers.shift()) {
    const began = ms;
    run();
    expect(ms - began).toBeLessThan(1);
    stretches++;
  }
  expect(stretches).toBeGreaterThan(5);
  expect(isWarming()).toBe(false);
});

it('and once in a process', () => {
  warmCopies(
    () => 0,
    (_, run) => void timers.push(run),
  );
  expect(timers).toHaveLength(0);
});
