import { PARTS } from '@dimmer/core';
import { percentOf } from '@dimmer/core/percent';
import type { Condition, Serve } from '../api/targeting.ts';
import type { TargetingBody } from '../api/targeting-body.ts';
import { sumOf, weightsOf } from '../api/weights.ts';
import { formatPercent } from '../sentences/percent.ts';

/** What would be refused, by path, so that it is said where it is typed and before it is sent. */
export function draftProblems(body: TargetingBody): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const sum = sumOfServe(body.fallthrough);
  if (sum !== PARTS) found.set('fallthrough', sumProblem(sum));
  for (const [index, { when, serve }] of body.rules.entries()) {
    const path = `rules[${index}]`;
    if (sumOfServe(serve) > PARTS) found.set(`${path}.serve`, sumProblem(sumOfServe(serve)));
    for (const [position, condition] of when.entries()) {
      for (const field of ['attribute', 'values'] as const) {
        const problem = conditionProblem(condition, field);
        if (problem !== undefined) found.set(`${path}.when[${position}].${field}`, problem);
      }
    }
  }
  for (const [index, { flag, variations }] of body.prerequisites.entries()) {
    if (flag === '') found.set(`prerequisites[${index}].flag`, 'Choose a flag.');
    else if (variations.length === 0) found.set(`prerequisites[${index}].variations`, 'Choose at least one variation.');
  }
  return found;
}

/** What is missing in a condition, of a flag's rule or a segment's. */
export function conditionProblem(
  { attribute, operator, values }: Condition,
  field: 'attribute' | 'values',
): string | undefined {
  if (field === 'attribute') {
    return operator !== 'inSegment' && !attribute ? 'Say what it looks at, e.g. “plan”.' : undefined;
  }
  if (operator === 'exists' || values.length > 0) return undefined;
  return operator === 'inSegment' ? 'Choose a segment.' : 'Add a value: without one, nobody matches.';
}

function sumOfServe(serve: Serve): number {
  return sumOf(weightsOf(serve));
}

function sumProblem(sum: number): string {
  const missing = percentOf(PARTS - sum);
  return missing > 0
    ? `The shares come to ${formatPercent(percentOf(sum))}: ${formatPercent(missing)} are missing.`
    : `The shares come to ${formatPercent(percentOf(sum))}: take ${formatPercent(-missing)} away.`;
}
