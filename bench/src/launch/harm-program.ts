/**
 * Callers' latency beside one harmful candidate and without it, by turns in one process; arguments: its name, seconds a
 * turn, turns. Calls come at a fixed rate, and each counts from the instant at which it was due: a stall is felt by all
 * that it delays.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { percentile } from '../measure.ts';
import { control, HARMFUL, NOTHING } from './harmful.ts';
import { clientWith } from './launching-client.ts';

const RATE_PER_S = 400;
const [name = '', seconds = 1, turns = 1] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const harmful = HARMFUL[name];
if (!harmful) throw new Error(`There is no candidate "${name}".`);

const flags = clientWith({ alone: 'split', beside: name === NOTHING ? 'split' : 'dark' });
let begun = 0;
const candidate = () => {
  begun++;
  return harmful();
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
    const result = flags.launch(flag, { targetingKey: `user-${call}` }, { control, candidate });
    answered.push(result.then(() => void times.push(performance.now() - due)));
  }
  await Promise.all(answered);
  return times;
}

await load('alone');
const alone: number[] = [];
const beside: number[] = [];
for (let round = 0; round < turns; round++) {
  alone.push(...(await load('alone')));
  beside.push(...(await load('beside')));
}
const quantiles = (times: number[]) => ({ p50: percentile(times, 0.5), p99: percentile(times, 0.99) });
const figures = { calls: beside.length, begun, alone: quantiles(alone), beside: quantiles(beside) };
process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
