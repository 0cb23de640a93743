import { PARTS, type Serve, type Slice } from '../../server/targeting.ts';
import { sumOf, type Weights } from '../../server/weights.ts';

/** An allocation has at most so many slices; beyond, it is dealt afresh. */
const MOST_SLICES = 100;

/** Stands for the parts that nobody has yet. */
const NOBODY = '';

interface Run {
  readonly variation: string;
  parts: number;
}

/** How an allocation is hashed, where it is not by the targeting key and the flag's own seed. */
export interface Dealing {
  readonly by?: string | undefined;
  readonly seed?: string | undefined;
}

/**
 * What is served after somebody has said how much each variation gets: as few people as possible move, exactly as the
 * server's rollout does it, so that what is shown before is what comes of it. A test compares the two.
 *
 * @param weights in the order in which they are sent; in a fallthrough they sum to `PARTS`
 */
export function reweigh(serve: Serve, weights: Weights, off: string, { by, seed }: Dealing = dealingOf(serve)): Serve {
  const before = 'variation' in serve ? [{ variation: serve.variation, parts: PARTS }] : serve.slices;
  const slices = moveFew(before, weights, off);
  const only = slices.find(({ parts }) => parts === PARTS);
  if (only && by === undefined && seed === undefined) return { variation: only.variation };
  return { slices, ...(by !== undefined && { by }), ...(seed !== undefined && { seed }) };
}

export function dealingOf(serve: Serve): Dealing {
  return 'slices' in serve ? { by: serve.by, seed: serve.seed } : {};
}

/** The off variation comes in from the far end if it is the only newcomer: 10 %, 100 % and back are the same people. */
function moveFew(before: readonly Slice[], weights: Weights, off: string): Slice[] {
  const present = new Set(before.map(({ variation }) => variation));
  const newcomers = [...weights].filter(([variation, parts]) => parts > 0 && !present.has(variation));
  const isOnlyOff = newcomers.length === 1 && newcomers[0]?.[0] === off;
  const slices = isOnlyOff ? reallocate(before.toReversed(), weights).reverse() : reallocate(before, weights);
  if (slices.length <= MOST_SLICES) return slices;
  return [...weights].filter(([, parts]) => parts > 0).map(([variation, parts]) => ({ variation, parts }));
}

/** Who has too much gives to who has too little, across the nearest border first; nobody else moves. */
function reallocate(slices: readonly Slice[], weights: Weights): Slice[] {
  const runs = merged(fitted(slices, sumOf(weights)));
  const surplus = new Map<string, number>();
  for (const [variation, parts] of weights) surplus.set(variation, -parts);
  for (const { variation, parts } of runs) surplus.set(variation, (surplus.get(variation) ?? 0) + parts);
  for (let move = nextMove(runs, surplus); move; move = nextMove(runs, surplus)) {
    const { giver, taker, isFromStart, variation } = move;
    const from = runs[giver] as Run;
    const excess = surplus.get(from.variation) ?? 0;
    const need = surplus.get(variation) ?? 0;
    const parts = Math.min(from.parts, excess, -need);
    from.parts -= parts;
    surplus.set(from.variation, excess - parts);
    surplus.set(variation, need + parts);
    const beside = runs[taker];
    if (beside && taker === (isFromStart ? giver - 1 : giver + 1)) beside.parts += parts;
    else runs.splice(isFromStart ? giver : giver + 1, 0, { variation, parts });
    runs.splice(0, runs.length, ...merged(runs));
  }
  return runs.length > 0 ? runs : [...weights.keys()].map((variation) => ({ variation, parts: 0 }));
}

interface Move {
  readonly giver: number;
  /** −1: their new owner has none yet. */
  readonly taker: number;
  readonly isFromStart: boolean;
  readonly variation: string;
}

function nextMove(runs: readonly Run[], surplus: Weights): Move | undefined {
  let best: Move | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const [giver, { variation: owner }] of runs.entries()) {
    if ((surplus.get(owner) ?? 0) <= 0) continue;
    for (const [taker, { variation }] of runs.entries()) {
      if ((surplus.get(variation) ?? 0) >= 0) continue;
      const between = runs.slice(Math.min(giver, taker) + 1, Math.max(giver, taker));
      const distance = between.reduce((sum, { parts }) => sum + parts, 0);
      if (distance >= bestDistance) continue;
      bestDistance = distance;
      best = { giver, taker, isFromStart: taker < giver, variation };
    }
  }
  if (best) return best;
  const giver = runs.findIndex(({ variation }) => (surplus.get(variation) ?? 0) > 0);
  const variation = [...surplus].find(([, parts]) => parts < 0)?.[0];
  return giver < 0 || variation === undefined ? undefined : { giver, taker: -1, isFromStart: true, variation };
}

/** Cut at `total`, or filled up with parts that nobody has. */
function fitted(slices: readonly Slice[], total: number): Run[] {
  const runs: Run[] = [];
  let left = total;
  for (const { variation, parts } of slices) {
    runs.push({ variation, parts: Math.min(parts, left) });
    left -= Math.min(parts, left);
  }
  return [...runs, { variation: NOBODY, parts: left }];
}

function merged(runs: readonly Run[]): Run[] {
  const result: Run[] = [];
  for (const run of runs) {
    const last = result.at(-1);
    if (last?.variation === run.variation) last.parts += run.parts;
    else if (run.parts > 0) result.push({ ...run });
  }
  return result;
}
