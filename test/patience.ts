/**
 * How long a test waits for what it waits for. No test says by the time that passes that something is wrong, because that
 * would be a statement about the machine; so this is long, and only there to end a wait that would never end.
 * Why: decision 0112.
 */
import { availableParallelism, loadavg } from 'node:os';

/** Some hundred times what the slowest wait of any test takes on an idle machine of two cores. */
export const PATIENCE_MS = 60_000;

/**
 * Whether promises about time are held. They say something about a machine: `npm test` runs on any, and only wants that
 * what is promised comes true. The long fault runs and the table of the SDK's checks state theirs, and so does whoever
 * sets `DIMMER_TIMED=1`.
 */
export const IS_TIMED =
  process.env.VITEST === undefined || process.env.DIMMER_FAULTS === 'long' || process.env.DIMMER_TIMED === '1';

const LOOK_MS = 10;
// Tests stop the clock, and this must go on.
const { setTimeout } = globalThis;
const now = performance.now.bind(performance);

/** Resolves after so long. Only for how long something lasts, never in the place of a condition. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}

/**
 * Looks again and again until something holds.
 *
 * @param what in words, for whoever reads that it never did
 * @returns how long it took, in ms: to be printed, not to be asserted
 * @throws Error after `PATIENCE_MS`, with the load of the machine
 */
export async function waitUntil(what: string, holds: () => unknown): Promise<number> {
  const startedAt = now();
  while (!(await holds())) {
    if (now() - startedAt > PATIENCE_MS) throw new Error(tooSlowFor(what, now() - startedAt));
    await pause(LOOK_MS);
  }
  return Math.round(now() - startedAt);
}

/**
 * Holds a promise about time, where such promises are held: see `IS_TIMED`.
 *
 * @throws Error if it took longer
 */
export function expectInTime(what: string, tookMs: number, mostMs: number): void {
  if (IS_TIMED && !(tookMs <= mostMs)) throw new Error(`${what} took ${tookMs} ms, more than ${mostMs} ms`);
}

/** What a failure by time says: that it is one, for what, and how busy this machine was. */
export function tooSlowFor(what: string, waitedMs: number): string {
  const load = `load ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`;
  return `This machine was too slow for this, or it never comes true: waited ${Math.round(waitedMs / 1_000)} s (${load}) until ${what}`;
}
