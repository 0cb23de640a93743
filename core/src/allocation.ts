import { keyOf, namesOf } from './context.ts';
import { malformed } from './definition.ts';
import { type Allocation, type EvaluationContext, PARTS } from './model.ts';
import { createHasher, type Hasher } from './murmur3.ts';

/** A bucket, 0 to 99,999, is this part of a hash: its top bits, which a modulo would not use evenly. */
const BUCKETS_PER_HASH = PARTS / 2 ** 32;

/**
 * Bucketing: in which bucket a key lies, under a seed. Equal to flagd's `fractional` over `{"cat": [seed + ":", key]}`.
 */
export function bucketOf(seed: string, key: string): number {
  return Math.floor((createHasher(`${seed}:`)(key) >>> 0) * BUCKETS_PER_HASH);
}

/**
 * Compiles an allocation to a function that comes to an outcome, to 0 if the context lies beyond the last slice, or to
 * `noKey`.
 *
 * @param hash of the seed and the key
 * @param minimum how many parts the slices must have together
 * @param outcomeOf the outcome that serves a variation
 * @param tellMissing called, once, when a context lacks the key
 * @throws TypeError if slices are not what they should be, or sum to fewer parts than `minimum` or more than 100,000
 */
export function compileAllocation(
  { slices, by = 'targetingKey' }: Allocation,
  hash: Hasher,
  minimum: number,
  noKey: number,
  outcomeOf: (variation: string) => number,
  tellMissing?: (by: string) => void,
): (context: EvaluationContext) => number {
  const bounds: number[] = [];
  let sum = 0;
  const outcomes = slices.map(({ variation, parts }) => {
    if (!(parts >= 0 && Number.isSafeInteger(parts))) malformed('parts');
    bounds.push((sum += parts));
    return outcomeOf(variation);
  });
  if (sum < minimum || sum > PARTS || !bounds.length) malformed('parts');
  const names = namesOf(by);
  let isTold = !tellMissing;
  return (context) => {
    const key = keyOf(context, by, names);
    if (key === '') {
      if (!isTold) tellMissing!(by);
      isTold = true;
      return noKey;
    }
    // Not rounded down: the bounds are whole, so that makes no difference.
    const bucket = (hash(key) >>> 0) * BUCKETS_PER_HASH;
    // A slice of no parts is passed over, wherever it stands: its bound is that of the slice before it.
    for (let i = 0; i < bounds.length; i++) if (bucket < bounds[i]!) return outcomes[i]!;
    return 0;
  };
}
