import { LIMITS, type StoredCondition } from '@dimmer/contract';
import { visibleTo } from '../../encoding/visible.ts';
import type { Documents } from '../../state/documents.ts';
import { type Refused, refuse } from '../refusal.ts';
import { hasPatterns } from './check-conditions.ts';

type Rules = readonly { readonly when: readonly StoredCondition[] }[];

/**
 * Refuses patterns that make the rulesets of some environments too large to be compiled and run: `LIMIT_EXCEEDED`. What
 * has no patterns that were not there before is never refused, so that a project beyond the limit can go back.
 */
export function patternsProblem(
  rules: Rules,
  was: Rules,
  after: Documents,
  project: string,
  environments: readonly string[],
): Refused | null {
  const known = new Set(was);
  if (!rules.some((rule) => !known.has(rule) && hasPatterns(rule.when))) return null;
  for (const environment of environments) {
    const { flags, segments } = visibleTo('server', after, project, environment);
    let instructions = 0;
    for (const encoded of [...flags.values(), ...segments.values()]) instructions += encoded.instructions;
    if (instructions <= LIMITS.patternInstructions) continue;
    const message = `The patterns in ${environment} would have ${instructions} instructions together; the limit is ${LIMITS.patternInstructions}.`;
    return refuse('LIMIT_EXCEEDED', message, {
      fix: 'Use "in", "startsWith" or "contains" where there is nothing to repeat, or put patterns that are used often into one segment.',
      details: { instructions, limit: LIMITS.patternInstructions },
    });
  }
  return null;
}
