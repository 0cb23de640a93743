/**
 * What shadows may cost the callers that they overlap, while nobody knows whether that is felt: each call fills the
 * allowance by the share that is let in, and each shadow takes from it what shadows have overlapped on average.
 */

/** Overlaps that may be saved up. */
const MOST_ALLOWANCE = 2;
/** How fast the mean follows. */
const NEW_PART = 0.2;

export interface OverlapAllowance {
  /** @param running shadows that run now: what one costs is not known before one has ended; until then, one at a time */
  readonly hasRoom: (running: number) => boolean;
  /** True if nothing is left. */
  readonly isSpent: () => boolean;
  /** A shadow begins. */
  readonly spend: () => void;
  /** A call has got its answer. @param overlaps shadows that ran meanwhile, @param share what it fills the allowance by */
  readonly fill: (overlaps: number, share: number) => void;
  /** A shadow has ended. */
  readonly ended: () => void;
  /** Calls that a shadow overlaps, on average; undefined while no shadow has ended. */
  readonly cost: () => number | undefined;
  /** What was saved up is not carried over. */
  readonly trim: () => void;
}

export function createOverlapAllowance(): OverlapAllowance {
  let allowance = MOST_ALLOWANCE;
  let cost: number | undefined;
  let overlapped = 0;
  return {
    hasRoom: (running) => allowance > 0 && (cost !== undefined || running === 0),
    isSpent: () => allowance <= 0,
    spend() {
      allowance -= cost ?? 1;
    },
    fill(overlaps, share) {
      overlapped += overlaps;
      allowance = Math.min(allowance + share, Math.max(MOST_ALLOWANCE, share));
    },
    ended() {
      cost = cost === undefined ? overlapped : cost + NEW_PART * (overlapped - cost);
      overlapped = 0;
    },
    cost: () => cost,
    trim() {
      allowance = Math.min(1, allowance);
    },
  };
}
