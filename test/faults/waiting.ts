const LOOK_MS = 10;

/** Resolves after so long. Only for how long a fault lasts, never in the place of a condition. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Looks again and again until something holds.
 *
 * @returns how long that took in ms; `null` if it does not hold within `withinMs`
 */
export async function waitUntil(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<number | null> {
  const startedAt = performance.now();
  for (;;) {
    if (await holds()) return Math.round(performance.now() - startedAt);
    if (performance.now() - startedAt > withinMs) return null;
    await pause(LOOK_MS);
  }
}
