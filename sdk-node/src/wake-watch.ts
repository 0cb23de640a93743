/**
 * Notices that the machine has slept, or that the process was stopped, as a function in the cloud is between two calls.
 * Timers stand still meanwhile, and so a stream that died in the first minute of the night would be believed for another
 * three quarters of a minute in the morning. Why: decision 0072.
 */

/** Interval of the check. Processes check at different instants, so that not all of a host come back at once. */
const TICK_MS = 4_000;
/** A look may be late by so much, or the wall clock set forward, without anybody being woken. */
const JUMP_MS = 20_000;

/** The wall clock, ms since 1970, as it would be had nobody set it since the process began: it only runs on, evenly. */
export function steadyNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

export interface WakeWatch {
  /** Looks now. */
  readonly look: () => void;
  /** Calls `woken` after each sleep. The answer ends that. */
  readonly onWake: (woken: () => void) => () => void;
}

/**
 * Notices a sleep within four seconds after it, or when looked sooner, as long as somebody wants to know. A clock that is
 * set forward by as much looks the same, and so does an event loop that was blocked for as long; either costs a reconnect.
 * Never keeps the process alive.
 */
export function createWakeWatch(): WakeWatch {
  const all = new Set<() => void>();
  // By the wall clock, because the steady one stands still in a machine that sleeps, and not in a process that is stopped.
  let lookedAt = Date.now();
  function look(): void {
    const now = Date.now();
    const sleptMs = now - lookedAt - TICK_MS;
    lookedAt = now;
    if (sleptMs > JUMP_MS) for (const woken of all) woken();
  }
  return {
    look,
    onWake(woken) {
      lookedAt = Date.now();
      const timer = setInterval(look, TICK_MS).unref();
      all.add(woken);
      return () => {
        clearInterval(timer);
        all.delete(woken);
      };
    },
  };
}
