import { PARTS } from './model.ts';

/** Parts of `PARTS` as a percentage, exact to 0.001. */
export function percentOf(parts: number): number {
  return (parts * 100) / PARTS;
}

/** A percentage as whole parts of `PARTS`, rounded. */
export function partsOf(percent: number): number {
  return Math.round((percent * PARTS) / 100);
}
