/**
 * Fuel metering: what one evaluation may cost, in steps and never by a clock, so that Node, browsers and the server
 * come to the same answer for the same question. A step is some nanoseconds. Whatever costs more than a few of them
 * pays before it is done; what is not affordable is not done, and a condition that is not decided does not match,
 * negated or not. docs/decisions/0117 has the prices.
 *
 * One counter for all: evaluations do not overlap, and passing it along would cost every evaluation an argument.
 */
export const MAX_STEPS = 200_000;

/** How many values one evaluation may put into indexes: a value costs fifty times what it costs to look at it. */
export const MAX_INDEXED = 2_000;

/** What it costs to ask a segment at all. */
export const STEPS_PER_SEGMENT = 100;

/**
 * What it costs for each instruction of a pattern that a thread stands at, for each character, where the code is not warm
 * yet.
 */
export const STEPS_PER_VISIT = 3;

/** For so many elements of a list looking through the values of an equality costs as much as making an index of them. */
export const MAX_SEARCHES = 16;

/** Units of what is no text: a number is written out to be compared. */
export const NUMBER_UNITS = 24;

/** How many the present evaluation may still take. (A sum, so that it is no second name of the constant.) */
export let left = 0 + MAX_STEPS;
let isExceeded = false;
let wasExceeded = false;
let indexable = 0;
let evaluations = 0;
/** Whose evaluation is the latest, as far as that has been asked. */
let asking: unknown;

/** Begins an evaluation: it may take `MAX_STEPS`, or what it is given. */
export function beginSteps(steps = MAX_STEPS): void {
  left = steps;
  isExceeded = false;
  indexable = MAX_INDEXED;
  // Whoever ends an evaluation (0) keeps what was found out in it.
  if (steps) asking = undefined;
}

/**
 * The number of the present evaluation, for what is found out once in each. Also where reading an attribute asks another
 * flag, for somebody else: then what was found out counts no longer.
 */
export function evaluationOf(context: unknown): number {
  if (asking !== context) {
    asking = context;
    evaluations++;
  }
  return evaluations;
}

/** Lets the evaluation put so many more values into indexes, because it has paid for that. */
export function addIndexable(count: number): void {
  indexable += count;
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
  // Not `>`: of what is not even a number of steps nothing is affordable.
  if (!(steps <= left)) return !(isExceeded = true);
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
