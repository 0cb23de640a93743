/** What the caller pays where a value is given and answered: at stage off and in the dark, by turns; arguments: which, calls. */
import { percentile } from '../measure.ts';
import { COPIED } from './copied.ts';
import { clientWith } from './launching-client.ts';

/** What is seen is what copies cost, and not what brakes hold back. */
const FREE = { maxBusyPercent: 100, maxPerMinute: 1e9, maxLagMs: 60_000, maxBlockMs: 60_000, maxInFlight: 1e6 };
/** Calls after which the engine has compiled what it will. */
const COLD_CALLS = 60;
const WARM_AFTER = 2_000;

const [, , name = '', calls = '4000'] = process.argv;
const make = COPIED[name];
if (!make) throw new Error(`There is no value "${name}".`);
const value = make();
const flags = clientWith({ off: 'split', dark: 'dark' }, FREE);
const context = { targetingKey: 'user-12345' };
let shadows = 0;
const candidate = () => {
  shadows++;
  return value;
};
const times: Record<'off' | 'dark', number[]> = { off: [], dark: [] };
const turn = () => new Promise((resolve) => setImmediate(resolve));

for (let call = 0; call < WARM_AFTER + Number(calls); call++) {
  if (call === WARM_AFTER) shadows = 0;
  for (const key of call % 2 ? (['off', 'dark'] as const) : (['dark', 'off'] as const)) {
    const began = performance.now();
    flags.launch(key, context, { input: value, control: () => value, candidate });
    times[key].push(performance.now() - began);
    await turn();
    await turn();
  }
}

const figures = (part: (all: number[]) => number[]) => ({
  p50: percentile(part(times.dark), 0.5) - percentile(part(times.off), 0.5),
  p99: percentile(part(times.dark), 0.99) - percentile(part(times.off), 0.99),
});
const result = {
  first: figures((all) => all.slice(0, COLD_CALLS)),
  warm: figures((all) => all.slice(WARM_AFTER)),
  shadowed: shadows / Number(calls),
};
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
