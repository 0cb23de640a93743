import { type Check, compileConditions, holdAll, NOW } from './condition.ts';
import type { Environment } from './definition.ts';
import type { Condition, EvaluationContext, Rule, Serve } from './model.ts';
import { byRule, SPLIT, TARGETING_MATCH } from './outcome.ts';

/** What is served: an outcome, or an allocation that comes to one. */
export type CompiledServe = number | ((context: EvaluationContext) => number);

/** Which rules of a block a value of one attribute speaks for: sets of bits, a rule a bit. */
interface Index {
  readonly attribute: string;
  readonly byValue: Map<string, number>;
  /** Every rule that begins with this attribute. */
  all: number;
  ruleCount: number;
}

/** How many rules share a set of bits: a small integer in every engine. */
const BLOCK_SIZE = 30;

/** The attribute that a rule's first condition compares with given values, if it does just that; otherwise ''. */
function comparedAttribute(condition: Condition | undefined): string {
  const { attribute = '', operator, not, ignoreCase } = condition ?? {};
  return operator !== 'in' || not || ignoreCase || attribute[0] === '/' || attribute === NOW ? '' : attribute;
}

/**
 * Compiles rules in their order, to functions that come to an outcome or to 0; each stands for a block of rules.
 *
 * Where rules begin by comparing the same attribute with given values, an index says which of them the context's value
 * speaks for, so that only those are asked. Ten rules by country then cost little more than one.
 *
 * @throws TypeError if a rule is malformed
 */
export function compileRules(
  rules: readonly Rule[],
  environment: Environment,
  owner: string,
  compileServe: (serve: Serve, fixed: number, split: number, minimum: number) => CompiledServe,
): ((context: EvaluationContext) => number)[] {
  const blocks: ((context: EvaluationContext) => number)[] = [];
  const rest = rules.slice();
  for (let start = 0; rest.length; start += BLOCK_SIZE) {
    const block = rest.splice(0, BLOCK_SIZE);
    const checks: readonly Check[][] = block.map(({ when }) => compileConditions(when, environment, owner) ?? [never]);
    const serves = block.map(({ serve }, i) => {
      return compileServe(serve, TARGETING_MATCH | byRule(start + i), SPLIT | byRule(start + i), 0);
    });
    blocks.push(askRules(checks, serves, indexRules(block)));
  }
  return blocks;
}

const never: Check = () => false;

function indexRules(rules: readonly Rule[]): readonly Index[] {
  const indices = new Map<string, Index>();
  rules.forEach(({ when }, i) => {
    const attribute = comparedAttribute(when[0]);
    const index = indices.get(attribute) ?? { attribute, byValue: new Map(), all: 0, ruleCount: 0 };
    indices.set(attribute, index);
    index.all |= 1 << i;
    index.ruleCount++;
    if (attribute)
      for (const value of when[0]!.values)
        index.byValue.set(String(value), (index.byValue.get(String(value)) ?? 0) | (1 << i));
  });
  // For a single rule, looking into the index costs more than asking.
  return [...indices.values()].filter(({ attribute, ruleCount }) => attribute && ruleCount > 1);
}

function askRules(
  checks: readonly Check[][],
  serves: readonly CompiledServe[],
  indices: readonly Index[],
): (context: EvaluationContext) => number {
  let others = (1 << checks.length) - 1;
  for (const { all } of indices) others &= ~all;
  // Hot path.
  return (context) => {
    let asked = others;
    for (let i = 0; i < indices.length; i++) {
      const { attribute, byValue, all } = indices[i]!;
      // What is inherited comes along here; the conditions themselves look at own properties only.
      const value = context[attribute];
      if (typeof value === 'string') asked |= byValue.get(value) ?? 0;
      else if (value !== undefined) asked |= all;
    }
    while (asked) {
      const i = 31 - Math.clz32(asked & -asked);
      asked &= asked - 1;
      if (holdAll(checks[i]!, context)) {
        const serve = serves[i]!;
        const outcome = typeof serve === 'number' ? serve : serve(context);
        // Beyond the rule's last slice, or without a key to bucket by, the next rule is asked.
        if (outcome > 0) return outcome;
      }
    }
    return 0;
  };
}
