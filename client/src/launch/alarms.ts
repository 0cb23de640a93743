/**
 * Signs that shadows harm callers, before it is proved: proof takes a dozen pairs of windows, and a pool of connections is
 * exhausted in one. A sign stops nothing; fewer shadows are let in, and are compared on.
 */
import { excessOf, longestOf, type Window } from './pair-windows.ts';

/** A pair in which calls with shadows were longer by so much (a mean, as a logarithm, beyond p90). */
const ALARMING = 1;
/**
 * A call that is so many times as long as p90, as a logarithm. Where shadows rarely use something up for good, few calls
 * wait, and those for long: a mean over calls shows it late, and p99 is what suffers.
 */
const FAR = Math.log(5);
/** So many alarming pairs in a row are a sign; one of twice as much counts for two. */
const ALARMS = 2;
/** So many pairs more with a far call in the window with shadows alone, than with one in the window without. */
const FAR_PAIRS = 2;

export interface Alarms {
  /** Whether there is a sign of harm after this pair, in whose window `treated` a shadow ran. */
  readonly ring: (treated: Window, untreated: Window, now: number, windowMs: number) => boolean;
  /** Another share is let in: what was seen before says nothing of it. */
  readonly reset: () => void;
}

export function createAlarms(): Alarms {
  let alarmingInARow = 0;
  let farPairs = 0;
  return {
    ring(treated, untreated, now, windowMs) {
      const difference = excessOf(treated, now, windowMs) - excessOf(untreated, now, windowMs);
      alarmingInARow = difference > ALARMING ? alarmingInARow + (difference > 2 * ALARMING ? 2 : 1) : 0;
      const isFar = longestOf(treated, now, windowMs) > FAR;
      // A machine that stalls makes calls long in the one window as often as in the other.
      if (isFar !== longestOf(untreated, now, windowMs) > FAR) farPairs = Math.max(0, farPairs + (isFar ? 1 : -1));
      return alarmingInARow >= ALARMS || farPairs >= FAR_PAIRS;
    },
    reset() {
      alarmingInARow = 0;
      farPairs = 0;
    },
  };
}
