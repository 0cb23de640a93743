import { type Check, compileConditions, holdAll } from './condition.ts';
import { keyOf } from './context.ts';
import { Definition, UNKNOWN, type Verdict } from './definition.ts';
import type { EvaluationContext, RulesetSegment } from './model.ts';

type Membership = (context: EvaluationContext) => Verdict;

/**
 * One segment of a ruleset. `excluded` wins over `included`, and both over the rules, of which any may match. If a rule
 * can never match because this version does not understand it, nobody is known to be outside.
 */
export class Segment extends Definition<RulesetSegment, Membership> {
  /** 1 = the context is in the segment, 0 = it is not, UNKNOWN. */
  has(context: EvaluationContext): Verdict {
    return this.compiled ? this.compiled.program(context) : UNKNOWN;
  }

  protected override compile({ included = [], excluded = [], rules = [] }: RulesetSegment): Membership {
    const inside = new Set(included);
    const outside = new Set(excluded);
    const alternatives: Check[][] = [];
    for (const { when } of rules) {
      const checks = compileConditions(when, this.environment, this.key);
      if (checks) alternatives.push(checks);
    }
    const otherwise: Verdict = alternatives.length === rules.length ? 0 : UNKNOWN;
    const hasLists = inside.size + outside.size !== 0;
    return (context) => {
      const key = hasLists ? keyOf(context, 'targetingKey') : undefined;
      if (key !== undefined) {
        if (outside.has(key)) return 0;
        if (inside.has(key)) return 1;
      }
      for (const checks of alternatives) if (holdAll(checks, context)) return 1;
      return otherwise;
    };
  }
}
