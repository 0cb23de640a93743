/**
 * Notices that the machine has slept, or was frozen. Timers stand still meanwhile, and so a stream that died in the first
 * minute of the night would be believed for another three quarters of a minute in the morning.
 */

/** So often the clocks are compared. Processes do it at different instants, so that not all of a host come back at once. */
const TICK_MS = 4_000;
/** The wall clock may have been set by so much without anybody being woken. */
const JUMP_MS = 20_000;

/** The wall clock, ms since 1970, as it would be had nobody set it since the process began: it only runs on, evenly. */
export function steadyNow(): number {
  return Math.round(performance.timeOrigin + performance.now());
}

/**
 * Calls `woken` within four seconds after a sleep. A clock that is set forward by as much looks the same, which costs a
 * reconnect. Never keeps the process alive.
 *
 * @returns ends the watch
 */
export function watchWake(woken: () => void): () => void {
  const aheadMs = (): number => Date.now() - steadyNow();
  let before = aheadMs();
  const timer = setInterval(() => {
    const present = aheadMs();
    const jumpMs = present - before;
    before = present;
    if (jumpMs > JUMP_MS) woken();
  }, TICK_MS).unref();
  return () => clearInterval(timer);
}
