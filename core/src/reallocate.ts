import type { Slice } from './model.ts';

// Why: decision 0007.
/** A run of parts on its way from one owner to another. */
interface Run {
  readonly variation: string;
  parts: number;
}

/** Stands for the parts that nobody owns yet. */
const NOBODY = '';

/**
 * Minimal movement: new slices for new weights that move as few people as possible. What a variation has too much is
 * taken by those that have too little, across the nearest border first, and nobody else moves. So the fraction moved
 * equals the total variation distance between the old weights and the new, which is the least that is possible, and who
 * ramps up and down again gets the same people back.
 *
 * With cumulative weights alone, going from A10 B10 C80 to A20 B20 C60 would move B's people to A. Here only people of
 * C move, at the price of more slices: A10 B10 A10 B10 C60.
 *
 * A rule's allocation may sum to less than 100,000. The parts it leaves over always lie at its end, so shrinking one of
 * several variations in it may move more than the distance.
 *
 * @param slices in order, as they are now; not necessarily of distinct variations
 * @param weights parts for each variation, whole and not negative; a variation that is not named gets none
 * @returns slices without empty ones, unless all are
 */
export function reallocate(slices: readonly Slice[], weights: ReadonlyMap<string, number>): Slice[] {
  const total = sum(weights.values());
  const runs = merge(fit(slices, total));
  /** Parts a variation has too many (positive) or too few (negative). */
  const surplus = new Map<string, number>();
  for (const [variation, parts] of weights) surplus.set(variation, -parts);
  for (const { variation, parts } of runs) surplus.set(variation, (surplus.get(variation) ?? 0) + parts);

  for (let move = findMove(runs, surplus); move; move = findMove(runs, surplus)) {
    const { giver, taker, fromStart, variation } = move;
    const from = runs[giver]!;
    const parts = Math.min(from.parts, surplus.get(from.variation)!, -surplus.get(variation)!);
    from.parts -= parts;
    surplus.set(from.variation, surplus.get(from.variation)! - parts);
    surplus.set(variation, surplus.get(variation)! + parts);
    const isAdjacent = taker >= 0 && taker === (fromStart ? giver - 1 : giver + 1);
    if (isAdjacent) runs[taker]!.parts += parts;
    else runs.splice(fromStart ? giver : giver + 1, 0, { variation, parts });
    runs.splice(0, runs.length, ...merge(runs));
  }
  return runs.length > 0 ? runs : [...weights.keys()].map((variation) => ({ variation, parts: 0 }));
}

interface Move {
  readonly giver: number;
  /** The run that the parts go towards; −1 if their new owner has none yet. */
  readonly taker: number;
  readonly fromStart: boolean;
  readonly variation: string;
}

/** The shortest way from somebody with too much to somebody with too little; undefined when all is even. */
function findMove(runs: readonly Run[], surplus: ReadonlyMap<string, number>): Move | undefined {
  let best: Move | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const [giver, { variation: owner }] of runs.entries()) {
    if (surplus.get(owner)! <= 0) continue;
    for (const [taker, { variation }] of runs.entries()) {
      if (surplus.get(variation)! >= 0) continue;
      const distance = sum(runs.slice(Math.min(giver, taker) + 1, Math.max(giver, taker)).map(({ parts }) => parts));
      if (distance < bestDistance) {
        bestDistance = distance;
        best = { giver, taker, fromStart: taker < giver, variation };
      }
    }
  }
  if (best) return best;
  // Only variations without any parts are left: they take from the start of the first that gives, so that 10 % of one
  // variation is always the same 10 %.
  const giver = runs.findIndex(({ variation }) => surplus.get(variation)! > 0);
  const variation = [...surplus].find(([, parts]) => parts < 0)?.[0];
  return giver < 0 || variation === undefined ? undefined : { giver, taker: -1, fromStart: true, variation };
}

/** Cuts the slices at `total`, or fills them up with parts that nobody owns. */
function fit(slices: readonly Slice[], total: number): Run[] {
  const runs: Run[] = [];
  let left = total;
  for (const { variation, parts } of slices) {
    runs.push({ variation, parts: Math.min(parts, left) });
    left -= Math.min(parts, left);
  }
  return [...runs, { variation: NOBODY, parts: left }];
}

function merge(runs: readonly Run[]): Run[] {
  const merged: Run[] = [];
  for (const run of runs) {
    const last = merged.at(-1);
    if (last?.variation === run.variation) last.parts += run.parts;
    else if (run.parts > 0) merged.push({ ...run });
  }
  return merged;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
