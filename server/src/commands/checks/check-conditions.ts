import type { SegmentBody, StoredCondition, StoredRule } from '@dimmer/contract';
import { newPatternRoom, validateConditions, validateRules } from '@dimmer/core/validate';
import type { Documents } from '../../state/documents.ts';
import { type Problem, problem } from './problem.ts';

/**
 * What is wrong with the conditions of a targeting's rules, taken together. Nothing is said about a rule that is as it
 * was: it may be the work of a newer server with operators that this one does not know, and must not be in the way of
 * other edits.
 */
export function ruleConditionProblems(
  rules: readonly StoredRule[],
  was: readonly StoredRule[],
  state: Documents,
  project: string,
): Problem[] {
  const known = new Set(was);
  // That the patterns are too many is the fault of those that are new, wherever they stand.
  const isLarger = rules.some((rule) => !known.has(rule) && hasPatterns(rule.when));
  const old = rules.flatMap((rule, index) => (known.has(rule) ? [`rules[${index}]`] : []));
  const isOld = ({ path, code }: Problem) =>
    !(isLarger && code === 'PATTERNS_TOO_LARGE') &&
    old.some((prefix) => path === prefix || path.startsWith(`${prefix}.`));
  const references = rules.flatMap(({ when }, index) =>
    inSegmentConditions(when, `rules[${index}].when`).flatMap(({ condition, path }) =>
      segmentProblems(condition, path, state, project),
    ),
  );
  return [...validateRules(rules), ...references].filter((each) => !isOld(each));
}

/** Whether any of some conditions is a pattern. */
export function hasPatterns(when: readonly StoredCondition[]): boolean {
  return when.some(({ operator }) => operator === 'matches');
}

/** What is wrong with the conditions of a segment's rules. They cannot be about other segments. */
export function segmentConditionProblems(rules: SegmentBody['rules'], was: SegmentBody['rules']): Problem[] {
  const room = newPatternRoom();
  const known = new Set(was);
  const isLarger = rules.some((rule) => !known.has(rule) && hasPatterns(rule.when));
  const problems = rules.flatMap(({ when }, index): Problem[] => {
    const nested = inSegmentConditions(when, `rules[${index}].when`).map(({ path }) =>
      problem('SEGMENT_NESTED', path, 'A segment cannot be made of other segments.', 'Repeat their conditions here.'),
    );
    return [...nested, ...validateConditions(when, `rules[${index}].when`, room)];
  });
  return isLarger ? problems : problems.filter(({ code }) => code !== 'PATTERNS_TOO_LARGE');
}

function inSegmentConditions(when: readonly StoredCondition[], path: string) {
  return when
    .map((condition, index) => ({ condition, path: `${path}[${index}]` }))
    .filter(({ condition }) => condition.operator === 'inSegment');
}

function segmentProblems(condition: StoredCondition, path: string, state: Documents, project: string): Problem[] {
  return condition.values.flatMap((name, index) => {
    const at = `${path}.values[${index}]`;
    const segment = typeof name === 'string' ? state.segment(project, name)?.body : undefined;
    if (!segment)
      return [problem('SEGMENT_UNKNOWN', at, `There is no segment ${JSON.stringify(name)}.`, 'Create it first.')];
    if (segment.archived) return [problem('SEGMENT_UNKNOWN', at, `Segment "${name}" is archived.`, 'Unarchive it.')];
    if (segment.included.length > 0 || segment.rules.length > 0) return [];
    return [{ code: 'SEGMENT_EMPTY', severity: 'warning', path: at, message: `Segment "${name}" has nobody in it.` }];
  });
}
