import { IS_TIMED, PATIENCE_MS, pause } from '../patience.ts';

export { IS_TIMED, pause };

const LOOK_MS = 10;

/**
 * Looks again and again until something holds.
 *
 * @param withinMs what is promised; where that is not held, no less than `PATIENCE_MS`
 * @returns how long that took in ms; `null` if it does not hold within that time
 */
export async function waitUntil(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<number | null> {
  const limitMs = IS_TIMED ? withinMs : Math.max(withinMs, PATIENCE_MS);
  const startedAt = performance.now();
  for (;;) {
    if (await holds()) return Math.round(performance.now() - startedAt);
    if (performance.now() - startedAt > limitMs) return null;
    await pause(LOOK_MS);
  }
}
