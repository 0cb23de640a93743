import { type Check, compileConditions, judgeAll } from './condition.ts';
import { keyOf } from './context.ts';
import { costOfSearch, createIndex, Definition, listOf, tellExceeded, type Verdict } from './definition.ts';
import type { EvaluationContext, RulesetSegment } from './model.ts';
import { costOfRules } from './rule-price.ts';
import { afford, evaluationOf, STEPS_PER_SEGMENT } from './steps.ts';

type Membership = (context: EvaluationContext) => Verdict;

/**
 * One segment of a ruleset. `excluded` wins over `included`, and both over the rules, of which any may match. Whoever
 * has no key is neither on a list nor known not to be on it. If a rule can never match because this version does not
 * understand it, nobody is known to be outside.
 */
export class Segment extends Definition<RulesetSegment, Membership> {
  #program: Membership | undefined;
  #evaluation = 0;
  #verdict: Verdict;

  /** Whether a context is in the segment; undefined if that cannot be said. Found out once in an evaluation. */
  has(context: EvaluationContext): Verdict {
    const evaluation = evaluationOf(context);
    if (this.#evaluation !== evaluation) {
      this.#verdict = this.isAffordable(this.#program)
        ? (this.#program ??= this.compiled?.program)?.(context)
        : undefined;
      this.#evaluation = evaluation;
    }
    return this.#verdict;
  }

  protected override compile({ included, excluded, rules = [] }: RulesetSegment): Membership {
    const { environment, key: name } = this;
    const outside = listOf(excluded);
    const inside = listOf(included);
    const listed = outside.length + inside.length;
    this.cost = STEPS_PER_SEGMENT + costOfRules(rules);
    const index = createIndex(environment, [
      [outside, false],
      [inside, true],
    ]);
    /** By rule; undefined if this version does not understand it, so that it cannot be said of anybody. */
    let alternatives: readonly (readonly Check[] | undefined)[] | undefined;
    return (context) => {
      // A segment without lists needs no key.
      const key = listed ? keyOf(context, 'targetingKey') : '';
      if (!afford(costOfSearch(listed, key))) return tellExceeded(environment, name);
      let verdict: Verdict = listed ? index.get(key) : undefined;
      if (verdict === undefined) {
        if (key || !inside.length) verdict = false;
        for (const checks of (alternatives ??= compileConditions(rules, environment, name))) {
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
