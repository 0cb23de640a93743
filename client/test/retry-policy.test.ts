import { describe, expect, it } from 'vitest';
import { isRefusal, retryDelayMs, type Trouble } from '../src/retry-policy.ts';

const trouble = (rest: Partial<Trouble> = {}): Trouble => ({ status: 503, retryAfterMs: 0, failures: 0, ...rest });
const range = (rest: Partial<Trouble>) => [0, 1].map((die) => retryDelayMs(trouble(rest), () => die));

describe('the retry policy', () => {
  it('waits between half and the whole of 1 s · 2^n, and never more than 30 s', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 40].map((failures) => range({ failures }))).toEqual([
      [500, 1_000],
      [1_000, 2_000],
      [2_000, 4_000],
      [4_000, 8_000],
      [8_000, 16_000],
      [15_000, 30_000],
      [15_000, 30_000],
      [15_000, 30_000],
    ]);
  });

  it('spreads the first attempt after a stream that had worked over 5 s, because the whole fleet has lost it', () => {
    expect(range({ delivered: true })).toEqual([0, 5_000]);
    expect(range({ delivered: true, failures: 1 })).toEqual([1_000, 2_000]);
  });

  it('asks for a snapshot within 2.5 s when only that is missing', () => {
    expect(range({ delivered: true, resync: true, status: 0 })).toEqual([0, 2_500]);
  });

  it.each([204, 200, 301, 401, 403, 404, 405, 410])('asks rarely after %i: every 150 to 300 s', (status) => {
    expect(isRefusal({ status })).toBe(true);
    expect(range({ status, failures: 9, delivered: true })).toEqual([150_000, 300_000]);
  });

  it.each([0, 400, 408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526])(
    'takes %i for trouble that passes',
    (status) => {
      expect(isRefusal({ status })).toBe(false);
    },
  );

  it('asks rarely after a certificate that is refused', () => {
    expect(isRefusal({ status: 0, refused: true })).toBe(true);
  });

  it('waits as long as Retry-After asks, at most 300 s, and jitters on top', () => {
    expect(range({ retryAfterMs: 7_000 })).toEqual([7_500, 8_000]);
    expect(range({ retryAfterMs: 9_999_000 })).toEqual([300_500, 301_000]);
  });

  it('never lets more than 3.5 % of 10,000 clients come back within the same 100 ms', () => {
    const buckets = new Map<number, number>();
    for (let client = 0; client < 10_000; client++) {
      const bucket = Math.floor(retryDelayMs(trouble({ delivered: true, status: 0 }), Math.random) / 100);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
    }
    expect(Math.max(...buckets.values())).toBeLessThan(350);
  });
});
