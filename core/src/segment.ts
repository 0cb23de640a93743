import type { Check } from './compiled-rule.ts';
import { compileConditions, holdAll } from './condition.ts';
import { keyOf } from './context.ts';
import { Definition, type Verdict } from './definition.ts';
import type { EvaluationContext, RulesetSegment } from './model.ts';

type Membership = (context: EvaluationContext) => Verdict;

/**
 * One segment of a ruleset. `excluded` wins over `included`, and both over the rules, of which any may match. If a rule
 * can never match because this version does not understand it, nobody is known to be outside.
 */
export class Segment extends Definition<RulesetSegment, Membership> {
  /** Whether a context is in the segment. */
  has(context: EvaluationContext): Verdict {
    return this.compiled?.program(context);
  }

  protected override compile({ included, excluded, rules = [] }: RulesetSegment): Membership {
    const inside = new Set(included);
    const outside = new Set(excluded);
    const alternatives: Check[][] = [];
    let otherwise: Verdict = false;
    for (const { when } of rules) {
      const checks = compileConditions(when, this.environment, this.key);
      if (checks) alternatives.push(checks);
      else otherwise = undefined;
    }
    return (context) => {
      const key = inside.size + outside.size ? keyOf(context, 'targetingKey') : '';
      // Looking into an empty set costs as much as looking into a full one.
      if (outside.size && outside.has(key)) return false;
      return inside.has(key) || alternatives.some((checks) => holdAll(checks, context)) || otherwise;
    };
  }
}
