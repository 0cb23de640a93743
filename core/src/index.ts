export type { Speed } from './definition.ts';
export type { Diagnostic } from './diagnostic.ts';
export { ERROR_MESSAGES, type ErrorMessages } from './error-messages.ts';
export { decideTyped, describe, type Evaluation, evaluate, isEnabled, servedValue } from './evaluate.ts';
export type { Flag } from './flag.ts';
export * from './launch.ts';
export * from './model.ts';
export {
  asStale,
  errorCodeOf,
  FLAG_NOT_FOUND,
  isEnabledOutcome,
  isErrorOutcome,
  NOT_READY,
  reasonOf,
  ruleIndexOf,
  slotOf,
} from './outcome.ts';
export { type Applied, Ruleset, type RulesetOptions } from './ruleset.ts';
export * from './ruleset-size.ts';
