import type { AskRules, CompiledRule } from './compiled-rule.ts';
import type { Check, Test } from './condition.ts';
import { canonical } from './context.ts';
import type { Diagnostic } from './diagnostic.ts';
import { isNews } from './is-news.ts';
import type { Condition, EvaluationContext, Rule } from './model.ts';
import type { Hasher } from './murmur3.ts';
import type { Operation } from './operators.ts';
import { afford, beginSteps, left, takeExceeded } from './steps.ts';

/** Three-valued logic: true, false, or undefined for unknown, which never matches, negated or not. */
export type Verdict = boolean | undefined;

/** What a definition needs of the ruleset that it belongs to, and of the world around that. */
export interface Environment {
  /** The time in ms since 1970, for the attribute `$now`; without it, `$now` is missing. */
  readonly clock?: (() => number) | undefined;
  /** Absent for a segment's own rules: there are no segments in segments. */
  readonly segments?: { get(key: string): { has(context: EvaluationContext): Verdict } | undefined } | undefined;
  readonly onDiagnostic?: ((diagnostic: Diagnostic) => void) | undefined;
  /** What was said already of values and steps, so that it is said once. */
  readonly told?: Set<string> | undefined;
  readonly speed?: Speed | undefined;
}

/** Lists of values that JSON carries, and what is found where one of them has a text. */
export type Lists<Found> = readonly (readonly [values: readonly unknown[], found: Found])[];

/** What a text is found as: by the first list that has it. */
export interface Index<Found> {
  get(text: string): Found | undefined;
}

/** A list as JSON carries it; none if there is nothing. It is not copied: it may have many thousands of values. */
export function listOf<Value>(list: readonly Value[] | undefined): readonly Value[] {
  const values = list ?? [];
  return Array.isArray(values) ? values : malformed('values');
}

/** Steps of looking for a text among so many others: all of them may be as long, and begin alike. */
export function costOfSearch(count: number, text: string): number {
  return ((count * (24 + text.length)) / 24) | 0;
}

/** An index of values by the texts as which they are compared. */
export function createIndex<Found>({ speed }: Environment, lists: Lists<Found>): Index<Found> {
  if (speed) return speed.createIndex(lists);
  // Of two that are the same, a map keeps the last.
  const backwards = [...lists].reverse();
  return new Map(backwards.flatMap(([values, found]) => values.map((value) => [canonical(value), found])));
}

/** What only makes deciding faster (`speed.ts`). Answers are the same without it. */
export interface Speed {
  readonly createHasher: (prefix: string) => Hasher;
  /** Whether two definitions, nested no deeper than some dozens, are the same. */
  readonly isSame: (one: unknown, other: unknown) => boolean;
  /** Those of `operators.ts`. */
  readonly operations: { readonly [operator: string]: Operation };
  /** The check of a condition that can be asked sooner. `judge`: it, of a value. `testOf`: what that has in use. */
  readonly hasten: (
    condition: Condition,
    judge: Test,
    testOf: () => Test | undefined,
    isOfFlag: boolean,
  ) => Check | undefined;
  /** Makes an index of values that is built while it is asked. */
  readonly createIndex: <Found>(lists: Lists<Found>) => Index<Found>;
  /** Asks only those rules that can say yes. `compiled` belong to `rules`, one to one. */
  readonly askRules: (compiled: readonly CompiledRule[], rules: readonly Rule[]) => AskRules;
}

/** Says what an evaluation came upon: once for each flag or segment, because evaluations are many. */
export function tell(
  { told, onDiagnostic }: Environment,
  code: Diagnostic['code'],
  key: string,
  message: string,
): undefined {
  if (told && isNews(told, `${code} ${key} ${message}`)) onDiagnostic?.({ code, key, message });
}

/** Says that there are no steps left for the rules or lists of a flag or segment. */
export function tellExceeded(environment: Environment, key: string): undefined {
  takeExceeded();
  return tell(environment, 'STEPS_EXCEEDED', key, 'rules');
}

/** A definition that is well formed, and what it compiled to. */
export interface Compiled<Shape, Program> {
  readonly shape: Shape;
  readonly program: Program;
}

/** Thrown while compiling what is not of the right shape. */
export function malformed(what: string): never {
  throw new TypeError(what);
}

/**
 * Lazy compilation: a flag or segment as it was received, compiled when it is first asked: most processes ask few of
 * their flags. If it is malformed, what had its key before goes on in its place.
 */
export abstract class Definition<Shape, Program> {
  readonly key: string;
  readonly source: Shape;
  /** What it costs to ask it, in steps, once it has been compiled. */
  protected cost = 1;
  protected readonly environment: Environment;
  #previous: Compiled<Shape, Program> | null | undefined;
  #compiled: Compiled<Shape, Program> | null | undefined;

  /** `previous` is what had this key until now. */
  constructor(key: string, source: Shape, environment: Environment, previous?: Definition<Shape, Program>) {
    this.key = key;
    this.source = source;
    this.environment = environment;
    this.#previous = previous?.compiled;
  }

  /** The newest definition that is well formed; null if there is none. */
  protected get compiled(): Compiled<Shape, Program> | null {
    if (this.#compiled === undefined) {
      try {
        this.#compiled = { shape: this.source, program: this.compile(this.source) };
      } catch (fault) {
        this.#compiled = this.#previous ?? null;
        this.environment.onDiagnostic?.({ code: 'MALFORMED', key: this.key, message: `${fault}` });
      }
      this.#previous = null;
    }
    return this.#compiled;
  }

  /**
   * Pays for asking it, each time, whether it is compiled already or not. If there are not the steps, that is said, and
   * nothing more that costs is done, or compiled: to find out was work as well.
   *
   * @param program what it compiled to, if that is in use already
   */
  protected isAffordable(program: unknown): boolean {
    if ((!program && left && !this.compiled) || afford(this.cost)) return true;
    tellExceeded(this.environment, this.key);
    beginSteps(0);
    return false;
  }

  /**
   * Says what it costs, too.
   *
   * @throws TypeError if `shape` is malformed
   */
  protected abstract compile(shape: Shape): Program;
}
