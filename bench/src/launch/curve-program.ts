/**
 * The brake at work: 100 calls a second beside one candidate, without a pause; arguments: its name, seconds. Prints for
 * each step of five seconds how many calls had a shadow, and control's latency as the callers saw it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../measure.ts';
import { control, HARMFUL } from './harmful.ts';
import { clientWith } from './launching-client.ts';

const RATE_PER_S = 100;
const STEP_S = 5;
const [name = '', seconds = 60] = [process.argv[2], Number(process.argv[3])];
const harmful = HARMFUL[name];
if (!harmful) throw new Error(`There is no candidate "${name}".`);

const flags = clientWith({ price: 'dark' });
const { control: theirs = control, input, compare } = harmful;
const steps = Array.from({ length: Math.ceil(seconds / STEP_S) }, () => ({
  calls: 0,
  shadows: 0,
  times: [] as number[],
}));
const answered: Promise<void>[] = [];
const began = performance.now();
const stepNow = () => steps[Math.min(steps.length - 1, Math.floor((performance.now() - began) / (STEP_S * 1_000)))];

const candidate = () => {
  const step = stepNow();
  if (step) step.shadows++;
  return harmful.candidate();
};

for (let call = 0; call < RATE_PER_S * seconds; call++) {
  const due = began + (call * 1_000) / RATE_PER_S;
  await delay(Math.max(0, due - performance.now()));
  const step = stepNow();
  const context = { targetingKey: `user-${call}` };
  const result: Promise<unknown> = flags.launch('price', context, { control: theirs, candidate, input, compare });
  if (step) step.calls++;
  answered.push(result.then(() => void step?.times.push(performance.now() - due)));
}
await Promise.race([Promise.all(answered), delay(5_000)]);
const curve = steps.map(({ calls, shadows, times }, index) => ({
  fromS: index * STEP_S,
  share: shadows / calls,
  p50: percentile(times, 0.5),
  p99: percentile(times, 0.99),
}));
process.stdout.write(`${JSON.stringify(curve)}\n`, () => process.exit(0));
