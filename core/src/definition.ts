import type { Diagnostic } from './diagnostic.ts';
import type { EvaluationContext } from './model.ts';

/** What a test says: 1 = yes, 0 = no, UNKNOWN = it cannot be said, which never matches, negated or not. */
export type Verdict = number;
export const UNKNOWN = -1;

/** What flags and segments need of the ruleset that they belong to. */
export interface Environment {
  /** The time in ms since 1970, for the attribute `$now`; without it, `$now` is missing. */
  readonly clock: (() => number) | undefined;
  /** Whether the context is in the segment; UNKNOWN if there is no such segment. */
  readonly inSegment: (key: string, context: EvaluationContext) => Verdict;
  readonly diagnose: (code: Diagnostic['code'], key: string, message: string) => void;
}

interface Compiled<Shape, Program> {
  readonly shape: Shape;
  readonly program: Program;
}

/** Thrown while compiling a flag or segment that is not of the right shape. */
export function malformed(what: string): never {
  throw new TypeError(what);
}

/**
 * A flag or segment as it was received. It is compiled when it is first asked, because most processes ask few of their
 * flags. If it is malformed, the one that had its key before goes on in its place.
 */
export abstract class Definition<Shape, Program> {
  readonly key: string;
  readonly source: Shape;
  protected readonly environment: Environment;
  #previous: Shape | undefined;
  #compiled: Compiled<Shape, Program> | null | undefined;

  /** `previous` is what had this key until now. */
  constructor(key: string, source: Shape, environment: Environment, previous?: Definition<Shape, Program>) {
    this.key = key;
    this.source = source;
    this.environment = environment;
    // Asking the predecessor for its own predecessor at most, so that no chain of definitions stays alive.
    this.#previous = previous && (previous.#previous ? previous.compiled?.shape : previous.#good);
  }

  /** @throws TypeError if `shape` is malformed */
  protected abstract compile(shape: Shape): Program;

  /** The newest definition that is well formed, with its program; null if there is none. */
  protected get compiled(): Compiled<Shape, Program> | null {
    if (this.#compiled === undefined) this.#compiled = this.#compileNewest();
    return this.#compiled;
  }

  /** As far as is known without compiling. */
  get #good(): Shape | undefined {
    return this.#compiled === undefined ? this.source : this.#compiled?.shape;
  }

  #compileNewest(): Compiled<Shape, Program> | null {
    for (const shape of [this.source, this.#previous]) {
      if (shape === undefined) continue;
      try {
        return { shape, program: this.compile(shape) };
      } catch (fault) {
        this.environment.diagnose('MALFORMED', this.key, String(fault));
      }
    }
    return null;
  }
}
