import { dealingOf } from '@dimmer/core/reweigh';
import { isSame } from '../../elements/field-difference.ts';
import { PARTS, type Serve, type Slice } from '../../server/targeting.ts';

/** How many people, in parts of `PARTS`, get another variation than before. */
export interface Movement {
  /** By the variation they had and the one they get. */
  readonly moves: readonly { readonly from: string; readonly to: string; readonly parts: number }[];
  /** Hashed by another attribute or seed: who gets what is drawn anew, and nobody can say how many move. */
  readonly isDealtAnew: boolean;
}

/** Compares two allocations bucket by bucket. */
export function movementOf(before: Serve, after: Serve): Movement {
  const [was, is] = [slicesOf(before), slicesOf(after)];
  const isSplit = 'slices' in before && 'slices' in after;
  const isDealtAnew = isSplit && !isSame(dealingOf(before), dealingOf(after));
  const moves = new Map<string, { from: string; to: string; parts: number }>();
  let [at, one, other, oneEnd, otherEnd] = [0, 0, 0, was[0]?.parts ?? 0, is[0]?.parts ?? 0];
  while (one < was.length && other < is.length) {
    const end = Math.min(oneEnd, otherEnd);
    const [from, to] = [was[one]?.variation ?? '', is[other]?.variation ?? ''];
    if (from !== to && end > at) {
      const name = `${from}\n${to}`;
      const move = moves.get(name) ?? { from, to, parts: 0 };
      moves.set(name, { ...move, parts: move.parts + end - at });
    }
    at = end;
    if (oneEnd === end) oneEnd += was[++one]?.parts ?? 0;
    if (otherEnd === end) otherEnd += is[++other]?.parts ?? 0;
  }
  return { moves: [...moves.values()], isDealtAnew };
}

function slicesOf(serve: Serve): readonly Slice[] {
  return 'variation' in serve ? [{ variation: serve.variation, parts: PARTS }] : serve.slices;
}
