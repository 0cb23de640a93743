/**
 * The brake that need not know how harm is done. Whether shadows harm callers is an experiment in time, a switchback:
 * pairs of short windows, one in which shadows begin and one in which none does, in an order drawn anew for each pair.
 * If shadows do nothing, control is slower in the one as often as in the other, whatever else goes on in the machine;
 * `pair-test.ts` says when that can no longer be. Few shadows are let in at first, and more as evidence grows.
 *
 * The unit is the pair of windows, not the call: calls within a window are not independent of each other.
 */
import type { ShedCause, SwitchbackSummary } from '@dimmer/core';
import { createHistogram } from '@dimmer/core/histogram';
import { createPairTest } from '@dimmer/core/pair-test';
import { createAlarms } from './alarms.ts';
import { createOverlapAllowance } from './overlap-allowance.ts';
import { excessOf, isLonger, type Pair, type Window } from './pair-windows.ts';

/** Harm is shown at this level: of harmless candidates one in a hundred is ever stopped. */
const ALPHA = 0.01;
/** Shadows that overlap a call of control's, on average, in the beginning: fewer than p99 can feel. */
const FIRST_SHARE = 0.005;
/** The share is doubled after so many pairs without a sign of harm. */
const PAIRS_A_STEP = 5;
/** Evidence from which on the share is not raised. */
const SIGN_OF_HARM = 1.5;
/** A share that was stopped is tried again, less a part; after so many quiet pairs, more. */
const LESS_AFTER_HARM = 4;
const QUIET_PAIRS = 100;
/**
 * Lesser differences are ties (a mean over calls, as a logarithm, beyond p90): to be shadowed costs a call some hundredths
 * of a millisecond, which pairs enough would show, and nobody feels.
 */
const FELT = 0.05;
/** None for so long after harm; twice as long each time. */
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
const LEAST_WINDOW_MS = 100;
const LONGEST_WINDOW_MS = 30_000;
/** A window is made longer or shorter until it has about so many calls. */
const FEWEST_CALLS = 4;
const MOST_CALLS = 24;
/** Once all calls may have a shadow, pairs are further and further apart: a few windows, then so long, ms. */
const FIRST_STRETCH = 8;
const LAST_STRETCH_MS = 20_000;
/** And then longer, for it takes many calls to see little harm. */
const LONGER_WINDOWS = 5;
/** From this share on, shadows of the window before are still about when one begins: calls are not counted for as long as one takes. */
const WASHED_OUT_FROM = 0.05;
/** A stretch that is slower than the windows without, by so much, is a reason to look closely: no proof, and none needed. */
const SUSPICIOUS = 0.1;
/** Steps of the running estimate of p90: up by nine where it goes down by one. */
const UP = 1.045;
const DOWN = 1 / 1.005;
/** How fast means follow. */
const NEW_PART = 0.2;
/** From this share on, most calls of a window have a shadow. */
const MOST_CALLS_PERCENT = 50;
/** Shorter times are taken for so long, ms: of nothing there is no logarithm. */
const LEAST_MS = 0.001;
const NO_PAIRS = { worse: 0, better: 0, longer: 0, notLonger: 0, stops: 0 };

type Refusal = Extract<ShedCause, 'held' | 'harm'>;

/** The experiment of one flag in one process. */
export interface Switchback {
  /** Why a shadow is not to begin now; asked before a call, to spare what its shadow would cost. */
  readonly refuses: () => Refusal | undefined;
  /** The same, when its turn has come; undefined lets it begin, and it is followed by `end`. */
  readonly begin: () => Refusal | undefined;
  readonly end: (tookMs: number) => void;
  /** A call begins; what it counts for is handed to `answered`. */
  readonly asked: () => Window | undefined;
  /** A call has got its answer. @param overlaps shadows that ran meanwhile */
  readonly answered: (window: Window | undefined, tookMs: number, overlaps: number) => void;
  /** All since the last time; undefined while no shadow has overlapped a call. */
  readonly drain: () => SwitchbackSummary | undefined;
  /** Rules have changed, and with them perhaps what is run: what was held against it is forgotten, not what was shown. */
  readonly forgive: () => void;
}

interface SwitchbackDeps {
  /** A clock that never goes back, ms. */
  readonly clock: () => number;
  /** A number in [0, 1). */
  readonly random: () => number;
  /** Told when shadows are stopped. */
  readonly harmed: (sharePercent: number, pauseMs: number) => void;
}

export type CreateSwitchback = (deps: SwitchbackDeps) => Switchback;

/** @param firstShare shadows that may overlap a call, on average, to begin with */
export function createSwitchback({ clock, random, harmed }: SwitchbackDeps, firstShare = FIRST_SHARE): Switchback {
  const withShadows = createHistogram();
  const without = createHistogram();
  let test = createPairTest();
  let phase: 'unfelt' | 'proving' | 'stopped' = 'unfelt';
  /** Between two pairs, ms; 0 while one follows the other. */
  let stretchMs = 0;
  let share = firstShare;
  let ceiling = Number.POSITIVE_INFINITY;
  let quietPairs = 0;
  let stoppedUntil = 0;
  let pauseMs = FIRST_PAUSE_MS;
  let windowMs = LEAST_WINDOW_MS;
  let p90 = 0;
  let shadowMs = 0;
  /** Mean excess of windows without. */
  let baseline = 0;
  let running = 0;
  let present = newWindow(true, 0);
  let endsAt = Number.POSITIVE_INFINITY;
  let pair: Pair | undefined;
  /** Over, but calls that began in it may be under way. */
  let settling: Pair | undefined;
  const allowance = createOverlapAllowance();
  /** A shadow was held back for want of an allowance since the share was raised. */
  let isLimited = false;
  let counts = { ...NO_PAIRS };
  let harmedAt: number | undefined;
  const alarms = createAlarms();

  function newWindow(isWith: boolean, reference: number): Window {
    const countsFrom = clock() + (share < WASHED_OUT_FROM ? 0 : shadowMs);
    return { isWith, countsFrom, p90: reference, shadows: running, calls: 0, ended: 0, excess: 0, longest: 0, logs: 0 };
  }

  function judge({ first, second }: Pair, now: number): void {
    if (!second || !first.calls || !second.calls) return;
    quietPairs++;
    const [treated, untreated] = first.isWith ? [first, second] : [second, first];
    const excess = excessOf(untreated, now, windowMs);
    const difference = excessOf(treated, now, windowMs) - excess;
    baseline += NEW_PART * (excess - baseline);
    // Without a shadow in it there was nothing to feel.
    if (Math.abs(difference) > FELT && treated.shadows) {
      test.add(Number(difference > 0), Number(difference < 0));
      counts[difference > 0 ? 'worse' : 'better']++;
    }
    // Where few calls have a shadow, what it costs all of them on average cannot be seen.
    if (treated.shadows && percentNow() >= MOST_CALLS_PERCENT) {
      counts[isLonger(treated, untreated) ? 'longer' : 'notLonger']++;
    }
    const isAlarming = treated.shadows > 0 && alarms.ring(treated, untreated, now, windowMs);
    if (test.evidence() >= 1 / ALPHA) stop(now);
    else if (isAlarming) hold();
    else if (test.evidence() < SIGN_OF_HARM) raise();
    else stretchMs = 0;
  }

  function raise(): void {
    // Where nothing was held back for want of an allowance, all calls have their shadows already.
    const isAll = !isLimited || stretchMs > 0;
    if (!isAll && share < ceiling && quietPairs >= PAIRS_A_STEP) {
      share = Math.min(ceiling, 2 * share);
      quietPairs = 0;
      isLimited = false;
      alarms.reset();
    } else if (!isAll && quietPairs >= QUIET_PAIRS) {
      ceiling *= 2;
      quietPairs = PAIRS_A_STEP;
    } else if (isAll && quietPairs >= (stretchMs ? 1 : 2) * PAIRS_A_STEP && stretchMs < LAST_STRETCH_MS) {
      stretchMs = stretchMs ? LAST_STRETCH_MS : FIRST_STRETCH * windowMs;
      quietPairs = 0;
    }
  }

  /** Percent of the calls that have a shadow at this share. */
  function percentNow(): number {
    const cost = allowance.cost();
    if (stretchMs > 0 || !cost) return 100;
    return Math.min(100, Number(((100 * share) / cost).toPrecision(2)));
  }

  /** Lets in less from now on, and begins to look anew. */
  function lower(to: number): void {
    share = to;
    stretchMs = 0;
    isLimited = true;
    quietPairs = 0;
    alarms.reset();
  }

  /** No proof, and none is needed to be careful: what is let in goes on being compared. */
  function hold(): void {
    lower(Math.max(firstShare, share / LESS_AFTER_HARM));
    ceiling = share;
  }

  function stop(now: number): void {
    harmedAt = percentNow();
    counts.stops++;
    phase = 'stopped';
    stoppedUntil = now + pauseMs;
    harmed(harmedAt, pauseMs);
    pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * pauseMs);
    ceiling = Math.max(firstShare, share / LESS_AFTER_HARM);
    begin();
  }

  /** From few, with nothing shown. */
  function begin(): void {
    test = createPairTest();
    lower(Math.min(firstShare, ceiling));
    pair = undefined;
    settling = undefined;
    allowance.trim();
  }

  /** Ends windows whose time is over. Called with each call: no timer runs, and where nobody calls nothing is felt. */
  function roll(now: number): void {
    if (phase === 'stopped' && now >= stoppedUntil) {
      phase = 'proving';
      openPair();
    }
    if (now < endsAt || phase === 'unfelt' || phase === 'stopped') return;
    const over = settling;
    settling = undefined;
    if (over) judge(over, now);
    // The compiler takes the phase for what it was before.
    if ((phase as string) === 'stopped') return;
    if (!pair) {
      if (stretchMs === LAST_STRETCH_MS && present.calls && excessOf(present, now, windowMs) - baseline > SUSPICIOUS) {
        stretchMs = 0;
        quietPairs = 0;
      }
      openPair();
    } else if (!pair.second) {
      present = newWindow(!present.isWith, present.p90);
      pair.second = present;
      endsAt = present.countsFrom + lengthMs();
    } else {
      fitWindow(present.calls);
      settling = pair;
      pair = undefined;
      if (!stretchMs) {
        openPair();
        return;
      }
      present = newWindow(true, p90);
      endsAt = now + stretchMs;
    }
  }

  function lengthMs(): number {
    return stretchMs === LAST_STRETCH_MS ? LONGER_WINDOWS * windowMs : windowMs;
  }

  function openPair(): void {
    present = newWindow(random() < 0.5, p90);
    pair = { first: present, second: undefined };
    endsAt = present.countsFrom + lengthMs();
  }

  /** Both windows of a pair are as long as each other: the length changes between pairs only. */
  function fitWindow(calls: number): void {
    const wanted = (calls * windowMs) / lengthMs();
    if (wanted < FEWEST_CALLS) windowMs *= 2;
    else if (wanted > MOST_CALLS) windowMs /= 2;
    // What spills over into the window without must not fill it.
    windowMs = Math.min(LONGEST_WINDOW_MS, Math.max(LEAST_WINDOW_MS, shadowMs, windowMs));
  }

  function refusal(): Refusal | undefined {
    roll(clock());
    if (phase === 'stopped') return 'harm';
    if (phase !== 'unfelt' && !present.isWith) return 'held';
    if (stretchMs > 0) return undefined;
    if (allowance.hasRoom(running)) return undefined;
    isLimited = true;
    if (phase === 'unfelt' && allowance.isSpent()) {
      phase = 'proving';
      openPair();
    }
    return 'held';
  }

  return {
    refuses: refusal,
    begin() {
      const cause = refusal();
      if (cause) return cause;
      running++;
      present.shadows++;
      allowance.spend();
      return undefined;
    },
    end(tookMs) {
      running--;
      shadowMs += NEW_PART * (tookMs - shadowMs);
      allowance.ended();
    },
    asked() {
      const now = clock();
      roll(now);
      if (now < present.countsFrom) return undefined;
      present.calls++;
      return present;
    },
    answered(window, tookMs, overlaps) {
      if (window) {
        window.ended++;
        window.logs += Math.log(Math.max(LEAST_MS, tookMs));
        if (window.p90 && tookMs > window.p90) {
          const beyond = Math.log(tookMs / window.p90);
          window.excess += beyond;
          window.longest = Math.max(window.longest, beyond);
        }
        if (pair) (window.isWith ? withShadows : without).record(tookMs);
      }
      // Of calls that shadows may have made longer, it would rise with the harm, and hide it.
      if (phase === 'unfelt' || (window && !window.isWith)) p90 = p90 ? p90 * (tookMs > p90 ? UP : DOWN) : tookMs;
      allowance.fill(overlaps, phase === 'unfelt' ? Math.min(share, FIRST_SHARE) : share);
    },
    drain() {
      if (phase === 'unfelt') return undefined;
      const told = counts;
      counts = { ...NO_PAIRS };
      const sharePercent = phase === 'stopped' ? 0 : percentNow();
      const summary = { ...told, with: withShadows.drain(), without: without.drain(), sharePercent };
      return harmedAt === undefined ? summary : { ...summary, harmedAtPercent: harmedAt };
    },
    forgive() {
      pauseMs = FIRST_PAUSE_MS;
      ceiling = Number.POSITIVE_INFINITY;
      harmedAt = undefined;
      if (phase === 'stopped') stoppedUntil = clock();
      else if (phase !== 'unfelt') {
        // More people may be at this stage now: the share is shown anew.
        phase = 'proving';
        begin();
        openPair();
      }
    },
  };
}
