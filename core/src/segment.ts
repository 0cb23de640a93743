import { type Check, compileConditions, costOfRules, judgeAll } from './condition.ts';
import { keyOf } from './context.ts';
import { createIndex, Definition, tellExceeded, type Verdict } from './definition.ts';
import type { EvaluationContext, RulesetSegment } from './model.ts';
import { MAX_FLAG_INSTRUCTIONS } from './pattern-program.ts';
import { afford } from './steps.ts';

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
    const { environment, key: name } = this;
    // Spread, so that what is no list is noticed.
    const outside = [...(excluded ?? [])];
    const inside = [...(included ?? [])];
    const listed = outside.length + inside.length;
    const costOfLists = 2 + (listed >> 1);
    const cost = costOfRules(rules);
    const index = createIndex(environment, [
      [outside, false],
      [inside, true],
    ]);
    /** By rule; undefined if this version does not understand it, so that it cannot be said of anybody. */
    let alternatives: readonly (readonly Check[] | undefined)[] | undefined;
    const compileRules = () => {
      const room = { instructions: MAX_FLAG_INSTRUCTIONS };
      return rules.map(({ when }) => compileConditions(when, environment, name, room));
    };
    return (context) => {
      if (!afford(costOfLists)) return tellExceeded(environment, name);
      // A segment without lists needs no key.
      const key = listed ? keyOf(context, 'targetingKey') : '';
      let verdict: Verdict = listed ? index.get(key) : undefined;
      if (verdict === undefined) {
        if (!afford(cost)) return tellExceeded(environment, name);
        if (key || !inside.length) verdict = false;
        for (const checks of (alternatives ??= compileRules())) {
          const one = checks && judgeAll(checks, context);
          if (one) {
            verdict = one;
            break;
          }
          if (one === undefined) verdict = one;
        }
      }
      // A context that might be excluded is not known to be inside.
      return verdict && outside.length && !key ? undefined : verdict;
    };
  }
}
