import { compileAllocation } from './allocation.ts';
import type { AskRules, CompiledServe } from './compiled-rule.ts';
import { compileConditions } from './condition.ts';
import { keyOf, OVERSIZED } from './context.ts';
import {
  costOfSearch,
  createIndex,
  Definition,
  type Environment,
  listOf,
  malformed,
  tell,
  tellExceeded,
} from './definition.ts';
import { freezeDeep } from './freeze-deep.ts';
import {
  type EvaluationContext,
  type FlagType,
  PARTS,
  type Prerequisite,
  type RulesetFlag,
  type Serve,
  type Variation,
} from './model.ts';
import { createHasher } from './murmur3.ts';
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
import { costOfRules } from './rule-price.ts';
import { askEach, serve } from './rules.ts';
import { afford, beginSteps, evaluationOf } from './steps.ts';

/** Depth limit of prerequisites. A cycle is an endless chain, so this limit detects it too. */
const MAX_DEPTH = 10;

/** What fits in an outcome. */
const MAX_VARIATIONS = 0x1ff;
const MAX_RULES = 0x3fff;

/** The value that makes a flag of a type enabled. */
const ENABLING: { readonly [type in FlagType]?: unknown } = { boolean: true, launch: 'live' };

/** What flags need of the ruleset that they belong to: also each other. */
export interface FlagEnvironment extends Environment {
  readonly flags: { get(key: string): Flag | undefined };
  /** Differs after each snapshot or patch. */
  readonly version: number;
}

/**
 * How a flag decides; an outcome if that is the same for everybody. `depth` counts the flags that it is a prerequisite
 * of.
 */
type Program = number | Decide;
type Decide = (context: EvaluationContext, depth: number) => number;

/** A prerequisite, and what it comes to in the present version of the ruleset. */
interface Needed {
  readonly prerequisite: Prerequisite;
  version: number;
  flag: Flag | undefined;
  /** Which of its variations will do, by slot, as far as that has been asked. */
  accepted: boolean[];
}

function find(needed: Needed, { flags, version }: FlagEnvironment): void {
  needed.version = version;
  needed.flag = flags.get(needed.prerequisite.flag);
  needed.accepted = [];
}

/** Looked at when the flag has come to it: to go through all of its variations beforehand takes longer than to decide. */
function accepts({ prerequisite, flag }: Needed, slot: number): boolean {
  return prerequisite.variations.includes(flag?.definition?.variations[slot - 1]?.key as string);
}

/** One flag of a ruleset. */
export class Flag extends Definition<RulesetFlag, Program> {
  /**
   * How often each outcome was served, by `slotOf(outcome)`: 0 = the caller's default, otherwise 1 + index of the
   * variation. The caller of `decide` counts; `Ruleset.drain` collects.
   */
  counts: number[] = [];

  /** The outcome, if it is the same for everybody; 0 if it is not, or not known yet. */
  #fixed = 0;
  #program: Decide | undefined;
  /** By slot: what has been served. */
  readonly #served: (Variation | undefined)[] = [];
  #evaluation = 0;
  #outcome = 0;

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
    // Small enough to be taken over into the caller's code, which `#decideSafely` is not.
    return this.#fixed || this.#decideSafely(context);
  }

  /** The same for a flag that is another's prerequisite. What `decide` would catch is thrown. */
  decideFor(context: EvaluationContext, depth: number): number {
    if (this.#fixed) return this.#fixed;
    const evaluation = evaluationOf(context);
    // Memoised: once in an evaluation, or a lattice of prerequisites would be walked along each of its paths.
    if (this.#evaluation !== evaluation) {
      this.#outcome = this.isAffordable(this.#program) ? (this.#program ??= this.#prepare())(context, depth) : DISABLED;
      this.#evaluation = evaluation;
    }
    return this.#outcome;
  }

  /** The variation that an outcome serves, its value frozen; undefined if that is the caller's default. */
  variation(outcome: number): Variation | undefined {
    const slot = slotOf(outcome);
    return this.#served[slot] ?? this.#serve(slot);
  }

  /** Id of the rule that led to an outcome, if one did. */
  ruleId(outcome: number): string | undefined {
    return this.definition?.rules?.[ruleIndexOf(outcome)]?.id;
  }

  #serve(slot: number): Variation | undefined {
    const variation = this.definition?.variations[slot - 1];
    // Readers get the value itself, and one must not change it for all others.
    freezeDeep(variation?.value);
    return (this.#served[slot] = variation);
  }

  #decideSafely(context: EvaluationContext | undefined): number {
    try {
      beginSteps();
      this.#program ??= this.#prepare();
      // Written out: the call of `isAffordable` made the shortest evaluations half as slow again.
      if (!afford(this.cost)) beginSteps(0);
      return this.#program(typeof context === 'object' && context ? context : {}, 0);
    } catch (fault) {
      return fault === OVERSIZED ? INVALID_CONTEXT : GENERAL;
    }
  }

  #prepare(): Decide {
    const { compiled } = this;
    const program = compiled ? compiled.program : PARSE_ERROR;
    this.counts = Array(compiled ? compiled.shape.variations.length + 1 : 1).fill(0);
    return typeof program === 'number' ? () => (this.#fixed = program) : program;
  }

  protected override compile(shape: RulesetFlag): Program {
    const { type, variations, on, off, seed, fallthrough, prerequisites = [], targets = [], rules = [] } = shape;
    const ruleset = this.environment as FlagEnvironment;
    if (variations.length > MAX_VARIATIONS || typeof seed !== 'string') malformed('flag');

    const slots = new Map(
      variations.map(({ key, value }, i) => [key, (i + 1) | (value === ENABLING[type] ? ENABLED : 0)]),
    );
    const slotFor = (variation: string): number => slots.get(variation) ?? malformed(variation);
    const offSlot = slotFor(off);
    // Nothing else is read: a kill waits for no rules, nor for somebody to understand them.
    if (on !== true) return DISABLED | offSlot;
    if (rules.length > MAX_RULES) malformed('rules');
    const hasherFor = ruleset.speed?.createHasher ?? createHasher;
    /** `reason`: if it is one variation. `rule`: the bits of the rule; 0 = the fallthrough, which must serve everybody. */
    const compileServe = (serve: Serve, reason: number, rule: number): CompiledServe =>
      'slices' in serve
        ? compileAllocation(
            serve,
            hasherFor(`${serve.seed ?? seed}:`),
            rule ? 0 : PARTS,
            // Without a key to split by, the next rule is asked.
            rule ? 0 : KEY_MISSING | offSlot,
            (variation) => SPLIT | rule | slotFor(variation),
            rule ? (by) => tell(ruleset, 'SPLIT_KEY_MISSING', this.key, by) : undefined,
          )
        : reason | rule | slotFor(serve.variation);

    const isPlain = !(prerequisites.length + targets.length + rules.length);
    const last = compileServe(fallthrough, isPlain ? STATIC : DEFAULT, 0);
    this.cost = 4 * variations.length + costOfRules([{ when: [], serve: fallthrough }, ...rules]);
    const needed = prerequisites.map((prerequisite): Needed => {
      // It is found before it is asked for the first time, and that is paid for as well.
      this.cost += 50 + 50 * prerequisite.variations.length;
      return { prerequisite, version: -1, flag: undefined, accepted: [] };
    });
    let listed = 0;
    const targeted = targets.map(({ variation, keys }): [readonly string[], number] => {
      listed += keys.length;
      return [listOf(keys), TARGETING_MATCH | slotFor(variation)];
    });
    const servedBy = rules.map(({ serve }, i) => compileServe(serve, TARGETING_MATCH, byRule(i)));
    if (isPlain) return last;

    const targetIndex = createIndex(ruleset, targeted);
    let askRules: AskRules | undefined;
    const compileRules = (): AskRules => {
      const compiled = compileConditions(rules, ruleset, this.key).map((checks, i) => ({
        checks,
        served: servedBy[i]!,
      }));
      return (ruleset.speed?.askRules ?? askEach)(compiled, rules);
    };
    // Hot path from here on.
    const askRest = (context: EvaluationContext): number => {
      if (rules.length) {
        // Without, they were not paid for.
        if (!afford(1)) tellExceeded(ruleset, this.key);
        else {
          const outcome = (askRules ??= compileRules())(context);
          if (outcome) return outcome;
        }
      }
      return serve(last, context);
    };
    if (!(needed.length + targeted.length)) return askRest;
    return (context, depth) => {
      if (needed.length) {
        if (depth === MAX_DEPTH) throw TypeError();
        for (let i = 0; i < needed.length; i++) {
          const one = needed[i]!;
          if (one.version !== ruleset.version) find(one, ruleset);
          const outcome = one.flag ? one.flag.decideFor(context, depth + 1) : DISABLED;
          const slot = slotOf(outcome);
          if (!isOn(outcome) || !(one.accepted[slot] ??= accepts(one, slot))) return PREREQUISITE_FAILED | offSlot;
        }
      }
      if (targeted.length) {
        const key = keyOf(context, 'targetingKey');
        if (!afford(costOfSearch(listed, key))) tellExceeded(ruleset, this.key);
        else {
          const outcome = targetIndex.get(key);
          if (outcome) return outcome;
        }
      }
      return askRest(context);
    };
  }
}
