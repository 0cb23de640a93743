import { compileAllocation, NO_KEY } from './allocation.ts';
import { type Check, compileConditions, holdAll } from './condition.ts';
import { isObject, keyOf, OVERSIZED } from './context.ts';
import { Definition, type Environment, malformed } from './definition.ts';
import { type EvaluationContext, type FlagType, PARTS, type RulesetFlag, type Serve, type Variation } from './model.ts';
import {
  byRule,
  DEFAULT,
  DISABLED,
  ENABLED,
  GENERAL,
  INVALID_CONTEXT,
  isOn,
  KEY_MISSING,
  PARSE_ERROR,
  PREREQUISITE_FAILED,
  ruleIndexOf,
  SPLIT,
  STATIC,
  slotOf,
  TARGETING_MATCH,
} from './outcome.ts';

/** How long a chain of prerequisites may be. A cycle is an endless chain, so it is noticed by this too. */
const MAX_DEPTH = 10;

/** What fits in an outcome. */
const MAX_VARIATIONS = 0x1ff;
const MAX_RULES = 0x3fff;

/** The value that makes a flag of a type enabled. */
const ENABLING: { readonly [type in FlagType]?: unknown } = { boolean: true, launch: 'live' };

/** What flags need of the ruleset that they belong to: also each other. */
export interface FlagEnvironment extends Environment {
  readonly flags: { get(key: string): Flag | undefined };
}

/**
 * How a flag decides; an outcome if that is the same for everybody. `depth` counts the flags that it is a prerequisite
 * of, `walk` is the number of the evaluation that all of them belong to.
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
    // Once in an evaluation, or a lattice of prerequisites would be walked along each of its paths.
    if (this.#walk !== walk) {
      this.#outcomeOfWalk = this.#fixed || this.#run(context, depth, walk);
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
      return this.#run(isObject(context) ? context : {}, 0, 0);
    } catch (fault) {
      return fault === OVERSIZED ? INVALID_CONTEXT : GENERAL;
    }
  }

  #run(context: EvaluationContext, depth: number, walk: number): number {
    const { compiled, counts } = this;
    if (!counts.length) this.counts = Array((compiled?.shape.variations.length ?? 0) + 1).fill(0);
    const program = compiled ? compiled.program : PARSE_ERROR;
    return typeof program === 'number' ? (this.#fixed = program) : program(context, depth, walk);
  }

  protected override compile(shape: RulesetFlag): Program {
    const { type, variations, on, off, seed, fallthrough, prerequisites = [], targets = [], rules = [] } = shape;
    const { flags } = this.environment as FlagEnvironment;
    if (variations.length > MAX_VARIATIONS || rules.length > MAX_RULES || typeof seed !== 'string') malformed('flag');

    const slots = new Map(
      variations.map(({ key, value }, i) => [key, (i + 1) | (value === ENABLING[type] ? ENABLED : 0)]),
    );
    const slotFor = (variation: string): number => slots.get(variation) ?? malformed(variation);
    const compileServe = (serve: Serve, fixed: number, split: number, minimum: number): CompiledServe =>
      'slices' in serve
        ? compileAllocation(serve, seed, minimum, (variation) => split | slotFor(variation))
        : fixed | slotFor(serve.variation);

    const isPlain = !(prerequisites.length + targets.length + rules.length);
    const offSlot = slotFor(off);
    const last = compileServe(fallthrough, isPlain ? STATIC : DEFAULT, SPLIT, PARTS);
    const needed = prerequisites.map(({ flag, variations }) => ({ flag, accepted: new Set(variations) }));
    const targeted = new Map<string, number>();
    for (const { variation, keys } of targets) {
      for (const key of keys) if (!targeted.has(key)) targeted.set(key, TARGETING_MATCH | slotFor(variation));
    }
    const ways: { readonly checks: readonly Check[]; readonly serve: CompiledServe }[] = [];
    rules.forEach(({ when, serve: served }, index) => {
      const checks = compileConditions(when, this.environment, this.key);
      const serve = compileServe(served, TARGETING_MATCH | byRule(index), SPLIT | byRule(index), 0);
      if (checks) ways.push({ checks, serve });
    });

    if (on !== true) return DISABLED | offSlot;
    if (isPlain && typeof last === 'number') return last;

    // Hot path from here on.
    return (context, depth, walk) => {
      const current = depth || !needed.length ? walk : ++walks;
      for (let i = 0; i < needed.length; i++) {
        const { flag: key, accepted } = needed[i]!;
        if (depth === MAX_DEPTH) throw TypeError();
        const flag = flags.get(key);
        const outcome = flag ? flag.decideFor(context, depth + 1, current) : DISABLED;
        if (!isOn(outcome) || !accepted.has(flag!.variation(outcome)?.key as string))
          return PREREQUISITE_FAILED | offSlot;
      }
      if (targeted.size) {
        const outcome = targeted.get(keyOf(context, 'targetingKey'));
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
      const outcome = typeof last === 'number' ? last : last(context);
      return outcome === NO_KEY ? KEY_MISSING | offSlot : outcome;
    };
  }
}
