/** What rules compile to. */
import type { Check } from './condition.ts';
import type { EvaluationContext } from './model.ts';

/** What is served: an outcome, or an allocation that comes to one. */
export type CompiledServe = number | ((context: EvaluationContext) => number);

/** A rule, compiled. */
export interface CompiledRule {
  /** Undefined if one of the conditions can never match. */
  readonly checks: readonly Check[] | undefined;
  readonly served: CompiledServe;
}

/** Asks rules in their order: an outcome, or 0 if none of them serves the context. */
export type AskRules = (context: EvaluationContext) => number;
