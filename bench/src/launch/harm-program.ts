/**
 * Callers' latency beside one harmful candidate and without it, by turns in one process; arguments: its name, seconds a
 * turn, turns. Calls come at a fixed rate, and each counts from the instant at which it was due: a stall is felt by all
 * that it delays.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { percentile } from '../measure.ts';
import { control, HARMFUL, NOTHING } from './harmful.ts';
import { clientWith } from './launching-client.ts';

const RATE_PER_S = 100;
const [name = '', seconds = 1, turns = 1] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const harmful = HARMFUL[name];
if (!harmful) throw new Error(`There is no candidate "${name}".`);

const flags = clientWith({ alone: 'split', beside: name === NOTHING ? 'split' : 'dark' });
let begun = 0;
/** From the first shadow of a turn: seconds until nearly all calls have one; undefined if they never had. */
let allAfterS: number | undefined;
const { control: theirs = control, input, compare } = harmful;
const candidate = () => {
  begun++;
  return harmful.candidate();
};

/** Calls for some seconds; resolves with how long each took, when all have been answered. */
async function load(flag: 'alone' | 'beside'): Promise<number[]> {
  const times: number[] = [];
  const answered: Promise<void>[] = [];
  const began = performance.now();
  for (let call = 0; call < RATE_PER_S * seconds; ) {
    const due = began + (call * 1_000) / RATE_PER_S;
    if (performance.now() < due) {
      await turn();
      continue;
    }
    call++;
    const context = { targetingKey: `user-${call}` };
    const result: Promise<unknown> = flags.launch(flag, context, { control: theirs, candidate, input, compare });
    answered.push(result.then(() => void times.push(performance.now() - due)));
  }
  await Promise.all(answered);
  return times;
}

await load('alone');
const alone: number[] = [];
const beside: number[] = [];
const began = performance.now();
for (let round = 0; round < turns; round++) {
  alone.push(...(await load('alone')));
  const before = begun;
  const times = await load('beside');
  beside.push(...times);
  if (begun - before > 0.95 * times.length) allAfterS ??= (performance.now() - began) / 2_000;
}
const quantiles = (times: number[]) => ({ p50: percentile(times, 0.5), p99: percentile(times, 0.99) });
const figures = { calls: beside.length, begun, allAfterS, alone: quantiles(alone), beside: quantiles(beside) };
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
