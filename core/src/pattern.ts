/**
 * Turns the text of a pattern into a program that the evaluator runs. An entry of its own: it is used where rulesets
 * are made, and no SDK carries it. Why: decision 0004.
 */
import { type CodePoints, complement, foldCase } from './pattern/code-points.ts';
import { type Pattern, PatternError, parsePattern } from './pattern/parse.ts';
import { MAX_INSTRUCTIONS, type PatternProgram } from './pattern-program.ts';

export { PatternError } from './pattern/parse.ts';

/** Longest text of a pattern, in UTF-16 units. */
const MAX_PATTERN_LENGTH = 4096;

/**
 * Compiles a pattern: the syntax that RE2 and ECMAScript (with the `u` flag) share, on code points, without
 * backreferences and lookaround. It is searched for anywhere in the text, unless it is anchored by `^` and `$`, which
 * mean the text's start and end, not a line's. `\b` knows ASCII words.
 *
 * @returns a program for a condition of operator `matches`
 * @throws PatternError with what is wrong and how to put it right; also if the program exceeds 1,000 instructions
 */
export function compilePattern(text: string, options: { readonly ignoreCase?: boolean } = {}): PatternProgram {
  if (text.length > MAX_PATTERN_LENGTH) {
    throw new PatternError(`The pattern is longer than ${MAX_PATTERN_LENGTH} characters: split it.`, 0);
  }
  const emitter = new Emitter(options.ignoreCase === true);
  emitter.emit(parsePattern(text));
  return emitter.program;
}

/** How many pieces of a pattern are looked at, repetitions counted. */
const MAX_STEPS = 20 * MAX_INSTRUCTIONS;

function tooLarge(): PatternError {
  return new PatternError(
    `The pattern needs more than ${MAX_INSTRUCTIONS} instructions: ask for fewer repetitions.`,
    0,
  );
}

class Emitter {
  readonly program: (readonly number[] | number | string)[] = [];
  readonly #ignoreCase: boolean;
  /** What a class comes to, worked out once however often it is repeated. */
  readonly #known = new Map<Pattern, CodePoints>();
  #steps = 0;

  constructor(ignoreCase: boolean) {
    this.#ignoreCase = ignoreCase;
  }

  emit(pattern: Pattern): void {
    // Repeating nothing adds no instruction, yet a million million times nothing would never end.
    if (++this.#steps > MAX_STEPS) throw tooLarge();
    switch (pattern.kind) {
      case 'one':
        this.#push(this.#ranges(pattern));
        break;
      case 'assertion':
        this.#push(pattern.holds);
        break;
      case 'sequence':
        for (const part of pattern.parts) this.emit(part);
        break;
      case 'choice':
        this.#emitChoice(pattern.options);
        break;
      case 'repeat':
        this.#emitRepeat(pattern.of, pattern.min, pattern.max);
        break;
    }
  }

  #ranges(pattern: Extract<Pattern, { kind: 'one' }>): CodePoints {
    const known = this.#known.get(pattern);
    if (known) return known;
    // As ECMAScript has it: a negated class is first widened by case, then negated.
    const set = this.#ignoreCase ? foldCase(pattern.of) : pattern.of;
    const ranges = pattern.negated ? complement(set) : set;
    this.#known.set(pattern, ranges);
    return ranges;
  }

  #push(instruction: readonly number[] | number | string): number {
    if (this.program.length >= MAX_INSTRUCTIONS) {
      throw tooLarge();
    }
    return this.program.push(instruction) - 1;
  }

  /** fork to 2 · option 1 · jump to end · 2: fork to 3 · option 2 · jump to end · 3: option 3 · end */
  #emitChoice(options: readonly Pattern[]): void {
    const jumps: number[] = [];
    for (const [index, option] of options.entries()) {
      const fork = index < options.length - 1 ? this.#push(0) : undefined;
      this.emit(option);
      if (fork === undefined) continue;
      jumps.push(this.#push(0));
      this.program[fork] = this.program.length;
    }
    for (const jump of jumps) this.program[jump] = -1 - this.program.length;
  }

  #emitRepeat(of: Pattern, min: number, max: number): void {
    for (let count = 0; count < min; count++) {
      const { length } = this.program;
      const steps = this.#steps;
      this.emit(of);
      if (this.program.length > length) continue;
      // Nothing, repeated, is nothing: what it would take to find that out again and again is only counted.
      this.#steps += (this.#steps - steps) * (min - 1);
      if (this.#steps > MAX_STEPS) throw tooLarge();
      break;
    }
    if (max === Number.POSITIVE_INFINITY) {
      // fork to end · body · jump back to the fork
      const fork = this.#push(0);
      this.emit(of);
      this.#push(-1 - fork);
      this.program[fork] = this.program.length;
      return;
    }
    const forks: number[] = [];
    for (let count = min; count < max; count++) {
      forks.push(this.#push(0));
      this.emit(of);
    }
    for (const fork of forks) this.program[fork] = this.program.length;
  }
}
