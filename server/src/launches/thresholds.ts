/** Where the verdict draws its lines. Why there: docs/decisions/0164. */

/** Compared results of which none differs, that exclude a rate of 1 % with 95 % confidence: the rule of three. */
export const ENOUGH_COMPARED = 300;
/** Calls of which none fails, that exclude the same of failures. */
export const ENOUGH_CALLS = 300;
/** Second runs of control from which it is told how often control differs from itself. */
export const ENOUGH_NOISE = 300;
/** Calls of which the p99 has an interval with an upper end: see `path-report.ts`. */
export const ENOUGH_TIMED = 381;
/** Beyond the noise, a lesser share of mismatches holds nobody up; nor does a lesser share of failures than at another time. */
export const PASSED_OVER = 0.001;
/** What must be excluded with 95 % confidence: that more differ beyond the noise, or fail beyond control's failures. */
export const MOST_POSSIBLE = 0.01;
/** Live, and no control is known to compare with: more failures are never well. */
export const MOST_FAILING = 0.01;
/** Results that could not be compared, or shadows that did not run for another cause than a wish, of all. */
export const MOST_UNKNOWN = 0.1;
/** Results that differ only where that is ignored, of those that were compared. */
export const MOST_IGNORED = 0.5;
/**
 * Slower is a quantile that is both so many times as long, and so many ms longer: below that, it is noise. Besides,
 * the intervals of both must lie apart: else it is the luck of a few calls.
 */
export const SLOWER_RATIO = 1.2;
export const SLOWER_MS = 1;
