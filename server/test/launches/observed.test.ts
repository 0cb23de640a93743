import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differenceOf, rateOf } from '../../src/launches/intervals.ts';
import { type Observation, Observed } from '../../src/launches/observed.ts';

const count = fc.nat(1_000);
const comparisons = fc.record({ same: count, different: count, ignored: count, failed: count });
const path = fc
  .record({
    variation: fc.constantFrom('off', 'dark', 'live'),
    path: fc.constantFrom('control' as const, 'candidate' as const),
    role: fc.constantFrom('answer', 'shadow', 'noise'),
    extra: count,
    hanging: count,
    errors: fc.dictionary(fc.constantFrom('TypeError', 'ETIMEDOUT'), fc.nat(9)),
    buckets: fc.uniqueArray(fc.nat(1_023), { maxLength: 8 }),
    times: fc.integer({ min: 1, max: 50 }),
    errorUnits: fc.uniqueArray(fc.constantFrom('00000001', '00000002', '00000003')),
  })
  .map(({ extra, buckets, times, ...rest }) => {
    const latency = buckets.sort((one, other) => one - other).flatMap((bucket) => [bucket, times]);
    return { ...rest, latency, calls: extra + buckets.length * times + 18 };
  });
const observation: fc.Arbitrary<Observation> = fc.record({
  paths: fc.array(path, { maxLength: 4 }),
  compared: comparisons,
  noise: comparisons,
  shed: fc.dictionary(fc.constantFrom('lag', 'busy', 'sample'), count),
  clusters: fc.array(
    fc.record({ path: fc.constantFrom('/a', '/b'), kind: fc.constant('value'), count, samples: fc.constant([]) }),
    { maxLength: 3 },
  ),
  notCompared: fc.dictionary(fc.constantFrom('large', 'unread'), count),
  switchback: fc.option(
    fc.record({
      worse: count,
      better: count,
      with: fc.constantFrom([], [3, 1], [2, 4, 7, 1]),
      without: fc.constantFrom([], [3, 1], [2, 4, 7, 1]),
      stops: count,
      share: fc.record({ at: fc.nat(3), low: fc.nat(50), high: fc.integer({ min: 50, max: 100 }) }),
    }),
    { nil: undefined },
  ),
});

/** The figures in an order that does not depend on the order of merging. */
function figuresOf(observed: Observed): unknown {
  const { paths, compared, noise, shed, clusters, notCompared = {}, switchback } = observed.toObservation();
  const sorted = <Item>(items: readonly Item[]) => items.map((item) => JSON.stringify(item)).sort();
  return {
    compared,
    noise,
    switchback,
    shed: sorted(Object.entries(shed)),
    notCompared: sorted(Object.entries(notCompared)),
    clusters: sorted(clusters),
    paths: sorted(
      paths.map(({ errors, errorUnits = [], ...rest }) => {
        return { ...rest, errors: Object.entries(errors).sort(), errorUnits: [...errorUnits].sort() };
      }),
    ),
  };
}

function merge(observations: readonly Observation[]): Observed {
  const observed = new Observed();
  for (const each of observations) observed.add(each);
  return observed;
}

describe('observations', () => {
  it('are never longer as JSON than the room that they have, and what finds none is counted', () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 8 }), fc.integer({ min: 2_000, max: 6_000 }), (all, most) => {
        const [bounded, whole] = [new Observed(most), new Observed()];
        for (const each of all) {
          bounded.add(each);
          whole.add(each);
        }
        expect(Buffer.byteLength(JSON.stringify(bounded.toObservation()))).toBeLessThanOrEqual(most);
        const calls = (observed: Observed) => [...observed.paths.values()].reduce((sum, path) => sum + path.calls, 0);
        expect(calls(bounded) + (bounded.left.calls ?? 0)).toBe(calls(whole));
        // Adding up rows adds up what is missing from them.
        const report = new Observed();
        report.add(bounded.toObservation());
        expect(report.left).toEqual(bounded.left);
      }),
    );
  });

  it('have one cluster for the rest, of whatever kinds somebody says it to be', () => {
    const observed = new Observed();
    const none = { same: 0, different: 0, ignored: 0, failed: 0 };
    const samples = [{ control: 'a', candidate: 'b', at: 1 }];
    const clusters = Array.from({ length: 20 }, (_, each) => ({
      path: '(other)',
      kind: `k${each}`,
      count: 2,
      samples,
    }));
    observed.add({ paths: [], compared: none, noise: none, shed: {}, clusters });
    expect([...observed.clusters.values()]).toEqual([{ path: '(other)', kind: 'value', count: 40, samples: [] }]);
  });

  it('come to the same in whatever order they are merged, and in whatever groups', () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 8 }), fc.nat(8), (all, cut) => {
        const atOnce = figuresOf(merge(all));
        expect(figuresOf(merge([...all].reverse()))).toEqual(atOnce);
        const groups = [all.slice(0, cut), all.slice(cut)].map((group) => merge(group).toObservation());
        expect(figuresOf(merge(groups))).toEqual(atOnce);
      }),
    );
  });

  it('are bounded, whatever is claimed', () => {
    const observed = new Observed();
    for (let i = 0; i < 500; i++) {
      observed.add({
        paths: [
          { variation: `v${i}`, path: 'control', role: 'answer', calls: 1e12, errors: { [`E${i}`]: 1 }, latency: [] },
        ],
        compared: { same: Number.MAX_SAFE_INTEGER, different: 0, ignored: 0, failed: 0 },
        noise: { same: 0, different: 0, ignored: 0, failed: 0 },
        shed: { [`cause${i}`]: 1 },
        clusters: [{ path: `/${i}`, kind: 'value', count: 1, samples: [] }],
      });
    }
    expect([observed.paths.size, observed.shed.size, observed.clusters.size]).toEqual([100, 50, 50]);
    expect(observed.compared.same).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('intervals', () => {
  // E. B. Wilson's interval, as R's prop.test(x, n, correct = FALSE) answers it.
  it.each([
    [0, 10, 0, 0.2775],
    [1, 10, 0.0179, 0.4042],
    [5, 10, 0.2366, 0.7634],
    [10, 10, 0.7225, 1],
    [3, 1_000, 0.001, 0.0088],
  ])('of %i in %i are from %f to %f', (x, n, low, high) => {
    const rate = rateOf(x, n);
    expect(rate.low).toBeCloseTo(low, 3);
    expect(rate.high).toBeCloseTo(high, 3);
  });

  it('of differences are Newcombe’s: 56/70 less 48/80 is 0.2, from 0.0524 to 0.3339', () => {
    const { difference, low, high } = differenceOf(rateOf(56, 70), rateOf(48, 80));
    expect([difference, low, high].map((each) => (each as number).toFixed(4))).toEqual(['0.2000', '0.0524', '0.3339']);
  });

  it('hold the true rate in about 95 of 100 cases', () => {
    let state = 7;
    const die = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    let held = 0;
    const trials = 2_000;
    for (let trial = 0; trial < trials; trial++) {
      let x = 0;
      for (let i = 0; i < 400; i++) if (die() < 0.03) x++;
      const { low, high } = rateOf(x, 400);
      if (low <= 0.03 && 0.03 <= high) held++;
    }
    expect(held / trials).toBeGreaterThan(0.935);
    expect(held / trials).toBeLessThan(0.975);
  });
});
