import { compileAllocation, NO_KEY } from './allocation.ts';
import { type Check, compileConditions, holdAll } from './condition.ts';
import { isObject, keyOf, NOBODY, OVERSIZED } from './context.ts';
import { Definition, type Environment, malformed } from './definition.ts';
import type { EvaluationContext, FlagType, RulesetFlag, Serve, Variation } from './model.ts';
import {
  byRule,
  DEFAULT,
  DISABLED,
  ENABLED,
  GENERAL,
  INVALID_CONTEXT,
  KEY_MISSING,
  MAX_RULES,
  MAX_VARIATIONS,
  PARSE_ERROR,
  PREREQUISITE_FAILED,
  ruleIndexOf,
  SPLIT,
  STATIC,
  slotOf,
  TARGETING_MATCH,
  wasOn,
} from './outcome.ts';

/** How long a chain of prerequisites may be. A cycle is an endless chain, so it is noticed by this too. */
const MAX_DEPTH = 10;

/** Thrown while deciding; becomes `GENERAL`. */
const TOO_DEEP = new RangeError('prerequisites are too deep, or form a cycle');

/** What flags need of the ruleset that they belong to: also each other. */
export interface FlagEnvironment extends Environment {
  readonly flags: ReadonlyMap<string, Flag>;
}

/**
 * How a flag decides: an outcome if it is the same for everybody. `depth` counts the prerequisites above the flag,
 * `walk` is the number of the evaluation that all of them belong to.
 */
type Program = number | ((context: EvaluationContext, depth: number, walk: number) => number);

/** What is served: an outcome, or an allocation that comes to one. */
type CompiledServe = number | ((context: EvaluationContext) => number);

/** Number of the latest evaluation that walked through prerequisites. */
let walks = 0;

/** One flag of a ruleset. */
export class Flag extends Definition<RulesetFlag, Program> {
  /**
   * How often each outcome was served, by `slotOf(outcome)`: 0 = the caller's default, otherwise 1 + index of the
   * variation. Whoever calls `decide` counts; `Ruleset.drain` collects.
   */
  counts: number[] = [];

  /** The outcome, if it is the same for everybody; 0 if it is not, or not known yet. */
  #fixed = 0;
  #walk = 0;
  #outcomeOfWalk = 0;

  /** The definition that decides; undefined if the flag is malformed and never was anything else. */
  get definition(): RulesetFlag | undefined {
    return this.compiled?.shape;
  }

  get type(): FlagType | undefined {
    return this.definition?.type;
  }

  /**
   * Decides for a context. Never throws. What comes out is to be read by `slotOf`, `isEnabledOutcome`, `reasonOf`,
   * `errorCodeOf`, and by the methods here.
   */
  decide(context?: EvaluationContext): number {
    return this.#fixed || this.#decideSafely(context);
  }

  /** The same for a flag that is another's prerequisite. What `decide` would catch is thrown. */
  decideFor(context: EvaluationContext, depth: number, walk: number): number {
    if (this.#fixed) return this.#fixed;
    // Once in an evaluation, or a lattice of prerequisites would be walked along each of its paths.
    if (this.#walk !== walk) {
      this.#outcomeOfWalk = this.#run(context, depth, walk);
      this.#walk = walk;
    }
    return this.#outcomeOfWalk;
  }

  /** The variation that an outcome serves; undefined if that is the caller's default. */
  variation(outcome: number): Variation | undefined {
    return this.definition?.variations[slotOf(outcome) - 1];
  }

  /** Id of the rule that led to an outcome, if one did. */
  ruleId(outcome: number): string | undefined {
    return this.definition?.rules?.[ruleIndexOf(outcome)]?.id;
  }

  #decideSafely(context: EvaluationContext | undefined): number {
    try {
      return this.#run(isObject(context) ? context : NOBODY, 0, 0);
    } catch (fault) {
      return fault === OVERSIZED ? INVALID_CONTEXT : GENERAL;
    }
  }

  #run(context: EvaluationContext, depth: number, walk: number): number {
    const program = this.compiled?.program ?? PARSE_ERROR;
    if (typeof program !== 'number') return program(context, depth, walk);
    if (program === PARSE_ERROR) this.counts = [0];
    this.#fixed = program;
    return program;
  }

  protected override compile(shape: RulesetFlag): Program {
    const { type, variations, on, seed, prerequisites = [], targets = [], rules = [] } = shape;
    if (typeof seed !== 'string' || typeof on !== 'boolean') malformed('a flag needs seed and on');
    if (variations.length > MAX_VARIATIONS || rules.length > MAX_RULES) malformed('too many variations or rules');

    const served = new Map<string, number>();
    for (const { key, value } of variations) {
      if (type !== 'json' && typeof value !== (type === 'launch' ? 'string' : type)) malformed(`value of ${key}`);
      const isOn = value === (type === 'launch' ? 'live' : true) && type !== 'json';
      served.set(key, (served.size + 1) | (isOn ? ENABLED : 0));
    }
    if (served.size !== variations.length) malformed('two variations with one key');
    const outcomeOf = (variation: string): number => served.get(variation) ?? malformed(`no variation ${variation}`);
    const compileServe = (serve: Serve, fixed: number, split: number, mustCover = false): CompiledServe => {
      if (!('slices' in serve)) return fixed | outcomeOf(serve.variation);
      return compileAllocation(seed, serve, (variation) => split | outcomeOf(variation), mustCover);
    };

    const isPlain = prerequisites.length + targets.length + rules.length === 0;
    const off = outcomeOf(shape.off);
    const last = compileServe(shape.fallthrough, isPlain ? STATIC : DEFAULT, SPLIT, true);
    const byKey = new Map<string, number>();
    for (const { variation, keys } of targets) {
      const outcome = TARGETING_MATCH | outcomeOf(variation);
      for (const key of keys) if (!byKey.has(key)) byKey.set(key, outcome);
    }
    const ways: { readonly checks: readonly Check[]; readonly serve: CompiledServe }[] = [];
    for (const [index, { when, serve }] of rules.entries()) {
      const checks = compileConditions(when, this.environment, this.key);
      const way = compileServe(serve, TARGETING_MATCH | byRule(index), SPLIT | byRule(index));
      if (checks) ways.push({ checks, serve: way });
    }
    for (const { flag, variations } of prerequisites) {
      if (typeof flag !== 'string' || !Array.isArray(variations)) malformed('a prerequisite needs flag and variations');
    }

    this.counts = new Array<number>(variations.length + 1).fill(0);
    if (!on) return DISABLED | off;
    if (isPlain && typeof last === 'number') return last;
    const { flags } = this.environment as FlagEnvironment;

    // Hot path from here on.
    return (context, depth, walk) => {
      if (prerequisites.length !== 0) {
        if (depth === MAX_DEPTH) throw TOO_DEEP;
        const current = depth === 0 ? ++walks : walk;
        for (let i = 0; i < prerequisites.length; i++) {
          const { flag, variations } = prerequisites[i]!;
          const needed = flags.get(flag);
          if (!needed) return PREREQUISITE_FAILED | off;
          const outcome = needed.decideFor(context, depth + 1, current);
          const variation = needed.variation(outcome);
          if (!wasOn(outcome) || !variation || !variations.includes(variation.key)) return PREREQUISITE_FAILED | off;
        }
      }
      if (byKey.size !== 0) {
        const key = keyOf(context, 'targetingKey');
        const outcome = key !== undefined && byKey.get(key);
        if (outcome) return outcome;
      }
      for (let i = 0; i < ways.length; i++) {
        const { checks, serve } = ways[i]!;
        if (holdAll(checks, context)) {
          const outcome = typeof serve === 'number' ? serve : serve(context);
          // Beyond the rule's last slice, or without a key to bucket by, the next rule is asked.
          if (outcome > 0) return outcome;
        }
      }
      if (typeof last === 'number') return last;
      const outcome = last(context);
      return outcome === NO_KEY ? KEY_MISSING | off : outcome;
    };
  }
}
