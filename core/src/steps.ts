/**
 * Fuel metering: what one evaluation may cost, in steps and never by a clock, so that Node, browsers and the server
 * come to the same answer for the same question. A step is some nanoseconds. Whatever costs more than a few of them
 * pays before it is done; what is not affordable is not done, and a condition that is not decided does not match,
 * negated or not. docs/decisions/0117 has the prices.
 *
 * One counter for all: evaluations do not overlap, and passing it along would cost every evaluation an argument.
 */
export const MAX_STEPS = 300_000;

/** How many values one evaluation may put into indexes: a value costs fifty times what it costs to look at it. */
export const MAX_INDEXED = 2_000;

let left = MAX_STEPS;
let isExceeded = false;
let wasExceeded = false;
let indexable = 0;

/** Begins an evaluation: it may take `MAX_STEPS`, or what it is given. */
export function beginSteps(steps = MAX_STEPS): void {
  left = steps;
  isExceeded = false;
  indexable = MAX_INDEXED;
}

/** How many of `count` values may be put into an index now, which is no step: answers are the same without one. */
export function takeIndexable(count: number): number {
  const taken = Math.min(count, indexable);
  indexable -= taken;
  return taken;
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
