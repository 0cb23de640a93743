/**
 * When harm is noticed end to end: real clients' launches, each with calls at a fixed rate, whose control is made longer
 * while a shadow of theirs runs; arguments: the effect, seconds, launches. All are seen in one process, side by side.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../measure.ts';
import { clientWith } from './launching-client.ts';
import { EFFECTS } from './noticed.ts';

const RATE_PER_S = 100;
const SHADOW_MS = 30;
const [name = '', seconds = 60, launches = 1] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const effect = EFFECTS[name];
if (!effect) throw new Error(`There is no effect "${name}".`);

const began = performance.now();
const sinceS = () => (performance.now() - began) / 1_000;
/** By launch: when its shadows were stopped first, s. */
const noticed = new Map<string, number>();
const logger = {
  error() {},
  warn(text: string) {
    const flag = /SHADOW_HARMFUL.*?(launch-\d+):/.exec(text)?.[1];
    if (flag !== undefined && !noticed.has(flag)) noticed.set(flag, sinceS());
  },
};
const keys = Array.from({ length: launches }, (_, index) => `launch-${index}`);
const flags = clientWith(Object.fromEntries(keys.map((key) => [key, 'dark'])), {}, logger);
const times: number[] = [];
let calls = 0;
let felt = 0;

/** Normally distributed, by Box and Muller. */
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

async function load(key: string): Promise<void> {
  let running = 0;
  const control = async () => {
    const usualMs = 2 * Math.exp(0.394 * normal());
    calls++;
    if (running > 0) felt++;
    await delay(running > 0 ? effect?.(usualMs) : usualMs);
    return 1;
  };
  const candidate = async () => {
    running++;
    await delay(SHADOW_MS);
    running--;
    return 1;
  };
  const answered: Promise<void>[] = [];
  for (let call = 0; call < RATE_PER_S * seconds; call++) {
    const due = began + (call * 1_000) / RATE_PER_S;
    await delay(Math.max(0, due - performance.now()));
    const asked = performance.now();
    const result = flags.launch(key, { targetingKey: `user-${call}` }, { control, candidate });
    answered.push(result.then(() => void times.push(performance.now() - asked)));
  }
  await Promise.all(answered);
}

await Promise.all(keys.map(load));
const result = {
  noticedS: [...noticed.values()].sort((one, other) => one - other),
  felt: felt / calls,
  p50: percentile(times, 0.5),
  p99: percentile(times, 0.99),
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
