/** How long the server takes to merge the observations of 1,000 instances within a minute. */
import { BUCKETS } from '@dimmer/core/histogram';
import { Observed } from '../../../server/src/launches/observed.ts';
import { median } from '../measure.ts';

const INSTANCES = 1_000;
const BATCHES_A_MINUTE = 6;
const BUCKETS_USED = 100;

const comparisons = { same: 900, different: 3, ignored: 0, failed: 0 };

/** What an instance sends in ten seconds: two paths, a hundred buckets each. */
function summaryOf(instance: number) {
  const first = (instance * 7) % (BUCKETS - BUCKETS_USED);
  const latency = Array.from({ length: BUCKETS_USED }, (_, i) => [first + i, 1 + ((instance + i) % 20)]).flat();
  const calls = latency.reduce((sum, each, i) => sum + (i % 2 ? each : 0), 0);
  const errors = { TimeoutError: 2, ECONNRESET: 1 };
  return {
    paths: [
      { variation: 'dark', path: 'control' as const, role: 'answer', calls, errors, latency },
      { variation: 'dark', path: 'candidate' as const, role: 'shadow', calls, errors, latency },
    ],
    compared: comparisons,
    noise: comparisons,
    shed: { lag: 1 },
    clusters: [{ path: '/total', kind: 'value', count: 3, samples: [] }],
  };
}

const summaries = Array.from({ length: INSTANCES * BATCHES_A_MINUTE }, (_, i) => summaryOf(i % INSTANCES));
const times: number[] = [];
for (let round = 0; round < 9; round++) {
  const observed = new Observed();
  const began = performance.now();
  for (const summary of summaries) observed.add(summary);
  times.push(performance.now() - began);
}
process.stdout.write(`${JSON.stringify({ ms: median(times) })}\n`, () => process.exit(0));
