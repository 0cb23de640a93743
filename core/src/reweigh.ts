import { PARTS, type Serve, type Slice } from './model.ts';
import { reallocate } from './reallocate.ts';

// Why: decision 0014.
/** An allocation has at most so many slices; beyond, it is allocated from scratch. */
export const MOST_SLICES = 100;

/** How an allocation is hashed, where it is not by the targeting key and the flag's own seed. */
export interface Bucketing {
  readonly by?: string | undefined;
  readonly seed?: string | undefined;
}

export function bucketingOf(serve: Serve): Bucketing {
  return 'slices' in serve ? { by: serve.by, seed: serve.seed } : {};
}

/**
 * What is served after somebody has said how much each variation gets, with minimal movement from what is served now.
 * The server's rollouts are made by it, and the dashboard shows by it beforehand what will come of one. One variation
 * for all is written as such, so that contexts without a bucketing key get it too, unless the allocation has a hash key
 * of its own to remember.
 *
 * @param weights parts for each variation; in a fallthrough they sum to `PARTS`
 * @param off the flag's off variation
 */
export function reweigh(
  serve: Serve,
  weights: ReadonlyMap<string, number>,
  off: string,
  { by, seed }: Bucketing = bucketingOf(serve),
): Serve {
  const before = 'variation' in serve ? [{ variation: serve.variation, parts: PARTS }] : serve.slices;
  const slices = moveFew(before, weights, off);
  const only = slices.find(({ parts }) => parts === PARTS);
  if (only && by === undefined && seed === undefined) return { variation: only.variation };
  return { slices, ...(by !== undefined && { by }), ...(seed !== undefined && { seed }) };
}

/**
 * `reallocate`, except that the off variation comes in from the far end when it is the only newcomer. So whoever goes
 * from 10 % to 100 % and back has the same 10 % again, although at 100 % nothing is left to remember them by.
 */
function moveFew(before: readonly Slice[], weights: ReadonlyMap<string, number>, off: string): Slice[] {
  const present = new Set(before.map(({ variation }) => variation));
  const newcomers = [...weights].filter(([variation, parts]) => parts > 0 && !present.has(variation));
  const isOnlyOff = newcomers.length === 1 && newcomers[0]?.[0] === off;
  const slices = isOnlyOff ? reallocate(before.toReversed(), weights).reverse() : reallocate(before, weights);
  if (slices.length <= MOST_SLICES) return slices;
  // Split into crumbs by very many re-weightings. Starting afresh moves people once, instead of growing for ever.
  return [...weights].filter(([, parts]) => parts > 0).map(([variation, parts]) => ({ variation, parts }));
}
