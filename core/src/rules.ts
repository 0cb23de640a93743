import type { AskRules, CompiledRule, CompiledServe } from './compiled-rule.ts';
import { holdAll } from './condition.ts';
import type { EvaluationContext } from './model.ts';

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
