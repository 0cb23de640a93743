import { setTimeout as delay } from 'node:timers/promises';
import type { BackOffice } from './back-office.ts';

/** The percentages that the demo walks through. */
export const STEPS: readonly number[] = [0, 1, 10, 50, 100];

/** Why the demo kills what it has just ramped. */
export const KILL_REASON = 'Payments fail in the new checkout';

/**
 * Ramps the flag from 0 to 100 % and kills it.
 *
 * @param tell told each step as it is done.
 * @param signal ends the ramp between two steps; the flag stays where it is.
 */
export async function ramp(
  office: BackOffice,
  options: { readonly holdMs: number; readonly tell: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const { holdMs, tell, signal } = options;
  try {
    for (const percent of STEPS) {
      await office.setPercent(percent);
      tell(`${percent} %`);
      await delay(holdMs, undefined, { signal });
    }
    await office.kill(KILL_REASON);
    tell(`killed: ${KILL_REASON}`);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
