export type { Diagnostic } from './diagnostic.ts';
export { decideTyped, describe, type Evaluation, evaluate, isEnabled, servedValue } from './evaluate.ts';
export type { Flag } from './flag.ts';
export * from './model.ts';
export { errorCodeOf, FLAG_NOT_FOUND, isEnabledOutcome, reasonOf, ruleIndexOf, slotOf } from './outcome.ts';
export { type Applied, Ruleset, type RulesetOptions } from './ruleset.ts';
