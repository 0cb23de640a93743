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

export type Matcher = (text: string) => boolean;

function isWord(text: string, index: number): boolean {
  return /\w/.test(text.charAt(index));
}

function holds(assertion: string, text: string, index: number): boolean {
  if (assertion === '^') return index === 0;
  if (assertion === '$') return index === text.length;
  return (isWord(text, index - 1) !== isWord(text, index)) === (assertion === 'b');
}

/**
 * Undefined if `value` is not a program. What is wrong inside a program shows when it runs: the steps are bounded, and
 * an instruction that is none throws.
 */
export function createMatcher(value: unknown): Matcher | undefined {
  if (!Array.isArray(value)) return undefined;
  const program: PatternProgram = value;
  const end = program.length;
  /** For each instruction, the last position at which a thread stood there. */
  const seenAt = new Array<number>(end);

  return (text) => {
    if (text.length * end > MAX_STEPS) throw OVERSIZED;
    seenAt.fill(-1);
    let threads: number[] = [];
    for (let index = 0; index <= text.length; ) {
      // At the end of the text there is none, and −1 lies in no range.
      const point = text.codePointAt(index) ?? -1;
      const next: number[] = [];
      // A match may begin anywhere, so a new thread starts at every position.
      threads.push(0);
      // What takes no character adds to the list that is gone through.
      for (let i = 0; i < threads.length; i++) {
        const at = threads[i]!;
        if (at === end) return true;
        if (seenAt[at] === index) continue;
        seenAt[at] = index;
        const step = program[at]!;
        if (typeof step === 'number') threads.push(...(step < 0 ? [-1 - step] : [at + 1, step]));
        else if (typeof step === 'string') {
          if (holds(step, text, index)) threads.push(at + 1);
        } else {
          for (let k = 0; k < step.length; k += 2) if (point >= step[k]! && point <= step[k + 1]!) next.push(at + 1);
        }
      }
      threads = next;
      index += point > 0xffff ? 2 : 1;
    }
    return false;
  };
}
