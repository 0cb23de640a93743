import { isOperator } from './condition.ts';
import { malformed } from './definition.ts';
import type { Condition, Serve } from './model.ts';
import { sizeOfProgram } from './pattern-program.ts';

/**
 * What it costs to ask rules, in steps, paid before they are compiled: whether an index spares asking some of them
 * (`rule-index.ts`), and whether they are compiled already, must make no difference. docs/decisions/0117 has the prices. Why: decision 0173.
 *
 * @throws TypeError if one of them does not have the shape of a rule
 */
export function costOfRules(rules: readonly { readonly when: readonly Condition[]; readonly serve?: Serve }[]): number {
  let sum = 0;
  for (const { when, serve } of rules) {
    sum += 8;
    // The key of whoever is asked about may be a kilobyte.
    if (serve && 'slices' in serve) sum += 400 + 6 * serve.slices.length;
    for (const { attribute, operator, values } of when) {
      if (!Array.isArray(values) || (typeof attribute !== 'string' && isOperator(operator))) malformed('values');
      // No server writes lists as long as that; of rules that were made otherwise, one such list may be asked all the same.
      sum += 48 + Math.min(values.length, 50_000) * (operator === 'inSegment' ? 8 : 2);
      if (attribute?.[0] === '/') sum += 2 * attribute.length;
      if (operator === 'matches') for (const program of values) sum += 2 * sizeOfProgram(program);
    }
  }
  return sum;
}
