/**
 * Sequential test (always valid) on pairs: of each pair a fair coin decided which half is treated, so that without an
 * effect the treated half is the worse one with probability 1/2, whatever else goes on. The test bets on "worse": its
 * wealth is an e-process, and by Ville's inequality the chance that it ever reaches 1/alpha without an effect is at
 * most alpha, however often it is looked at. Betting as in Shafer and Vovk, "Game-Theoretic Foundations for Probability
 * and Finance" (2019), chapter 1; the stake follows what was seen, and only that.
 *
 * The wealth is split over rounds of `ROUND` pairs, most of it for the first: a long time without an effect would else
 * have used it up when one begins. Why: decision 0175.
 */

/** The stake is a little less than all, so that one pair to the contrary does not end the bet. */
const BOLDNESS = 0.95;
/** What the first round has of the wealth; round k of the others has 1/(k(k-1)) of the rest, which sums to all of it. */
const FIRST = 0.8;
/** Pairs of a round. */
const ROUND = 200;

/** Evidence, gathered pair by pair. */
export interface PairTest {
  /**
   * Takes in pairs whose outcome is known; several at once are bet on with the stake from before them.
   *
   * @param worse pairs in which the treated half was the worse one
   * @param better pairs in which it was the better one; ties belong to neither
   */
  readonly add: (worse: number, better: number) => void;
  /** The e-value: an effect is shown at level alpha as soon as this reaches 1/alpha. */
  readonly evidence: () => number;
  /** Pairs taken in. */
  readonly pairs: () => number;
}

/** Makes one that has seen nothing. */
export function createPairTest(): PairTest {
  let round = 1;
  let inRound = 0;
  let pairs = 0;
  /** What ended rounds have left. */
  let kept = 0;
  let wealth = shareOf(1);
  // Begun at one of each: a share of 1/2.
  let worseBefore = 1;
  let betterBefore = 1;

  return {
    add(worse, better) {
      const share = worseBefore / (worseBefore + betterBefore);
      const stake = BOLDNESS * Math.max(0, 2 * share - 1);
      wealth *= (1 + stake) ** worse * (1 - stake) ** better;
      worseBefore += worse;
      betterBefore += better;
      pairs += worse + better;
      inRound += worse + better;
      if (inRound < ROUND) return;
      kept += wealth;
      round++;
      inRound = 0;
      wealth = shareOf(round);
      worseBefore = 1;
      betterBefore = 1;
    },
    // Rounds to come have 1/round of the rest in sum, and have bet nothing yet.
    evidence: () => kept + wealth + (1 - FIRST) / round,
    pairs: () => pairs,
  };
}

function shareOf(round: number): number {
  return round === 1 ? FIRST : (1 - FIRST) / (round * (round - 1));
}
