/**
 * Load shedding and circuit breakers for shadows: each shadow is asked for here, and most of what can be wrong is a
 * reason to refuse. A shadow that is not run is counted by its reason and otherwise forgotten; nothing is queued for
 * later.
 */
import type { ShedCause } from '@dimmer/core';
import type { Platform } from '../platform.ts';
import type { Dials } from './dials.ts';
import type { Holds } from './holds.ts';
import type { ShadowWorld } from './shadow-world.ts';
import type { CreateSwitchback, Switchback } from './switchback.ts';

const MINUTE_MS = 60_000;
const LONGEST_PAUSE_MS = 60 * MINUTE_MS;
/** After one that blocked for too long, a pause of so many times as long: what is one in a thousand p99 does not feel. */
const PAUSE_OF_BLOCK = 1_000;
/** Runs that block for less are too short to be felt, and do not count as busy. */
const FELT_MS = 1;
/** The heap is looked at so often at most: a look takes microseconds. */
const HEAP_LOOK_MS = 100;

/** How long hanging shadows count, ms: a connection that was lost for good must not end a launch. Doubles each time. */
const HUNG_FORGIVEN_MS = 5 * MINUTE_MS;

/** How the shadows of one flag are doing in this process. */
export interface BrakeState {
  readonly flag: string;
  /** Begun and not yet over: each has a place. */
  inFlight: number;
  /** Begun, or waiting for their turn: their answer is known. */
  underWay: number;
  /** Begun since the process began. */
  everBegun: number;
  /** When each of those began to hang that have timed out and still not ended, by the clock. */
  readonly hung: Map<object, number>;
  /** How long one may hang before it is forgiven, ms. */
  hungForgivenMs: number;
  /** The experiment whether callers feel them; absent where there is none. */
  readonly switchback: Switchback | undefined;
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
  /** @param harmed told when shadows are stopped for what they do to callers */
  readonly newState: (flag: string, harmed: (sharePercent: number, pauseMs: number) => void) => BrakeState;
  /** Asked before the answer runs, to spare what a shadow would cost: why there is to be none. Nothing is taken. */
  readonly look: (state: BrakeState, dials: Dials) => ShedCause | undefined;
  /** The answer is known, and the shadow waits for its turn. Followed by `begin`, or by `leave`. */
  readonly wait: (state: BrakeState) => void;
  /**
   * Asked when its turn has come: why it is not to run after all, for much may have happened meanwhile. Otherwise it has
   * a place now, and gives it back by `end`. A control that never ends holds none.
   *
   * @param lateMs by how much the event loop lags
   */
  readonly begin: (state: BrakeState, dials: Dials, lateMs: number) => ShedCause | undefined;
  /** It waits no more, and will not run. */
  readonly leave: (state: BrakeState) => void;
  /** It is over, or has timed out; what follows it, such as a comparison, may go on until `leave`. */
  readonly end: (state: BrakeState, dials: Dials, tookMs: number) => void;
  /** It has timed out and goes on; the answer is called when it ends at last. */
  readonly hang: (state: BrakeState) => () => void;
  /** Notes how long a shadow has blocked the event loop. True if that was too long, and the flag's others are stopped. */
  readonly blocked: (state: BrakeState, dials: Dials, blockedMs: number) => boolean;
  /** Percent of the calls that may have a shadow by the server's word, which knows of all processes. Default 100. */
  readonly heldTo: (state: BrakeState) => number;
  /** Whether control's calls are compared with and without shadows. */
  readonly isProving: (state: BrakeState, dials: Dials) => Switchback | undefined;
  /** Forgets what was held against it: rules or dials have changed, and with them perhaps what is run. */
  readonly forgive: (state: BrakeState) => void;
  /** Resolves when none is under way. */
  readonly idle: () => Promise<void>;
  /** No more from now on. */
  readonly close: () => void;
  readonly isClosed: () => boolean;
}

interface BrakesDeps extends Pick<Platform, 'random'> {
  readonly world: ShadowWorld;
  /** Makes the experiment whether callers feel the shadows of a flag. */
  readonly switchback?: CreateSwitchback | undefined;
  /** What the server says of flags whose shadows are felt. */
  readonly holds?: Pick<Holds, 'percentOf'> | undefined;
  /** How many clients share the fleet's ceiling; 0 while it is not known. */
  readonly clients: () => number;
}

export function createBrakes({ world, random, clients, switchback, holds }: BrakesDeps): Brakes {
  const { clock, heapPercent, inShadow, refuses, maxShadows } = world;
  let inFlight = 0;
  let underWay = 0;
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

  /** Whether as many hang as may be under way. Those that have hung for long are forgiven. */
  function isFullOfHung(state: BrakeState, maxInFlight: number, now: number): boolean {
    if (state.hung.size < maxInFlight) return false;
    const [oldest = now] = state.hung.values();
    if (now - oldest < state.hungForgivenMs) return maxInFlight > 0;
    state.hung.clear();
    state.hungForgivenMs = Math.min(LONGEST_PAUSE_MS, 2 * state.hungForgivenMs);
    return false;
  }

  /** What holds before the answer runs, and when the turn has come. */
  function reasonAgainst(state: BrakeState, dials: Dials, now: number): ShedCause | undefined {
    if (isClosed) return 'closed';
    const tired = exhausted(state, dials, now);
    if (tired) return tired;
    const maxInFlight = dials('maxInFlight');
    if (state.inFlight >= maxInFlight || inFlight >= maxShadows) return 'inFlight';
    if (isFullOfHung(state, maxInFlight, now)) return 'hung';
    if (now - state.minuteBegan >= MINUTE_MS) {
      state.minuteBegan = now;
      state.begun = 0;
    }
    if (state.begun >= dials('maxPerMinute')) return 'budget';
    return heapNow(now) > dials('maxHeapPercent') ? 'heap' : undefined;
  }

  // At 100 % the application has said that callers may feel its shadows.
  const isProving: Brakes['isProving'] = (state, dials) =>
    state.switchback && dials('maxBusyPercent') < 100 ? state.switchback : undefined;

  const heldTo: Brakes['heldTo'] = ({ flag }) => holds?.percentOf(flag) ?? 100;

  function refusesProof(state: BrakeState, dials: Dials): ShedCause | undefined {
    const proving = isProving(state, dials);
    if (!proving) return undefined;
    const percent = heldTo(state);
    // By lot for each call, so that a process with few calls is held as one with many.
    return percent < 100 && random() * 100 >= percent ? 'held' : proving.refuses();
  }

  function leave(state: BrakeState): void {
    state.underWay--;
    if (--underWay) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  return {
    newState: (flag, harmed) => ({
      flag,
      inFlight: 0,
      underWay: 0,
      everBegun: 0,
      hung: new Map(),
      hungForgivenMs: HUNG_FORGIVEN_MS,
      switchback: switchback?.({ clock, random, harmed }),
      minuteBegan: Number.NEGATIVE_INFINITY,
      begun: 0,
      blockedUntil: Number.NEGATIVE_INFINITY,
      pauseMs: MINUTE_MS,
      credit: 0,
      creditedAt: clock(),
    }),
    heldTo,
    isProving,
    look(state, dials) {
      if (inShadow()) return 'nested';
      const cause = reasonAgainst(state, dials, clock()) ?? refusesProof(state, dials);
      return cause ?? refuses?.(clients() && dials('fleetCallsPerSecond') / clients());
    },
    wait(state) {
      state.underWay++;
      underWay++;
    },
    begin(state, dials, lateMs) {
      const cause =
        reasonAgainst(state, dials, clock()) ??
        (lateMs > dials('maxLagMs') ? 'lag' : undefined) ??
        isProving(state, dials)?.begin();
      if (cause) return cause;
      state.begun++;
      state.everBegun++;
      state.inFlight++;
      inFlight++;
      return undefined;
    },
    leave,
    end(state, dials, tookMs) {
      state.inFlight--;
      inFlight--;
      isProving(state, dials)?.end(tookMs);
    },
    hang(state) {
      const one = {};
      state.hung.set(one, clock());
      return () => void state.hung.delete(one);
    },
    blocked(state, dials, blockedMs) {
      if (blockedMs >= FELT_MS) state.credit -= blockedMs;
      if (blockedMs <= dials('maxBlockMs')) return false;
      state.blockedUntil = clock() + Math.min(LONGEST_PAUSE_MS, Math.max(state.pauseMs, PAUSE_OF_BLOCK * blockedMs));
      // One that blocks for a second each minute would still be felt by one caller in sixty.
      state.pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * state.pauseMs);
      return true;
    },
    forgive(state) {
      state.blockedUntil = Number.NEGATIVE_INFINITY;
      state.pauseMs = MINUTE_MS;
      state.hung.clear();
      state.hungForgivenMs = HUNG_FORGIVEN_MS;
      state.switchback?.forgive();
    },
    idle: () => (underWay ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
    close() {
      isClosed = true;
    },
    isClosed: () => isClosed,
  };
}
