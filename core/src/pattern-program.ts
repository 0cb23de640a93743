import { OVERSIZED } from './context.ts';

/**
 * Runs compiled patterns in time linear in the text, whatever the pattern: the simulation of a non-deterministic
 * automaton (Thompson 1968; Russ Cox, "Regular Expression Matching: the Virtual Machine Approach"). Only "is there a
 * match" is asked, so there are no groups to remember and no order among the threads.
 *
 * The compiler is elsewhere (`pattern.ts`) and runs where rulesets are made, so that it costs no SDK a byte.
 *
 * An instruction is one of
 * - `[lo, hi, lo, hi, …]`: take one code point that lies in one of the ranges, both ends included;
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
 * The most steps one match may take: units of text × instructions. A pattern of 64 instructions may be asked of a text
 * of 64 KiB. It takes about 20 ms, the longest that an evaluation may ever hold up its host.
 */
const MAX_STEPS = 1 << 22;

type Matcher = (text: string) => boolean;

function isWord(text: string, index: number): boolean {
  return /\w/.test(text.charAt(index));
}

/**
 * Undefined if `value` is not a program. What is wrong inside a program shows when it runs: the steps are bounded, and
 * an instruction that is none throws.
 */
export function createMatcher(value: unknown): Matcher | undefined {
  if (!Array.isArray(value)) return undefined;
  const program: PatternProgram = value;
  const end = program.length;
  // The threads of this position and of the next, and for each instruction the last position a thread came there.
  // Matching is synchronous and calls no foreign code, so these can be kept from call to call.
  let threads: number[] = [];
  let nextThreads: number[] = [];
  const seenAt = new Array<number>(end + 1);

  /** Follows everything that takes no character; true if the end is reached. */
  function start(text: string, index: number, from: number): boolean {
    for (let at = from; seenAt[at] !== index; ) {
      if (at === end) return true;
      seenAt[at] = index;
      const step = program[at]!;
      if (typeof step === 'number') {
        if (step < 0) {
          at = -1 - step;
          continue;
        }
        if (start(text, index, step)) return true;
      } else if (typeof step === 'string') {
        const holds =
          step === '^'
            ? index === 0
            : step === '$'
              ? index === text.length
              : (isWord(text, index - 1) !== isWord(text, index)) === (step === 'b');
        if (!holds) return false;
      } else {
        nextThreads.push(at);
        return false;
      }
      at++;
    }
    return false;
  }

  return (text) => {
    if (text.length * end > MAX_STEPS) throw OVERSIZED;
    seenAt.fill(-1);
    nextThreads.length = 0;
    for (let index = 0; ; ) {
      // A match may begin anywhere, so a new thread starts at every position.
      if (start(text, index, 0)) return true;
      if (index >= text.length) return false;
      [threads, nextThreads] = [nextThreads, threads];
      nextThreads.length = 0;
      const point = text.codePointAt(index)!;
      index += point > 0xffff ? 2 : 1;
      for (const at of threads) {
        const ranges = program[at] as readonly number[];
        for (let i = 0; i < ranges.length; i += 2) {
          if (point >= ranges[i]! && point <= ranges[i + 1]!) {
            if (start(text, index, at + 1)) return true;
            break;
          }
        }
      }
    }
  };
}
