/**
 * Where rules begin by comparing the same attribute with given values, an index says which of them the context's value
 * speaks for, so that only those are asked. Ten rules by country then cost little more than one. It spares asking rules
 * that would say no, and decides nothing itself.
 */

import type { AskRules, CompiledRule } from './compiled-rule.ts';
import { MAX_INDEXED_UNITS, NOW } from './condition.ts';
import type { Condition, Rule } from './model.ts';
import { askEach, askRule, serve } from './rules.ts';

/** Which rules of a block a value of one attribute speaks for: sets of bits, a rule a bit. */
interface Index {
  readonly attribute: string;
  readonly byValue: Map<string, number>;
  /** Every rule that begins with this attribute. */
  all: number;
  /** Those that ask nothing else: whoever has such a value has matched. */
  lone: number;
  ruleCount: number;
}

/** How many rules share a set of bits: a small integer in every engine. */
const BLOCK_SIZE = 30;

/** Asks only those rules that can say yes. `compiled` belong to `rules`, one to one. */
export function askIndexed(compiled: readonly CompiledRule[], rules: readonly Rule[]): AskRules {
  const blocks: AskRules[] = [];
  for (let start = 0; start < rules.length; start += BLOCK_SIZE) {
    const end = start + BLOCK_SIZE;
    const indices = findIndices(rules.slice(start, end));
    const block = compiled.slice(start, end);
    blocks.push(indices.length ? askBlock(block, indices) : askEach(block));
  }
  if (blocks.length === 1) return blocks[0]!;
  return (context) => {
    for (const ask of blocks) {
      const outcome = ask(context);
      if (outcome) return outcome;
    }
    return 0;
  };
}

/** The attribute that a rule's first condition compares with given values, if it does just that; otherwise ''. */
function comparedAttribute(condition: Condition | undefined): string {
  const { attribute = '', operator, not, ignoreCase } = condition ?? {};
  return operator !== 'in' || not || ignoreCase || attribute[0] === '/' || attribute === NOW ? '' : attribute;
}

function findIndices(rules: readonly Rule[]): readonly Index[] {
  const indices = new Map<string, Index>();
  rules.forEach(({ when }, i) => {
    const attribute = comparedAttribute(when[0]);
    const index = indices.get(attribute) ?? { attribute, byValue: new Map(), all: 0, lone: 0, ruleCount: 0 };
    indices.set(attribute, index);
    index.all |= 1 << i;
    if (when.length === 1) index.lone |= 1 << i;
    index.ruleCount++;
    if (attribute)
      for (const value of when[0]!.values)
        index.byValue.set(String(value), (index.byValue.get(String(value)) ?? 0) | (1 << i));
  });
  // For a single rule, looking into the index costs more than asking.
  return [...indices.values()].filter(({ attribute, ruleCount }) => attribute && ruleCount > 1);
}

function askBlock(rules: readonly CompiledRule[], indices: readonly Index[]): AskRules {
  let others = (1 << rules.length) - 1;
  for (const { all } of indices) others &= ~all;
  // Hot path.
  return (context) => {
    let asked = others;
    let matched = 0;
    for (let i = 0; i < indices.length; i++) {
      const { attribute, byValue, all, lone } = indices[i]!;
      // What is inherited comes along here; the conditions themselves look at own properties only.
      const value = context[attribute];
      if (typeof value === 'string' && value.length <= MAX_INDEXED_UNITS) {
        const spokenFor = byValue.get(value);
        if (spokenFor !== undefined) {
          asked |= spokenFor;
          if (spokenFor & lone && Object.hasOwn(context, attribute)) matched |= spokenFor & lone;
        }
        // A longer value has its price, or makes the context invalid, which is for the conditions to say.
      } else if (value !== undefined) asked |= all;
    }
    while (asked) {
      const bit = asked & -asked;
      const rule = rules[31 - Math.clz32(bit)]!;
      const outcome = bit & matched && rule.checks ? serve(rule.served, context) : askRule(rule, context);
      if (outcome) return outcome;
      asked ^= bit;
    }
    return 0;
  };
}
