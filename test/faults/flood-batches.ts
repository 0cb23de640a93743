const ID = '1.aaaaaaaaaaaa';
const NONE = { same: 0, different: 0, ignored: 0, failed: 0 };

/** A batch of events that costs as much as its size allows, by what is in it. @param n another one each time */
export const BATCHES: Readonly<Record<string, (n: number) => string>> = {
  brackets: () => `{"batch":"x","more":[${'[[[[[]]]]],'.repeat(10_000)}0]}`,
  text: () => `{"batch":"x","more":"${'y'.repeat(1_000_000)}"}`,
  counts: (n) =>
    JSON.stringify({ batch: `c${n}`, summaries: [{ id: ID, from: 1, to: Date.now(), counts: countsOf(n) }] }),
  instances: (n) =>
    JSON.stringify({ batch: `i${n}`, instance: `made-up-${n}`.padEnd(99, 'x'), receipts: [{ id: ID }] }),
  'roll calls': (n) =>
    JSON.stringify({ batch: `r${n}`, instance: `relay-${n}`, rollCall: { connected: 1e9, silent: 0, behind: [] } }),
  'error units': (n) =>
    launchBatch(n, { errorUnits: Array.from({ length: 1_000 }, (_, unit) => hexOf(n * 1_000 + unit)) }),
  histograms: (n) => launchBatch(n, { latency: Array.from({ length: 1_024 }, (_, bucket) => [bucket, 1]).flat() }),
};

function countsOf(n: number): object[] {
  return Array.from({ length: 500 }, (_, each) => ({ flag: `flag-${n}-${each}`, variation: 'on', count: 1 }));
}

function launchBatch(n: number, more: object): string {
  const path = { variation: 'live', path: 'candidate', calls: 1_024, errors: {}, latency: [], ...more };
  const paths = Array.from({ length: 8 }, (_, role) => ({ ...path, role: `r${role}` }));
  const launch = { flag: 'flood', id: ID, from: 1, to: Date.now() - 60_000 * (n % 10), paths };
  return JSON.stringify({
    batch: `l${n}`,
    launches: [{ ...launch, compared: NONE, noise: NONE, shed: {}, clusters: [] }],
  });
}

function hexOf(n: number): string {
  return (Math.imul(n, 2_654_435_761) >>> 0).toString(16).padStart(8, '0');
}
