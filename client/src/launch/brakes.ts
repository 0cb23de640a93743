/**
 * What keeps shadows from hurting: each is asked for here, and most of what can be wrong is a reason to say no. A shadow
 * that is not run is counted by its reason and otherwise forgotten; nothing is queued for later.
 */
import type { ShedCause } from '@dimmer/core';
import type { Dials } from './dials.ts';
import type { ShadowWorld } from './shadow-world.ts';

const MINUTE_MS = 60_000;
const LONGEST_PAUSE_MS = 60 * MINUTE_MS;
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
  /** How long they are stopped the next time that one blocks, ms. */
  pauseMs: number;
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
  /**
   * Asked when its turn has come: others that were admitted with it may have blocked the event loop meanwhile.
   *
   * @param lateMs by how much the event loop lags
   */
  readonly reconsider: (state: BrakeState, dials: Dials, lateMs: number) => ShedCause | undefined;
  /** Forgets that they have blocked: rules or dials have changed, and with them perhaps what is run. */
  readonly forgive: (state: BrakeState) => void;
  /** Resolves when none is under way. */
  readonly idle: () => Promise<void>;
  /** No more from now on. */
  readonly close: () => void;
  readonly isClosed: () => boolean;
}

export function createBrakes({ clock, heapPercent, inShadow, refuses, maxShadows }: ShadowWorld): Brakes {
  let inFlight = 0;
  let isClosed = false;
  let waiting: (() => void)[] = [];
  let heap = 0;
  let heapLookedAt = Number.NEGATIVE_INFINITY;

  function heapNow(now: number): number {
    if (heapPercent && now - heapLookedAt >= HEAP_LOOK_MS) {
      heap = heapPercent();
      heapLookedAt = now;
    }
    return heap;
  }

  /** Why the flag's shadows have blocked the event loop enough for now. */
  function exhausted(state: BrakeState, dials: Dials, now: number): ShedCause | undefined {
    if (now < state.blockedUntil) return 'blocked';
    const earned = (now - state.creditedAt) * (dials('maxBusyPercent') / 100);
    state.credit = Math.min(dials('maxBlockMs'), state.credit + earned);
    state.creditedAt = now;
    return state.credit < 0 ? 'busy' : undefined;
  }

  function reasonAgainst(state: BrakeState, dials: Dials): ShedCause | undefined {
    if (isClosed) return 'closed';
    if (inShadow()) return 'nested';
    const now = clock();
    const tired = exhausted(state, dials, now);
    if (tired) return tired;
    const maxInFlight = dials('maxInFlight');
    if (state.inFlight >= maxInFlight || inFlight >= maxShadows) return 'inFlight';
    if (state.hung >= maxInFlight) return 'hung';
    if (now - state.minuteBegan >= MINUTE_MS) {
      state.minuteBegan = now;
      state.begun = 0;
    }
    if (state.begun >= dials('maxPerMinute')) return 'budget';
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
      pauseMs: MINUTE_MS,
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
      if (--inFlight) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    blocked(state, dials, blockedMs) {
      if (blockedMs >= FELT_MS) state.credit -= blockedMs;
      if (blockedMs <= dials('maxBlockMs')) return false;
      state.blockedUntil = clock() + state.pauseMs;
      // One that blocks for a second each minute would still be felt by one caller in sixty.
      state.pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * state.pauseMs);
      return true;
    },
    reconsider(state, dials, lateMs) {
      if (isClosed) return 'closed';
      return exhausted(state, dials, clock()) ?? (lateMs > dials('maxLagMs') ? 'lag' : undefined);
    },
    forgive(state) {
      state.blockedUntil = Number.NEGATIVE_INFINITY;
      state.pauseMs = MINUTE_MS;
    },
    idle: () => (inFlight ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
    close() {
      isClosed = true;
    },
    isClosed: () => isClosed,
  };
}
