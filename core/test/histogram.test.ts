import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BUCKETS,
  bucketOf,
  countIn,
  createHistogram,
  isSparse,
  mergeInto,
  middleOf,
  quantile,
  sparseOf,
} from '../src/histogram.ts';

const times = fc.array(fc.double({ min: 0.001, max: 4_000_000, noNaN: true }), { minLength: 1, maxLength: 300 });

function denseOf(...recordings: readonly (readonly number[])[]): Float64Array {
  const dense = new Float64Array(BUCKETS);
  for (const recording of recordings) {
    const histogram = createHistogram();
    for (const time of recording) histogram.record(time);
    mergeInto(dense, histogram.drain());
  }
  return dense;
}

describe('a histogram', () => {
  it('answers every quantile to within 1/64', () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (recorded, q) => {
        const sorted = recorded.toSorted((one, other) => one - other);
        const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? 0;
        const answered = quantile(denseOf(recorded), q) ?? 0;
        expect(Math.abs(answered - exact) / exact).toBeLessThanOrEqual(1 / 64);
      }),
    );
  });

  it('is the same whether recorded at once, or in parts that are merged in any order', () => {
    fc.assert(
      fc.property(times, times, (one, other) => {
        expect(denseOf(one, other)).toEqual(denseOf([...other, ...one]));
      }),
    );
  });

  it('has buckets that grow with the time, and whose middle is in them', () => {
    for (let bucket = 0; bucket < BUCKETS; bucket++) expect(bucketOf(middleOf(bucket))).toBe(bucket);
  });

  it('counts what is out of its range at its ends', () => {
    expect([0, -1, Number.NaN, 1e-9].map(bucketOf)).toEqual([0, 0, 0, 0]);
    expect([1e12, Number.POSITIVE_INFINITY].map(bucketOf)).toEqual([BUCKETS - 1, BUCKETS - 1]);
  });

  it('is told as bucket and count by turns, ascending, and begins again', () => {
    const histogram = createHistogram();
    for (const time of [1, 8, 1]) histogram.record(time);
    expect(histogram.drain()).toEqual([bucketOf(1), 2, bucketOf(8), 1]);
    expect(histogram.drain()).toEqual([]);
    expect(quantile(new Float64Array(BUCKETS), 0.5)).toBeUndefined();
  });

  it('is the same in its sparse form, which says how many were counted', () => {
    fc.assert(
      fc.property(times, (recorded) => {
        const dense = denseOf(recorded);
        const sparse = sparseOf(dense);
        expect(isSparse(sparse, recorded.length)).toBe(true);
        expect(countIn(sparse)).toBe(recorded.length);
        const again = new Float64Array(BUCKETS);
        mergeInto(again, sparse);
        expect(again).toEqual(dense);
      }),
    );
  });

  it('is refused as sparse where buckets do not ascend, are none, or counts are none', () => {
    for (const sparse of [[], [0, 1], [3, 1, 1_023, 5]]) expect(isSparse(sparse, 5), `${sparse}`).toBe(true);
    for (const wrong of [[1], [1, 0], [1, 6], [1, 1, 1, 1], [2, 1, 1, 1], [1_024, 1], [-1, 1], [0.5, 1], [1, '1'], {}])
      expect(isSparse(wrong, 5), JSON.stringify(wrong)).toBe(false);
    const dense = new Float64Array(BUCKETS);
    mergeInto(dense, [5_000, 3, 1, 2, 7]);
    expect(countIn(sparseOf(dense))).toBe(2);
  });
});
