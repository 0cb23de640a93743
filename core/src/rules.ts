import { type Check, compileConditions, holdAll } from './condition.ts';
import type { Environment } from './definition.ts';
import type { EvaluationContext, Rule, Serve } from './model.ts';
import { byRule, SPLIT, TARGETING_MATCH } from './outcome.ts';

/** What is served: an outcome, or an allocation that comes to one. */
export type CompiledServe = number | ((context: EvaluationContext) => number);

/** Asks a rule, or several in their order: an outcome, or 0 for "not me, go on". */
export type AskRule = (context: EvaluationContext) => number;

const never: Check = () => false;

/**
 * Compiles rules, each to a function that comes to an outcome or to 0.
 *
 * @throws TypeError if a rule is malformed
 */
export function compileRules(
  rules: readonly Rule[],
  environment: Environment,
  owner: string,
  compileServe: (serve: Serve, fixed: number, split: number, minimum: number) => CompiledServe,
): readonly AskRule[] {
  const asks = rules.map(({ when, serve }, i): AskRule => {
    const checks = compileConditions(when, environment, owner) ?? [never];
    const served = compileServe(serve, TARGETING_MATCH | byRule(i), SPLIT | byRule(i), 0);
    return (context) => {
      if (!holdAll(checks, context)) return 0;
      // Beyond the rule's last slice, or without a key to bucket by, the next rule is asked.
      return typeof served === 'number' ? served : Math.max(0, served(context));
    };
  });
  return environment.speed ? environment.speed.indexRules(rules, asks) : asks;
}
