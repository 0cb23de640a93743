/**
 * Why a flag decides as it does for a context, step by step. An entry of its own: it is used where people ask, and no
 * SDK carries it. The steps are taken with the pieces that the evaluator itself is made of, so they cannot disagree
 * with it; what is served is in `evaluation`, which the evaluator itself has made.
 */
import { bucketOf } from './allocation.ts';
import { compileCondition, NOW } from './condition.ts';
import { asJson, canonical, isObject, keyOf, namesOf, OVERSIZED, read } from './context.ts';
import type { Diagnostic } from './diagnostic.ts';
import { ERROR_MESSAGES } from './error-messages.ts';
import { describe, type Evaluation } from './evaluate.ts';
import type { Allocation, Condition, EvaluationContext, JsonValue, Rule, RulesetFlag, Serve } from './model.ts';
import { FLAG_NOT_FOUND, isOn, reasonOf, ruleIndexOf, slotOf } from './outcome.ts';
import { costOfRules } from './rule-price.ts';
import type { Ruleset } from './ruleset.ts';
import { afford, beginSteps, lastExceeded, takeExceeded } from './steps.ts';

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
  /**
   * False if this version does not know the operator, or a value is not one that it takes: then it never matches. Values
   * are read only where the context has the attribute.
   */
  readonly isKnown: boolean;
  /** Why it cannot be said whether it matches, if so: then it does not, negated or not. */
  readonly unknown: UnknownCause | undefined;
}

export type UnknownCause =
  /** The attribute is missing, null, an object, or a number that is none; of a segment: something that it asks about. */
  | 'ATTRIBUTE_MISSING'
  /** The attribute is there, but not as the operator reads it. */
  | 'ATTRIBUTE_UNREADABLE'
  /** The attribute is longer than what a condition reads. */
  | 'ATTRIBUTE_TOO_LONG'
  /** This version does not know the operator, or a value is not one that it takes. */
  | 'CONDITION_UNKNOWN'
  /** The evaluation's steps do not suffice. */
  | 'STEPS_EXCEEDED';

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

/** How much of an attribute is shown, in UTF-16 units or elements. */
const MAX_SHOWN = 200;

/** What is traced: of which rules, for whom, and what was shown already of their attributes. */
interface Tracing {
  readonly ruleset: Ruleset;
  readonly definition: RulesetFlag;
  readonly context: EvaluationContext;
  readonly shown: Map<string | undefined, string | undefined>;
  /** What the context says, by attribute: a pointer of many names is followed once. */
  readonly values: Map<string | undefined, unknown>;
  /** The ruleset's, which notes in `isKnown` whether the condition that is looked at is understood. */
  readonly environment: Ruleset['environment'];
  isKnown: boolean;
}

/** Explains what a flag serves to a context. Never throws; for an unknown or malformed flag there are no steps. */
export function explain(ruleset: Ruleset, key: string, asking?: EvaluationContext): Explanation {
  const context = isObject(asking) ? asking : {};
  const flag = ruleset.get(key);
  const outcome = flag?.decide(context) ?? FLAG_NOT_FOUND;
  const evaluation = describe<JsonValue | undefined>(ruleset, flag, outcome, undefined, ERROR_MESSAGES);
  const nothing = { prerequisites: [], target: undefined, rules: [], fallthrough: undefined };
  const definition = flag?.definition;
  if (!definition || evaluation.reason === 'ERROR') return { evaluation, decidedBy: 'nothing', ...nothing };
  if (!definition.on) return { evaluation, decidedBy: 'off', ...nothing };

  const prerequisites = tracePrerequisites(ruleset, definition, context);
  const trace = { ...nothing, evaluation, prerequisites };
  if (reasonOf(outcome) === 'PREREQUISITE_FAILED') return { ...trace, decidedBy: 'prerequisite' };

  const target = findTarget(definition, context);
  if (target) return { ...trace, decidedBy: 'target', target };

  const decided = ruleIndexOf(outcome);
  const { rules = [] } = definition;
  const looked = decided < 0 ? rules : rules.slice(0, decided + 1);
  const onDiagnostic = ({ code }: Diagnostic): void => {
    if (code === 'CONDITION_UNKNOWN') tracing.isKnown = false;
  };
  const environment = { ...ruleset.environment, onDiagnostic };
  const tracing: Tracing = {
    ruleset,
    environment,
    definition,
    context,
    shown: new Map(),
    values: new Map(),
    isKnown: true,
  };
  // Conditions that an evaluation passes over are looked at too, and all together may cost what an evaluation may.
  beginSteps();
  const traces = looked.map((rule, index) => {
    const traced = traceRule(tracing, rule, index);
    // The evaluator has the last word: what it passed over did not match for want of steps.
    return traced.matches && index !== decided && serves(traced) ? withoutSteps(traced) : traced;
  });
  if (decided >= 0) return { ...trace, decidedBy: 'rule', rules: traces };
  const fallthrough = traceSplit(tracing, definition.fallthrough);
  return { ...trace, decidedBy: 'fallthrough', rules: traces, fallthrough };
}

function serves({ split }: RuleTrace): boolean {
  return !split || split.variation !== undefined;
}

function withoutSteps(trace: RuleTrace): RuleTrace {
  const conditions = trace.conditions.map((each) => ({ ...each, matches: false, unknown: 'STEPS_EXCEEDED' as const }));
  return { ...trace, conditions, matches: false, split: undefined };
}

function tracePrerequisites(
  ruleset: Ruleset,
  definition: RulesetFlag,
  context: EvaluationContext,
): readonly PrerequisiteTrace[] {
  const traces: PrerequisiteTrace[] = [];
  for (const { flag: key, variations } of definition.prerequisites ?? []) {
    const flag = ruleset.get(key);
    // As the evaluation found it: to decide once more, each with steps of its own, could take twenty times as long.
    const outcome = flag?.decideFor(context, 1) ?? 0;
    const served = flag?.definition?.variations[slotOf(outcome) - 1]?.key;
    const isServing = served !== undefined && isOn(outcome);
    const isMet = isServing && variations.includes(served);
    traces.push({ flag: key, variations, served, isOn: isServing, isMet });
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

function traceRule(tracing: Tracing, rule: Rule, index: number): RuleTrace {
  const { id, when, serve } = rule;
  // Looking costs here what it costs the evaluator, which may not have come so far.
  const isPaid = afford(costOfRules([rule]));
  const conditions = when.map((condition) => (isPaid ? traceCondition(tracing, condition) : passOver(condition)));
  const matches = conditions.every((condition) => condition.matches);
  return { id, index, conditions, matches, split: matches ? traceSplit(tracing, serve) : undefined };
}

function passOver({ attribute, operator, not = false }: Condition): ConditionTrace {
  return { attribute, operator, not, isKnown: true, actual: undefined, matches: false, unknown: 'STEPS_EXCEEDED' };
}

function traceCondition(tracing: Tracing, condition: Condition): ConditionTrace {
  const { ruleset, environment, context, shown, values } = tracing;
  const { attribute, operator, not = false } = condition;
  const check = compileCondition(condition, environment);
  if (!check)
    return {
      attribute,
      operator,
      not,
      isKnown: false,
      actual: undefined,
      matches: false,
      unknown: 'CONDITION_UNKNOWN',
    };
  tracing.isKnown = true;
  try {
    if (!values.has(attribute)) values.set(attribute, asJson(readAttribute(ruleset, context, attribute)));
    const value = values.get(attribute);
    takeExceeded();
    const verdict = check(context);
    const { isKnown } = tracing;
    const unknown = verdict === undefined ? (isKnown ? causeOf(value) : 'CONDITION_UNKNOWN') : undefined;
    if (!shown.has(attribute)) shown.set(attribute, textOf(value));
    return { attribute, operator, not, isKnown, actual: shown.get(attribute), matches: verdict === true, unknown };
  } catch (fault) {
    // Deciding stops at the first condition that fails; here the rest is looked at too, and may be too long to read.
    const unknown = fault === OVERSIZED ? 'ATTRIBUTE_TOO_LONG' : 'ATTRIBUTE_UNREADABLE';
    return { attribute, operator, not, isKnown: true, actual: undefined, matches: false, unknown };
  }
}

function causeOf(value: unknown): UnknownCause {
  if (lastExceeded()) return 'STEPS_EXCEEDED';
  return canonical(value) === undefined && !Array.isArray(value) ? 'ATTRIBUTE_MISSING' : 'ATTRIBUTE_UNREADABLE';
}

/** A value as text, as far as it is shown. */
function textOf(value: unknown): string | undefined {
  const text = Array.isArray(value)
    ? JSON.stringify(value.slice(0, MAX_SHOWN).map((each) => canonical(asJson(each))?.slice(0, MAX_SHOWN)))
    : canonical(value);
  return text !== undefined && text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function readAttribute(ruleset: Ruleset, context: EvaluationContext, attribute: string | undefined): unknown {
  if (attribute === undefined) return undefined;
  return attribute === NOW ? ruleset.environment.clock?.() : read(context, attribute, namesOf(attribute));
}

function traceSplit(tracing: Tracing, serve: Serve): SplitTrace | undefined {
  return 'slices' in serve ? traceAllocation(tracing, serve) : undefined;
}

function traceAllocation({ definition, context }: Tracing, allocation: Allocation): SplitTrace {
  const { by = 'targetingKey', seed = definition.seed } = allocation;
  const key = keyOf(context, by, namesOf(by));
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
