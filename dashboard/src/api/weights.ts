import { PARTS } from '@dimmer/core';
import type { Serve } from './targeting.ts';

/** Parts of `PARTS` that each variation has, in the order in which they first appear. */
export type Weights = ReadonlyMap<string, number>;

/** How much of those whom it is about each variation gets. The rest of a rule goes on, and is not in it. */
export function weightsOf(serve: Serve): Weights {
  if ('variation' in serve) return new Map([[serve.variation, PARTS]]);
  const weights = new Map<string, number>();
  for (const { variation, parts } of serve.slices) weights.set(variation, (weights.get(variation) ?? 0) + parts);
  return weights;
}

export function sumOf(weights: Weights): number {
  let sum = 0;
  for (const parts of weights.values()) sum += parts;
  return sum;
}
