import type { Verdict } from './definition.ts';
import { afford, STEPS_PER_VISIT } from './steps.ts';

/**
 * Runs compiled patterns in time linear in the text, whatever the pattern: the simulation of a non-deterministic
 * automaton (Thompson 1968; Russ Cox, "Regular Expression Matching: the Virtual Machine Approach"). Only "is there a
 * match" is asked, so there are no groups to remember and no order among the threads.
 *
 * The compiler is elsewhere (`pattern.ts`) and runs where rulesets are made, so that it costs no SDK a byte.
 *
 * An instruction is one of
 * - `[lo, hi, lo, hi, …]`: take one code point that lies in one of the ranges, both ends included; in ascending order;
 * - a number `n ≥ 0`: go on at the next instruction, and also at `n`;
 * - a number `n < 0`: go on at `−1 − n` only;
 * - `'^'`, `'$'`, `'b'`, `'B'`: go on if at the start, at the end, at a word's edge (ASCII words), not at one.
 *
 * Who comes to the end of the program has matched.
 */
export type PatternProgram = readonly (readonly number[] | number | string)[];

/** The most instructions a program may have. */
export const MAX_INSTRUCTIONS = 1000;

/**
 * The most instructions that all patterns of a flag, or of a segment, may have together: 1,000 patterns of 20, say. An
 * instruction with several ranges counts as many times. Rules beyond it never match.
 */
export const MAX_FLAG_INSTRUCTIONS = 20_000;

/** True, false, or undefined if the steps of the evaluation do not suffice to find out. */
export type Matcher = (text: string) => Verdict;

/** How many instructions a program counts for; 0 if it is none. */
export function sizeOfProgram(program: unknown): number {
  if (!Array.isArray(program)) return 0;
  let size = 0;
  // Jumps have no length, assertions too little of it.
  for (const step of program) size += Math.max(1, step?.length >> 1);
  return size;
}

// One memory for all programs, because only one runs at a time: each has its own would be megabytes in a large ruleset.
/** For each instruction, the last position in the text at which a thread stood there. */
const seenAt = new Int32Array(MAX_INSTRUCTIONS + 1);
/** Where threads stand; each instruction may stand there twice, as one that was come to and as one that was forked to. */
let threads: number[] = [];
let next: number[] = [];
function isWord(text: string, index: number): boolean {
  return /\w/.test(text.charAt(index));
}

function holds(assertion: string, text: string, index: number): boolean {
  if (assertion === '^') return index === 0;
  if (assertion === '$') return index === text.length;
  return (isWord(text, index - 1) !== isWord(text, index)) === (assertion === 'b');
}

/** Whether a code point lies in one of ranges in ascending order. */
function includes(ranges: readonly number[], point: number): boolean {
  let low = 0;
  let high = ranges.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (point > ranges[2 * middle + 1]!) low = middle + 1;
    else high = middle;
  }
  return point >= ranges[2 * low]!;
}

function isInstruction(step: unknown, end: number): boolean {
  if (typeof step === 'number') return Number.isInteger(step) && (step < 0 ? -1 - step : step) <= end;
  if (!Array.isArray(step)) return ['^', '$', 'b', 'B'].includes(step as string);
  // No function for each, nor what stands before the first: a ruleset may have half a million instructions.
  let before = step[0];
  for (let i = 0; i < step.length; i++) {
    if (typeof step[i] !== 'number' || step[i] < before) return false;
    before = step[i];
  }
  return step.length % 2 === 0;
}

/** Undefined if `value` is not a program, or one of too many instructions. */
export function createMatcher(value: unknown): Matcher | undefined {
  if (!Array.isArray(value)) return undefined;
  const end = value.length;
  if (end > MAX_INSTRUCTIONS || !value.every((step) => isInstruction(step, end))) return undefined;
  const program: PatternProgram = value;
  const isAnchored = program[0] === '^';

  return (text) => {
    let count = 0;
    seenAt.fill(-1, 0, end + 1);
    for (let index = 0; index <= text.length; ) {
      // At the end of the text there is none, and −1 lies in no range.
      const point = text.codePointAt(index) ?? -1;
      // A match may begin anywhere, so a new thread starts at every position, unless it could only end there.
      if (index === 0 || !isAnchored) threads[count++] = 0;
      else if (count === 0) return false;
      // Each instruction once: those that a thread stands at already are passed over.
      let nextCount = 0;
      let visited = 0;
      for (let i = 0; i < count; i++) {
        let at = threads[i]!;
        // What takes no character goes on at once, and where it forks, the other way waits.
        while (seenAt[at] !== index) {
          if (at === end) return true;
          seenAt[at] = index;
          visited++;
          const step = program[at]!;
          if (typeof step === 'number') {
            if (step < 0) at = -1 - step;
            else {
              threads[count++] = step;
              at++;
            }
          } else if (typeof step === 'string') {
            if (!holds(step, text, index)) break;
            at++;
          } else {
            if (includes(step, point)) next[nextCount++] = at + 1;
            break;
          }
        }
      }
      if (!afford(STEPS_PER_VISIT * visited)) return undefined;
      [threads, next] = [next, threads];
      count = nextCount;
      index += point > 0xffff ? 2 : 1;
    }
    return false;
  };
}
