/**
 * Why a flag decides as it does for a context, step by step. An entry of its own: it is used where people ask, and no
 * SDK carries it. The steps are taken with the pieces that the evaluator itself is made of, so they cannot disagree
 * with it; what is served stands in `evaluation`, which is the evaluator's own word.
 */
import { bucketOf } from './allocation.ts';
import { compileCondition, NOW } from './condition.ts';
import { canonical, follow, isObject, keyOf, own } from './context.ts';
import { type Evaluation, evaluate } from './evaluate.ts';
import type { Allocation, Condition, EvaluationContext, JsonValue, Rule, RulesetFlag, Serve } from './model.ts';
import type { Ruleset } from './ruleset.ts';

/** What decided. */
export type DecidedBy = 'nothing' | 'off' | 'prerequisite' | 'target' | 'rule' | 'fallthrough';

export interface Explanation {
  readonly evaluation: Evaluation<JsonValue | undefined>;
  readonly decidedBy: DecidedBy;
  /** Those that were looked at: all, or up to the first that failed. */
  readonly prerequisites: readonly PrerequisiteTrace[];
  /** The target that names the context's key, if one does and it was looked at. */
  readonly target: { readonly variation: string; readonly key: string } | undefined;
  /** Those that were looked at, in their order; the last of them decided if `decidedBy` is `rule`. */
  readonly rules: readonly RuleTrace[];
  /** How the fallthrough splits, if it decided and does. */
  readonly fallthrough: SplitTrace | undefined;
}

export interface PrerequisiteTrace {
  readonly flag: string;
  /** Which of its variations would do. */
  readonly variations: readonly string[];
  /** What it served; undefined if there is no such flag, or it is malformed. */
  readonly served: string | undefined;
  readonly isOn: boolean;
  readonly isMet: boolean;
}

export interface RuleTrace {
  readonly id: string;
  readonly index: number;
  readonly conditions: readonly ConditionTrace[];
  /** True if all conditions match. */
  readonly matches: boolean;
  /** How it splits, if it matches and does. */
  readonly split: SplitTrace | undefined;
}

export interface ConditionTrace {
  readonly attribute: string | undefined;
  readonly operator: string;
  readonly not: boolean;
  /** What the context says, as text; undefined if it says nothing that can be compared. */
  readonly actual: string | undefined;
  readonly matches: boolean;
  /** False if this version does not know the operator, or a value is not one that it takes: then it never matches. */
  readonly isKnown: boolean;
}

export interface SplitTrace {
  /** The attribute that is hashed. */
  readonly by: string;
  /** Its value; '' if the context lacks it. */
  readonly key: string;
  readonly seed: string;
  /** 0 to 99,999; undefined without a key. */
  readonly bucket: number | undefined;
  /** From the first bucket to the last, `to` not included. */
  readonly slices: readonly { readonly variation: string; readonly from: number; readonly to: number }[];
  /** Undefined if the bucket lies beyond the last slice, or there is no key. */
  readonly variation: string | undefined;
}

/** Explains what a flag serves to a context. Never throws; for an unknown or malformed flag there are no steps. */
export function explain(ruleset: Ruleset, key: string, asking?: EvaluationContext): Explanation {
  const context = isObject(asking) ? asking : {};
  const evaluation = evaluateAnyType(ruleset, key, context);
  const nothing = { prerequisites: [], target: undefined, rules: [], fallthrough: undefined };
  const definition = ruleset.get(key)?.definition;
  if (!definition || evaluation.reason === 'ERROR') return { evaluation, decidedBy: 'nothing', ...nothing };
  if (!definition.on) return { evaluation, decidedBy: 'off', ...nothing };

  const prerequisites = tracePrerequisites(ruleset, definition, context);
  const trace = { ...nothing, evaluation, prerequisites };
  if (prerequisites.some(({ isMet }) => !isMet)) return { ...trace, decidedBy: 'prerequisite' };

  const target = findTarget(definition, context);
  if (target) return { ...trace, decidedBy: 'target', target };

  const rules: RuleTrace[] = [];
  for (const [index, rule] of (definition.rules ?? []).entries()) {
    const ruleTrace = traceRule(ruleset, definition, rule, index, context);
    rules.push(ruleTrace);
    const serves = ruleTrace.split ? ruleTrace.split.variation !== undefined : ruleTrace.matches;
    if (serves) return { ...trace, decidedBy: 'rule', rules };
  }
  const fallthrough = traceSplit(definition, definition.fallthrough, context);
  return { ...trace, decidedBy: 'fallthrough', rules, fallthrough };
}

/** The value of whatever type the flag has: whoever asks why has no default to compare with. */
function evaluateAnyType(ruleset: Ruleset, key: string, context: EvaluationContext): Evaluation<JsonValue | undefined> {
  const flag = ruleset.get(key);
  const served = flag?.variation(flag.decide(context))?.value;
  return evaluate<JsonValue | undefined>(ruleset, key, served, context);
}

function tracePrerequisites(
  ruleset: Ruleset,
  definition: RulesetFlag,
  context: EvaluationContext,
): readonly PrerequisiteTrace[] {
  const traces: PrerequisiteTrace[] = [];
  for (const { flag, variations } of definition.prerequisites ?? []) {
    const { variation: served, reason } = evaluateAnyType(ruleset, flag, context);
    const isOn = served !== undefined && reason !== 'DISABLED';
    const isMet = isOn && variations.includes(served);
    traces.push({ flag, variations, served, isOn, isMet });
    if (!isMet) break;
  }
  return traces;
}

function findTarget({ targets }: RulesetFlag, context: EvaluationContext): Explanation['target'] {
  if (!targets?.length) return undefined;
  const key = keyOf(context, 'targetingKey');
  const target = key === '' ? undefined : targets.find(({ keys }) => keys.includes(key));
  return target && { variation: target.variation, key };
}

function traceRule(
  ruleset: Ruleset,
  definition: RulesetFlag,
  { id, when, serve }: Rule,
  index: number,
  context: EvaluationContext,
): RuleTrace {
  const conditions = when.map((condition) => traceCondition(ruleset, condition, context));
  const matches = conditions.every((condition) => condition.matches);
  return { id, index, conditions, matches, split: matches ? traceSplit(definition, serve, context) : undefined };
}

function traceCondition(ruleset: Ruleset, condition: Condition, context: EvaluationContext): ConditionTrace {
  const { attribute, operator, not = false } = condition;
  const check = compileCondition(condition, ruleset.environment);
  const trace = { attribute, operator, not, isKnown: check !== undefined };
  try {
    const value = readAttribute(ruleset, context, attribute);
    const actual = Array.isArray(value) ? JSON.stringify(value.map(canonical)) : canonical(value);
    return { ...trace, actual, matches: check?.(context) === true };
  } catch {
    // Deciding stops at the first condition that fails; here the rest is looked at too, and may be too long to read.
    return { ...trace, actual: undefined, matches: false };
  }
}

function readAttribute(ruleset: Ruleset, context: EvaluationContext, attribute: string | undefined): unknown {
  if (attribute === undefined) return undefined;
  if (attribute === NOW) return ruleset.environment.clock?.();
  const value = own(context, attribute);
  return value === undefined && attribute.startsWith('/') ? follow(context, attribute) : value;
}

function traceSplit(definition: RulesetFlag, serve: Serve, context: EvaluationContext): SplitTrace | undefined {
  return 'slices' in serve ? traceAllocation(definition, serve, context) : undefined;
}

function traceAllocation(definition: RulesetFlag, allocation: Allocation, context: EvaluationContext): SplitTrace {
  const { by = 'targetingKey', seed = definition.seed } = allocation;
  const key = keyOf(context, by);
  const bucket = key === '' ? undefined : bucketOf(seed, key);
  let end = 0;
  const slices = allocation.slices.map(({ variation, parts }) => {
    const from = end;
    end += parts;
    return { variation, from, to: end };
  });
  const slice = slices.find(({ from, to }) => bucket !== undefined && from <= bucket && bucket < to);
  return { by, key, seed, bucket, slices, variation: slice?.variation };
}
