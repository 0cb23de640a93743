/** What the server knows of all processes, and how a process takes it. */
import { createHolds, hearing } from '@dimmer/client';
import { describe, expect, it, vi } from 'vitest';
import { createSwitchback } from '../../src/launch/switchback.ts';
import { launchFlag, ShadowStage } from '../fake/shadow-stage.ts';

const answerOf = (...holds: readonly unknown[]) => JSON.stringify({ holds });

describe('the word of the server on shadows that are felt', () => {
  it('holds for as long as it says, and no longer than an hour', () => {
    let now = 0;
    const begun = vi.fn();
    const holds = createHolds(() => now, begun);
    holds.heard(answerOf({ flag: 'engine', sharePercent: 2, forS: 180 }, { flag: 'b', sharePercent: 5, forS: 1e9 }));
    expect(holds.percentOf('engine')).toBe(2);
    now = 100_000;
    holds.heard(answerOf({ flag: 'engine', sharePercent: 1, forS: 180 }));
    now = 279_999;
    expect(holds.percentOf('engine')).toBe(1);
    expect(holds.of(['engine', 'other'])).toEqual([{ flag: 'engine', sharePercent: 1, forS: 1 }]);
    now = 280_000;
    expect(holds.percentOf('engine')).toBeUndefined();
    now = 3_600_000;
    expect(holds.of(['engine', 'b'])).toEqual([]);
    expect(begun.mock.calls.map(([{ flag }]) => flag)).toEqual(['engine', 'b']);
  });

  it('is passed over where it makes no sense', () => {
    const holds = createHolds(() => 0);
    const nonsense = [
      null,
      7,
      {},
      { flag: 'a' },
      { flag: 'a', sharePercent: -1, forS: 9 },
      { flag: 3, sharePercent: 1 },
    ];
    for (const answer of ['', '{}', '{"holds"', '"holds"', '{"holds": 7}', answerOf(...nonsense)]) holds.heard(answer);
    expect(holds.percentOf('a')).toBeUndefined();
  });

  it('is kept of so many flags, of which those that are over make room', () => {
    let now = 0;
    const holds = createHolds(() => now);
    const names = Array.from({ length: 600 }, (_, index) => `flag-${index}`);
    holds.heard(answerOf(...names.map((flag) => ({ flag, sharePercent: 1, forS: 60 }))));
    expect(holds.of(names)).toHaveLength(500);
    now = 60_000;
    holds.heard(answerOf({ flag: 'new', sharePercent: 1, forS: 60 }));
    expect(holds.percentOf('new')).toBe(1);
  });
});

describe('a process that is told so', () => {
  const dark = (more: ConstructorParameters<typeof ShadowStage>[1] = {}, dials = {}) =>
    new ShadowStage({ pricing: launchFlag('dark', { dials }) }, { switchback: createSwitchback, ...more });
  const candidate = () => 2;
  const control = (): unknown => 1;

  it('lets in as many by lot, and says in its reports that it does', async () => {
    const holds = createHolds(() => 0);
    const stage = dark({ holds });
    holds.heard(answerOf({ flag: 'pricing', sharePercent: 10, forS: 60 }));
    let draws = 0;
    stage.world.die = () => (draws++ % 100) / 100;
    await stage.launch({ control, candidate }, { times: 200 });
    const { paths, shed } = await stage.summary();
    const shadows = paths.find(({ role }) => role === 'shadow')?.calls ?? 0;
    expect(shadows).toBeGreaterThan(10);
    expect(shadows).toBeLessThanOrEqual(30);
    expect(shed.held).toBe(200 - shadows);
  });

  it('lets in all again when the time is over; and whoever lets shadows have all of the time is not held', async () => {
    let now = 0;
    const holds = createHolds(() => now);
    holds.heard(answerOf({ flag: 'pricing', sharePercent: 0, forS: 60 }));
    const stage = dark({ holds });
    await stage.launch({ control, candidate }, { times: 5 });
    now = 60_000;
    await stage.launch({ control, candidate }, { times: 5 });
    expect((await stage.summary()).shed).toEqual({ held: 5 });
    now = 0;
    holds.heard(answerOf({ flag: 'pricing', sharePercent: 0, forS: 60 }));
    const free = dark({ holds }, { maxBusyPercent: 100 });
    await free.launch({ control, candidate }, { times: 5 });
    expect((await free.summary()).shed).toEqual({});
  });

  it('hears it in the answers to its reports', async () => {
    const holds = createHolds(() => 0);
    const text = answerOf({ flag: 'pricing', sharePercent: 3, forS: 60 });
    const answer = { status: 202, retryAfterMs: 0, text };
    const request = async () => answer;
    const connection = hearing({ stream: { open: () => () => {} }, request } as never, holds);
    expect(await connection.request('ruleset')).toBe(answer);
    expect(holds.percentOf('pricing')).toBeUndefined();
    expect(await connection.request('events', '{}')).toBe(answer);
    expect(holds.percentOf('pricing')).toBe(3);
  });
});
