/** The heap of a process while it runs very many shadows; argument: how many. Needs `--expose-gc`. */
import { setImmediate as turn } from 'node:timers/promises';
import { clientWith } from './launching-client.ts';

const CALLS = Number(process.argv[2] ?? 1_000_000);
const SAMPLES = 10;
const AT_ONCE = 50;

// Wide open: what is measured is memory, so as many as possible must run.
const wide = {
  maxPerMinute: 10_000_000,
  maxInFlight: 1_000,
  maxBusyPercent: 100,
  maxLagMs: 60_000,
  maxBlockMs: 60_000,
};
const flags = clientWith({ price: 'dark' }, wide);
let shadows = 0;
let differing = 0;

function megabytes(): number {
  for (let time = 0; time < 3; time++) globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

const heap: number[] = [];
const began = performance.now();
for (let call = 0; call < CALLS; call++) {
  if (call % (CALLS / SAMPLES) === 0) heap.push(megabytes());
  flags.launch(
    'price',
    { targetingKey: `user-${call % 10_000}` },
    {
      control: () => ({ price: call, currency: 'EUR' }),
      candidate: () => {
        shadows++;
        const differs = call % 7 === 0;
        if (differs) differing++;
        return { price: differs ? call + 1 : call, currency: 'EUR' };
      },
    },
  );
  if (call % AT_ONCE === 0) await turn();
}
await turn();
heap.push(megabytes());
const seconds = (performance.now() - began) / 1_000;
process.stdout.write(`${JSON.stringify({ shadows, differing, seconds, heap })}\n`, () => process.exit(0));
