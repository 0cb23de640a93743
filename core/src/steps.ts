/**
 * What one evaluation may cost, counted in steps and never by a clock, so that Node, browsers and the server come to
 * the same answer for the same question. A step is some nanoseconds. Whatever costs more than a few of them pays before
 * it is done; what is not affordable is not done, and a condition that is not decided does not match, negated or not.
 * docs/decisions/0117 has the prices.
 *
 * One counter for all: evaluations do not overlap, and passing it along would cost every evaluation an argument.
 */
export const MAX_STEPS = 300_000;

let left = MAX_STEPS;
let isExceeded = false;
let wasExceeded = false;

/** Begins an evaluation: it may take `MAX_STEPS`, or what it is given. */
export function beginSteps(steps = MAX_STEPS): void {
  left = steps;
  isExceeded = false;
}

/**
 * Pays for what is about to be done: whole steps, or engines keep a float where a small integer does. False if that is
 * more than what is left: then nothing is paid, nor to be done.
 */
export function afford(steps: number): boolean {
  if (steps > left) return !(isExceeded = true);
  left -= steps;
  return true;
}

/** Whether something was not affordable since this was asked last. */
export function takeExceeded(): boolean {
  wasExceeded = isExceeded;
  isExceeded = false;
  return wasExceeded;
}

/** What `takeExceeded` answered last. */
export function lastExceeded(): boolean {
  return wasExceeded;
}
