import { keyOf } from './context.ts';
import { malformed } from './definition.ts';
import { type Allocation, type EvaluationContext, PARTS } from './model.ts';
import { createHasher } from './murmur3.ts';

/** What an allocation says when the bucketing key is missing. */
export const NO_KEY = -1;

/** An outcome; 0 if the context lies beyond the last slice; NO_KEY. */
export type Allocate = (context: EvaluationContext) => number;

/** The bucket, 0 to 99,999, of a hash from 0 to 2^32 − 1: by its top bits, which a modulo would not use evenly. */
export function bucketOfHash(hash: number): number {
  return Math.floor((hash * PARTS) / 2 ** 32);
}

/** In which bucket a key lies, under a seed. Equal to flagd's `fractional` over `{"cat": [seed + ":", key]}`. */
export function bucketOf(seed: string, key: string): number {
  return bucketOfHash(createHasher(`${seed}:`)(key));
}

/**
 * Compiles an allocation. `outcomeOf` gives what serving a variation comes to; `mustCover`: everybody is served.
 *
 * @throws TypeError if slices are not what they should be, or do not sum to 100,000 (at most, unless `mustCover`)
 */
export function compileAllocation(
  flagSeed: string,
  { slices, by = 'targetingKey', seed = flagSeed }: Allocation,
  outcomeOf: (variation: string) => number,
  mustCover: boolean,
): Allocate {
  const bounds: number[] = [];
  const outcomes: number[] = [];
  let parts = 0;
  for (const slice of slices) {
    const outcome = outcomeOf(slice.variation);
    if (!(Number.isInteger(slice.parts) && slice.parts >= 0)) malformed('parts must be whole numbers');
    parts += slice.parts;
    // A slice of no parts is never served, wherever it stands.
    if (slice.parts > 0) {
      bounds.push(parts);
      outcomes.push(outcome);
    }
  }
  if (parts > PARTS || (mustCover && parts < PARTS) || !slices.length) malformed(`an allocation of ${parts} parts`);
  const hash = createHasher(`${seed}:`);
  return (context) => {
    const key = keyOf(context, by);
    if (key === undefined) return NO_KEY;
    const bucket = bucketOfHash(hash(key));
    for (let i = 0; i < bounds.length; i++) if (bucket < bounds[i]!) return outcomes[i]!;
    return 0;
  };
}
