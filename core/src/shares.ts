/**
 * What the percentages of one flag come to for somebody who meets the conditions of all its rules: each gets what the
 * rules before it leave. An entry of its own: it is used where rules are shown, and no SDK carries it.
 */
import { PARTS, type Serve } from './model.ts';

/** What one rule, or the fallthrough behind them, comes to. All shares are of everybody, from 0 to 1. */
export interface Share {
  /** Of everybody, those who come to it: whom nothing before it serves. */
  readonly reached: number;
  /** Of everybody, those whom it serves. */
  readonly served: number;
  /** The same for each variation, in the order of its slices. */
  readonly variations: readonly { readonly variation: string; readonly served: number }[];
  /**
   * Which of those before it split by the same attribute and seed, by index. What they serve and what this one would are
   * the same people first, so this one serves fewer than its percentage of those whom it reaches, or none.
   */
  readonly overlaps: readonly number[];
}

/**
 * @param serves what each rule serves, in their order, and what the fallthrough serves at the end
 * @param seed the flag's own
 */
export function sharesOf(serves: readonly Serve[], seed: string): Share[] {
  /** By attribute and seed: the buckets from here on are not served yet, as parts. Those before are. */
  const left = new Map<string, number>();
  const bucketings: (string | undefined)[] = [];
  return serves.map((serve): Share => {
    const bucketing = 'slices' in serve ? JSON.stringify([serve.by ?? 'targetingKey', serve.seed ?? seed]) : undefined;
    const overlaps = bucketings.flatMap((each, index) =>
      bucketing !== undefined && each === bucketing ? [index] : [],
    );
    bucketings.push(bucketing);
    const reached = restOf(left);
    if (!('slices' in serve)) {
      left.set('everybody', PARTS);
      return { reached, served: reached, variations: [{ variation: serve.variation, served: reached }], overlaps };
    }
    const start = left.get(bucketing!) ?? 0;
    left.delete(bucketing!);
    // Different seeds bucket independently of each other, so the shares multiply.
    const others = restOf(left);
    let end = 0;
    const variations = serve.slices.map(({ variation, parts }) => {
      const from = Math.max(start, end);
      end += parts;
      return { variation, served: (others * Math.max(0, end - from)) / PARTS };
    });
    left.set(bucketing!, Math.max(start, end));
    return { reached, served: variations.reduce((sum, each) => sum + each.served, 0), variations, overlaps };
  });
}

function restOf(left: ReadonlyMap<string, number>): number {
  let rest = 1;
  for (const from of left.values()) rest *= 1 - from / PARTS;
  return rest;
}
