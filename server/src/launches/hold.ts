/**
 * How many shadows the servers of one environment let in, of a launch that makes callers wait: what the pairs of all
 * processes show together, minute by minute, and nothing else. So every server on one database comes to the same, and
 * one that has just started as well.
 *
 * The test is a Shiryaev-Roberts sum: in each minute a bet on "slower with shadows" is begun, and all go on. Harm that
 * begins after a quiet day is seen as soon as harm on the first day. Without harm the sum grows by one a minute on
 * average, so by Doob's inequality the chance that it reaches `ENOUGH` within a day is a day's minutes divided by it.
 * See Shin, Ramdas and Rinaldo, "E-detectors: a nonparametric framework for sequential change detection" (arXiv
 * 2203.03532), section 2. Why: decision 0178.
 */
import { BETS } from './switchback-evidence.ts';

/** What a pair for and against multiplies each bet by, as logarithms. */
const WON = BETS.map((bet) => Math.log1p(bet));
const LOST = BETS.map((bet) => Math.log1p(-bet));

const MINUTE_MS = 60_000;
/** Of harmless launches, one in a hundred is ever held in a day. */
const ENOUGH = (24 * 60) / 0.01;
/** Of the share at which harm was seen, this part is let in; and if there is harm again, of that. */
const LESS_AFTER_HARM = 4;
/** Less than this is none, percent. */
const LEAST_PERCENT = 0.1;
/** After none at all, so few are tried, percent. */
const FIRST_PERCENT = 0.5;
/** Twice as many after so long without harm; twice as long each time that there was harm again, up to an hour. */
const QUIET_MS = 5 * MINUTE_MS;
const LONGEST_QUIET_MS = 60 * MINUTE_MS;
/** How long after harm the next harm counts as the first again. */
const FORGOTTEN_MS = 2 * LONGEST_QUIET_MS;
/** Evidence has no use for more, and a product of it must not be infinite. */
const MOST_EVIDENCE = 1e200;

/** Shadows of one launch are held back. */
export interface Hold {
  /** Percent of the calls that may have a shadow, in every process. */
  readonly sharePercent: number;
  /** When harm was seen last, ms since 1970. */
  readonly at: number;
}

/** What the processes of one environment have told of one minute, together. */
export interface HarmMinute {
  /** Its start, ms since 1970. */
  readonly at: number;
  /** Pairs of windows in which control was slower, and faster, with shadows. */
  readonly worse: number;
  readonly better: number;
  /** Percent of the calls that had a shadow, in the process with the most. */
  readonly sharePercent: number;
}

/** What is known at the end of a minute. */
export interface HoldState {
  readonly hold: Hold | undefined;
  /** When more are let in if there is no harm until then, ms since 1970. */
  readonly raisesAt: number;
  /** How often harm was seen, each time before the last was forgotten. */
  readonly times: number;
  /** The sum, for each size of bet. */
  readonly sums: readonly number[];
}

export const NOTHING_HELD: HoldState = { hold: undefined, raisesAt: 0, times: 0, sums: BETS.map(() => 0) };

/** Goes on by a minute; minutes come in their order, and may be left out where nobody told anything. */
export function afterMinute(before: HoldState, minute: HarmMinute): HoldState {
  const state = holdAt(before, minute.at);
  const { at, worse, better, sharePercent } = minute;
  const sums = state.sums.map((sum, index) => {
    const growth = worse * (WON[index] as number) + better * (LOST[index] as number);
    return Math.min(MOST_EVIDENCE, (sum + 1) * Math.exp(growth));
  });
  const evidence = sums.reduce((total, sum) => total + sum, 0) / sums.length;
  if (evidence < ENOUGH) return { ...state, sums };
  const felt = Math.min(sharePercent, state.hold?.sharePercent ?? 100);
  const lower = felt / LESS_AFTER_HARM;
  const isAgain = before.times > 0 && at - (before.hold?.at ?? before.raisesAt) < FORGOTTEN_MS;
  const times = isAgain ? before.times + 1 : 1;
  return {
    hold: { sharePercent: lower < LEAST_PERCENT ? 0 : Number(lower.toPrecision(2)), at },
    raisesAt: at + quietMs(times),
    times,
    sums: NOTHING_HELD.sums,
  };
}

/** The same at a later instant of which nothing is told: after quiet times more are let in, and in the end all. */
export function holdAt(state: HoldState, now: number): HoldState {
  let { hold, raisesAt } = state;
  while (hold && now >= raisesAt) {
    const sharePercent = Math.max(FIRST_PERCENT, 2 * hold.sharePercent);
    hold = sharePercent >= 100 ? undefined : { ...hold, sharePercent };
    if (hold) raisesAt += quietMs(state.times);
  }
  return { ...state, hold, raisesAt };
}

function quietMs(times: number): number {
  return Math.min(LONGEST_QUIET_MS, QUIET_MS * 2 ** (times - 1));
}
