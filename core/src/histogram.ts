/**
 * Latencies as a histogram of logarithmic buckets, each octave of which is split linearly: Tene's HdrHistogram with 32
 * buckets to an octave. Quantiles are exact to 1/64 (1.6 %), whatever the range; merging is adding.
 *
 * The bucket is read off the bits of the number: exponent and the five highest bits of the mantissa.
 */

/** Buckets from 2^-10 ms (about a microsecond) to 2^22 ms (70 minutes). */
export const BUCKETS = 1_024;

const LEAST_EXPONENT = -10;
const PER_OCTAVE = 32;
/** Bits of the high word that are dropped: of its 20 bits of mantissa, 5 are kept. */
const DROPPED_BITS = 15;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** Which of the two words holds the exponent: 1 on little-endian machines. */
const HIGH = new Uint8Array(new Uint16Array([1]).buffer)[0];

function bitsOf(ms: number): number {
  double[0] = ms;
  return words[HIGH!]! >>> DROPPED_BITS;
}

const OFFSET = bitsOf(2 ** LEAST_EXPONENT);

/** As histograms are stored and sent: bucket, count, bucket, count, …, ascending, empty buckets left out. */
export type SparseHistogram = readonly number[];

/** A histogram that is recorded into. */
export interface Histogram {
  /** Counts one time, ms. What is no time (negative, NaN) counts as the least. */
  readonly record: (ms: number) => void;
  /** What was recorded, sparse; and begins again. */
  readonly drain: () => number[];
}

/** The bucket of a time, ms. */
export function bucketOf(ms: number): number {
  if (!(ms > 0)) return 0;
  return Math.min(BUCKETS - 1, Math.max(0, bitsOf(ms) - OFFSET));
}

/** The middle of a bucket, ms. */
export function middleOf(bucket: number): number {
  const octave = Math.floor(bucket / PER_OCTAVE);
  const part = (bucket % PER_OCTAVE) + 0.5;
  return 2 ** (LEAST_EXPONENT + octave) * (1 + part / PER_OCTAVE);
}

export function createHistogram(): Histogram {
  let counts: Uint32Array | undefined;
  return {
    record(ms) {
      counts ??= new Uint32Array(BUCKETS);
      counts[bucketOf(ms)]!++;
    },
    drain() {
      const sparse = counts ? sparseOf(counts) : [];
      counts = undefined;
      return sparse;
    },
  };
}

/** The sparse form of a dense one; a count is a safe integer, whatever clients have claimed. */
export function sparseOf(dense: ArrayLike<number>): number[] {
  const sparse: number[] = [];
  for (let bucket = 0; bucket < dense.length; bucket++) {
    const count = dense[bucket]!;
    if (count > 0) sparse.push(bucket, Math.min(Number.MAX_SAFE_INTEGER, count));
  }
  return sparse;
}

/** Calls `visit` for each bucket of a sparse histogram. */
export function eachBucket(sparse: SparseHistogram, visit: (bucket: number, count: number) => void): void {
  for (let i = 0; i + 1 < sparse.length; i += 2) visit(sparse[i]!, sparse[i + 1]!);
}

/** How many are counted in all. */
export function countIn(sparse: SparseHistogram): number {
  let all = 0;
  eachBucket(sparse, (_, count) => {
    all += count;
  });
  return all;
}

/** Whether it is a sparse histogram, of counts from 1 to `most`. */
export function isSparse(value: unknown, most: number): value is SparseHistogram {
  if (!Array.isArray(value) || value.length > 2 * BUCKETS || value.length % 2 !== 0) return false;
  let last = -1;
  for (let i = 0; i < value.length; i += 2) {
    const [bucket, count] = [value[i], value[i + 1]];
    if (!Number.isInteger(bucket) || bucket <= last || bucket >= BUCKETS) return false;
    if (!Number.isInteger(count) || count <= 0 || count > most) return false;
    last = bucket;
  }
  return true;
}

/** Adds a sparse histogram to a dense one of `BUCKETS` numbers; a bucket that there is not is left out with its count. */
export function mergeInto(dense: Float64Array, sparse: SparseHistogram): void {
  eachBucket(sparse, (bucket, count) => {
    if (bucket < dense.length) dense[bucket]! += count;
  });
}

/** The time, ms, that a share `q` (0–1) of the counted stayed at or below; undefined if none was counted. */
export function quantile(dense: Float64Array, q: number): number | undefined {
  const total = dense.reduce((sum, count) => sum + count, 0);
  const rank = Math.max(1, Math.ceil(q * total));
  let passed = 0;
  for (let bucket = 0; bucket < dense.length; bucket++) {
    passed += dense[bucket]!;
    if (passed >= rank) return total ? middleOf(bucket) : undefined;
  }
  return undefined;
}
