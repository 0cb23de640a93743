/**
 * Whether pairs of windows, one with shadows and one without, show that shadows make callers wait: an e-process, which
 * may be looked at after every pair without raising false alarms.
 *
 * If shadows do nothing, "with" is the slower window of a pair with probability 1/2, whatever the noise, because the order
 * within each pair was drawn at random. A bet of the share `b` of what one has on "with is slower" then wins nothing on
 * average: its capital E is multiplied by 1 + b or by 1 − b. So P(E ever reaches 1/alpha) ≤ alpha: Ville's inequality,
 * "Étude critique de la notion de collectif" (1939). See also Ramdas, Grünwald, Vovk and Shafer, "Game-theoretic
 * statistics and safe anytime-valid inference" (arXiv 2210.01948), section 4.
 *
 * The capital is shared among bets of several sizes, none of which is ever changed: the method of mixtures. So E follows
 * from the two counts alone, and pairs of many processes may be added in whatever order they arrive. `pair-test` of core,
 * by which one process judges its own pairs, has a stake that follows them one by one: a minute of many processes brings
 * hundreds at once, on all of which it would have to be the same. Why: decision 0165.
 */

/** Of a thousand launches whose shadows do no harm, ten at most are ever said to do any. */
const ALPHA = 0.01;
/** Sizes of the bets: equally far apart, the largest 0.95, so that a long series of one kind leaves something. */
const LARGEST_BET = 0.95;
export const BETS: readonly number[] = Array.from({ length: 24 }, (_, index) => (LARGEST_BET * (index + 0.5)) / 24);

/**
 * The evidence that callers are slower with shadows, as the capital E of somebody who bets on it and began with 1.
 *
 * @param worse pairs in which control was slower with shadows
 * @param better pairs in which it was faster; ties are in neither
 * @returns 0 or more; `Infinity` where there is more evidence than a number can say
 */
export function evidenceOfHarm(worse: number, better: number): number {
  const sum = BETS.reduce((total, bet) => total + Math.exp(worse * Math.log1p(bet) + better * Math.log1p(-bet)), 0);
  return sum / BETS.length;
}

/** Whether that is enough to say so, with 1 % of false alarms at most, however often it is looked at. */
export function showsHarm(evidence: number): boolean {
  return evidence >= 1 / ALPHA;
}
