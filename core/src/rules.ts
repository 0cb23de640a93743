import { type Check, holdAll } from './condition.ts';
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

export function serve(served: CompiledServe, context: EvaluationContext): number {
  return typeof served === 'number' ? served : served(context);
}

/** Asks one rule: an outcome, or 0 for "not me, go on". */
export function askRule({ checks, served }: CompiledRule, context: EvaluationContext): number {
  return checks && holdAll(checks, context) ? serve(served, context) : 0;
}

/** Asks each of the rules until one serves the context. */
export function askEach(rules: readonly CompiledRule[]): AskRules {
  return (context) => {
    for (let i = 0; i < rules.length; i++) {
      const outcome = askRule(rules[i]!, context);
      if (outcome) return outcome;
    }
    return 0;
  };
}
