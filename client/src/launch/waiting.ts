/** What shadows need and answers must not wait for: kept while the answer runs, and bounded, for an answer may never end. */

/** Kept at most, in one process; the oldest make room. */
const MOST = 1_000;

/** Something kept, until it is taken or has to make room. */
interface Held<Kept> {
  kept: Kept | undefined;
}

export interface Waiting<Kept> {
  readonly add: (kept: Kept) => Held<Kept>;
  /** What was kept; undefined if it had to make room. */
  readonly take: (held: Held<Kept>) => Kept | undefined;
}

export function createWaiting<Kept>(): Waiting<Kept> {
  const all = new Set<Held<Kept>>();
  return {
    add(kept) {
      const held: Held<Kept> = { kept };
      all.add(held);
      if (all.size > MOST) {
        const [oldest] = all as unknown as [Held<Kept>];
        oldest.kept = undefined;
        all.delete(oldest);
      }
      return held;
    },
    take(held) {
      all.delete(held);
      return held.kept;
    },
  };
}
