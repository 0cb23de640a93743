/**
 * Lets the real SDK, with real sockets, live by a clock that the test moves: hours pass in milliseconds, and nothing
 * happens before its time. Sockets, and what waits for them here, go by the real one. Why: decision 0074.
 */
import { vi } from 'vitest';
import { PATIENCE_MS, tooSlowFor } from '../patience.ts';

// Held before anybody stops them.
const { setImmediate } = globalThis;
const realNow = performance.now.bind(performance);

/** How often the event loop turns between two steps of time, so that what is on its way can arrive. */
const TURNS = 10;

/** From now on time passes by `pass` and `passUntil` alone, until `vi.useRealTimers()`. */
export function stopClock(): void {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
  });
}

/** Lets sockets, promises and whatever else does not wait for time do what it can. */
export async function turns(count = TURNS): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
}

/** Lets time pass. */
export async function pass(ms: number): Promise<void> {
  vi.advanceTimersByTime(ms);
  await turns();
}

/**
 * Lets time pass by steps until something holds.
 *
 * @returns how long that took, ms
 */
export async function passUntil(holds: () => boolean, { stepMs = 100, limitMs = 600_000 } = {}): Promise<number> {
  for (let passedMs = 0; ; passedMs += stepMs) {
    await turns();
    if (holds()) return passedMs;
    if (passedMs >= limitMs) throw new Error(`it did not come to that within ${limitMs} ms`);
    vi.advanceTimersByTime(stepMs);
  }
}

/** Waits, while the clock stands, for what only sockets can bring. */
export async function eventually(holds: () => boolean): Promise<void> {
  for (const end = realNow() + PATIENCE_MS; !holds(); ) {
    if (realNow() > end) throw new Error(tooSlowFor(`${holds}`, PATIENCE_MS));
    await turns(1);
  }
}
