import type { Check } from './compiled-rule.ts';
import { compileConditions, costOfRules, judgeAll } from './condition.ts';
import { keyOf } from './context.ts';
import { Definition, tell, type Verdict } from './definition.ts';
import type { EvaluationContext, RulesetSegment } from './model.ts';
import { MAX_FLAG_INSTRUCTIONS } from './pattern-program.ts';
import { afford, takeExceeded } from './steps.ts';

type Membership = (context: EvaluationContext) => Verdict;

/**
 * One segment of a ruleset. `excluded` wins over `included`, and both over the rules, of which any may match. Whoever
 * has no key is neither on a list nor known not to be on it. If a rule can never match because this version does not
 * understand it, nobody is known to be outside.
 */
export class Segment extends Definition<RulesetSegment, Membership> {
  /** Whether a context is in the segment; undefined if that cannot be said. */
  has(context: EvaluationContext): Verdict {
    return this.compiled?.program(context);
  }

  protected override compile({ included, excluded, rules = [] }: RulesetSegment): Membership {
    const inside = new Set(included);
    const outside = new Set(excluded);
    const alternatives: Check[][] = [];
    const room = { instructions: MAX_FLAG_INSTRUCTIONS };
    const cost = costOfRules(rules);
    let otherwise: Verdict = false;
    for (const { when } of rules) {
      const checks = compileConditions(when, this.environment, this.key, room);
      if (checks) alternatives.push(checks);
      else otherwise = undefined;
    }
    return (context) => {
      const key = inside.size + outside.size ? keyOf(context, 'targetingKey') : '';
      // Looking into an empty set costs as much as looking into a full one.
      if (outside.size && outside.has(key)) return false;
      let verdict: Verdict = inside.has(key);
      if (!verdict) {
        verdict = key || !inside.size ? otherwise : undefined;
        if (!afford(cost)) {
          takeExceeded();
          return tell(this.environment, 'STEPS_EXCEEDED', this.key, '', 'the rules cost too much');
        }
        for (const checks of alternatives) {
          const one = judgeAll(checks, context);
          if (one) {
            verdict = one;
            break;
          }
          if (one === undefined) verdict = one;
        }
      }
      // Whoever might be excluded is in the segment for nobody to say.
      return verdict && outside.size && !key ? undefined : verdict;
    };
  }
}
