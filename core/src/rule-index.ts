/**
 * Bitmap index: where rules begin by comparing the same attribute with given values, it says which of them can match
 * the context's value, so that only those are asked. Ten rules by country then cost little more than one. It spares
 * asking rules that would say no, and decides nothing itself.
 */

import type { AskRules, CompiledRule } from './compiled-rule.ts';
import { holdAll, MAX_INDEXED_UNITS, NOW } from './condition.ts';
import { isScalar } from './context.ts';
import type { Condition, Rule } from './model.ts';
import { askEach, askRule, serve } from './rules.ts';
import { MAX_INDEXED, takeIndexable } from './steps.ts';

/** Which rules of a block a value of one attribute speaks for: sets of bits, a rule a bit. */
interface Index {
  readonly attribute: string;
  readonly byValue: Map<string, number>;
  /** Every rule that begins with this attribute, and is in the index. */
  all: number;
  /** Those that ask nothing else: a context with such a value has matched. */
  lone: number;
  /** Those that are not in the index yet, by their place in the block. */
  readonly waiting: number[];
}

/** How many rules share a set of bits: a small integer in every engine. */
const BLOCK_SIZE = 30;

/** Asks only those rules that can say yes. `compiled` belong to `rules`, one to one. */
export function askIndexed(compiled: readonly CompiledRule[], rules: readonly Rule[]): AskRules {
  const blocks: AskRules[] = [];
  for (let start = 0; start < rules.length; start += BLOCK_SIZE) {
    const end = start + BLOCK_SIZE;
    const asked = rules.slice(start, end);
    const block = compiled.slice(start, end);
    blocks.push(hasIndices(asked) ? askBlock(asked, block) : block.length === 1 ? askOne(block[0]!) : askEach(block));
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

/** One rule, which most flags with rules have, without a loop. */
function askOne({ checks, served }: CompiledRule): AskRules {
  if (!checks) return () => 0;
  const [check] = checks;
  if (!check || checks.length > 1) return (context) => (holdAll(checks, context) ? serve(served, context) : 0);
  return typeof served === 'number'
    ? (context) => (check(context) ? served : 0)
    : (context) => (check(context) ? served(context) : 0);
}

/** The attribute that a rule's first condition compares with given values, if it does just that; otherwise ''. */
function comparedAttribute(condition: Condition | undefined): string {
  const { attribute = '', operator, not, ignoreCase } = condition ?? {};
  return operator !== 'in' || not || ignoreCase || attribute[0] === '/' || attribute === NOW ? '' : attribute;
}

/** Whether two rules of a block may have an index: most have none, and are asked sooner without. */
function hasIndices(rules: readonly Rule[]): boolean {
  return rules.filter(({ when }) => comparedAttribute(when[0])).length > 1;
}

/**
 * The indices of a block, empty. For a single rule, looking into one costs more than asking; a rule with more values than
 * an evaluation may put into an index stays without.
 */
function findIndices(rules: readonly Rule[]): readonly Index[] {
  const indices = new Map<string, Index>();
  rules.forEach(({ when }, i) => {
    const attribute = comparedAttribute(when[0]);
    if (!attribute || when[0]!.values.length > MAX_INDEXED) return;
    const index: Index = indices.get(attribute) ?? { attribute, byValue: new Map(), all: 0, lone: 0, waiting: [] };
    indices.set(attribute, index);
    index.waiting.push(i);
  });
  return [...indices.values()].filter(({ waiting }) => waiting.length > 1);
}

/** Takes in the rules that wait, as far as the evaluation may. Answers which are in the index then. */
function grow(index: Index, rules: readonly Rule[]): number {
  const { waiting, byValue } = index;
  for (let i = waiting[0]; i !== undefined; i = waiting[0]) {
    const { when } = rules[i]!;
    const { values } = when[0]!;
    if (takeIndexable(values.length) < values.length) break;
    waiting.shift();
    // A rule that can never match is asked, and says so.
    if (!values.every(isScalar)) continue;
    const bit = 1 << i;
    index.all |= bit;
    if (when.length === 1) index.lone |= bit;
    for (const value of values) byValue.set(String(value), (byValue.get(String(value)) ?? 0) | bit);
  }
  return index.all;
}

function askBlock(rules: readonly Rule[], compiled: readonly CompiledRule[]): AskRules {
  let indices: readonly Index[] = [];
  let others = (1 << rules.length) - 1;
  let isAsked = false;
  let isWhole = false;
  /** Not by the first evaluation, which has the rules to compile. */
  const takeIn = (): void => {
    if (isAsked) {
      if (!indices.length) indices = findIndices(rules);
      for (const index of indices) others &= ~grow(index, rules);
      // Also where there are none: each attribute is compared by one rule only, or with too many values.
      isWhole = indices.every(({ waiting }) => waiting.length === 0);
    }
    isAsked = true;
  };
  // Hot path.
  return (context) => {
    if (!isWhole) takeIn();
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
      const rule = compiled[31 - Math.clz32(bit)]!;
      const outcome = bit & matched && rule.checks ? serve(rule.served, context) : askRule(rule, context);
      if (outcome) return outcome;
      asked ^= bit;
    }
    return 0;
  };
}
