import { ERROR_MESSAGES, type ErrorMessages } from './error-messages.ts';
import type { Flag } from './flag.ts';
import type { ErrorCode, EvaluationContext, Reason } from './model.ts';
import { errorCodeOf, FLAG_NOT_FOUND, isEnabledOutcome, reasonOf, TYPE_MISMATCH } from './outcome.ts';
import type { Ruleset } from './ruleset.ts';

/** The answer to "which value does this flag have for this context", with its reason. */
export interface Evaluation<Value> {
  readonly value: Value;
  /** Key of the variation; undefined if the caller's default is served. */
  readonly variation: string | undefined;
  readonly reason: Reason;
  readonly ruleId: string | undefined;
  /** The id of the ruleset that decided; '' if there was none. */
  readonly id: string;
  readonly errorCode: ErrorCode | undefined;
  /** What mends it, in words; undefined in browsers, which are spared them: `docs/sdk.md` has them, by code. */
  readonly errorMessage: string | undefined;
}

/**
 * Decides, and checks that the value is of the type that the caller asked for, which is the default's: an outcome. A
 * default that is null or undefined says nothing of the type, so every value will do; a null value is of no type.
 */
export function decideTyped(flag: Flag, defaultValue: unknown, context?: EvaluationContext): number {
  const outcome = flag.decide(context);
  const variation = flag.variation(outcome);
  return variation === undefined ||
    defaultValue === undefined ||
    defaultValue === null ||
    (typeof variation.value === typeof defaultValue && variation.value !== null)
    ? outcome
    : TYPE_MISMATCH;
}

/** The value that an outcome of this flag serves, frozen; the default if there is no flag. */
export function servedValue<Value>(flag: Flag | undefined, outcome: number, defaultValue: Value): Value {
  const variation = flag?.variation(outcome);
  return variation === undefined ? defaultValue : (variation.value as Value);
}

/** An outcome with all that can be said about it; in words only if there are `messages`. */
export function describe<Value>(
  ruleset: Ruleset,
  flag: Flag | undefined,
  outcome: number,
  defaultValue: Value,
  messages?: ErrorMessages,
): Evaluation<Value> {
  const errorCode = errorCodeOf(outcome);
  return {
    value: servedValue(flag, outcome, defaultValue),
    variation: flag?.variation(outcome)?.key,
    reason: reasonOf(outcome),
    ruleId: flag?.ruleId(outcome),
    id: ruleset.id,
    errorCode,
    errorMessage: errorCode && messages?.[errorCode],
  };
}

/** The value of a flag for a context, with its reason. Never throws; whatever goes wrong, the default is served. */
export function evaluate<Value>(
  ruleset: Ruleset,
  key: string,
  defaultValue: Value,
  context?: EvaluationContext,
): Evaluation<Value> {
  const flag = ruleset.get(key);
  const outcome = flag ? decideTyped(flag, defaultValue, context) : FLAG_NOT_FOUND;
  return describe(ruleset, flag, outcome, defaultValue, ERROR_MESSAGES);
}

/** True for a boolean flag's `true` and for a launch that is `live`, and for nothing else. */
export function isEnabled(ruleset: Ruleset, key: string, context?: EvaluationContext): boolean {
  const flag = ruleset.get(key);
  return flag !== undefined && isEnabledOutcome(flag.decide(context));
}
