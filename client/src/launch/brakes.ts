/**
 * What keeps shadows from hurting: each is asked for here, and most of what can be wrong is a reason to say no. A shadow
 * that is not run is counted by its reason and otherwise forgotten; nothing is queued for later.
 */
import type { ShedCause } from '@dimmer/core';
import type { Dials } from './dials.ts';
import type { ShadowWorld } from './shadow-world.ts';

const MINUTE_MS = 60_000;
/** Runs that block for less are too short to be felt, and do not count as busy. */
const FELT_MS = 1;
/** The heap is looked at so often at most: a look takes microseconds. */
const HEAP_LOOK_MS = 100;

/** How the shadows of one flag are doing in this process. */
export interface BrakeState {
  /** Admitted and not yet over. */
  inFlight: number;
  /** Timed out, and still not ended. */
  hung: number;
  /** When the present minute of the budget began, by the clock. */
  minuteBegan: number;
  /** Shadows admitted in it. */
  begun: number;
  /** None before this, by the clock. */
  blockedUntil: number;
  /** How long they may still block the event loop, ms; negative if they have overdrawn it. */
  credit: number;
  creditedAt: number;
}

export interface Brakes {
  readonly newState: () => BrakeState;
  /** Answers why there is to be no shadow, or admits one, which has to be released in the end. */
  readonly admit: (state: BrakeState, dials: Dials) => ShedCause | undefined;
  readonly release: (state: BrakeState) => void;
  /** Notes how long a shadow has blocked the event loop. True if that was too long, and the flag's others are stopped. */
  readonly blocked: (state: BrakeState, dials: Dials, blockedMs: number) => boolean;
  /** Notes whether the event loop is as late as `lateMs`; answers whether that is too late for a shadow. */
  readonly lags: (dials: Dials, lateMs: number) => boolean;
  /** No more from now on. */
  readonly close: () => void;
}

export function createBrakes({ clock, heapPercent, inShadow, refuses, maxShadows }: ShadowWorld): Brakes {
  let inFlight = 0;
  let isClosed = false;
  let heap = 0;
  let heapLookedAt = Number.NEGATIVE_INFINITY;

  function heapNow(now: number): number {
    if (heapPercent && now - heapLookedAt >= HEAP_LOOK_MS) {
      heap = heapPercent();
      heapLookedAt = now;
    }
    return heap;
  }

  function reasonAgainst(state: BrakeState, dials: Dials): ShedCause | undefined {
    if (isClosed) return 'closed';
    if (inShadow()) return 'nested';
    const now = clock();
    if (now < state.blockedUntil) return 'blocked';
    const maxInFlight = dials('maxInFlight');
    if (state.inFlight >= maxInFlight || inFlight >= maxShadows) return 'inFlight';
    if (state.hung >= maxInFlight) return 'hung';
    if (now - state.minuteBegan >= MINUTE_MS) {
      state.minuteBegan = now;
      state.begun = 0;
    }
    if (state.begun >= dials('maxPerMinute')) return 'budget';
    const earned = (now - state.creditedAt) * (dials('maxBusyPercent') / 100);
    state.credit = Math.min(dials('maxBlockMs'), state.credit + earned);
    state.creditedAt = now;
    if (state.credit < 0) return 'busy';
    if (heapNow(now) > dials('maxHeapPercent')) return 'heap';
    return refuses?.(dials('fleetCallsPerSecond'));
  }

  return {
    newState: () => ({
      inFlight: 0,
      hung: 0,
      minuteBegan: Number.NEGATIVE_INFINITY,
      begun: 0,
      blockedUntil: Number.NEGATIVE_INFINITY,
      credit: 0,
      creditedAt: clock(),
    }),
    admit(state, dials) {
      const cause = reasonAgainst(state, dials);
      if (cause) return cause;
      state.begun++;
      state.inFlight++;
      inFlight++;
      return undefined;
    },
    release(state) {
      state.inFlight--;
      inFlight--;
    },
    blocked(state, dials, blockedMs) {
      if (blockedMs >= FELT_MS) state.credit -= blockedMs;
      if (blockedMs <= dials('maxBlockMs')) return false;
      state.blockedUntil = clock() + MINUTE_MS;
      return true;
    },
    lags: (dials, lateMs) => lateMs > dials('maxLagMs'),
    close() {
      isClosed = true;
    },
  };
}
