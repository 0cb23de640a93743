import type { StoredCondition } from '../../documents/rules.ts';
import type { Documents } from '../../state/documents.ts';
import { type Problem, problem } from './problem.ts';

/** Where conditions stand. */
export interface ConditionsContext {
  readonly state: Documents;
  readonly project: string;
  /** Segments have conditions too, but not on segments. */
  readonly segmentsAllowed: boolean;
}

/** What is wrong with all conditions of one rule. */
export function conditionProblems(
  when: readonly StoredCondition[],
  path: string,
  context: ConditionsContext,
): Problem[] {
  return when.flatMap((condition, index) =>
    condition.operator === 'inSegment' ? segmentProblems(condition, `${path}[${index}]`, context) : [],
  );
}

function segmentProblems(condition: StoredCondition, path: string, context: ConditionsContext): Problem[] {
  if (!context.segmentsAllowed) {
    const message = 'A segment cannot be made of other segments.';
    return [problem('SEGMENT_NESTED', path, message, 'Repeat the conditions of the other segment here.')];
  }
  return condition.values.flatMap((name, index) => {
    const at = `${path}.values[${index}]`;
    const segment = typeof name === 'string' ? context.state.segment(context.project, name) : undefined;
    if (!segment)
      return [problem('SEGMENT_UNKNOWN', at, `There is no segment ${JSON.stringify(name)}.`, 'Create it first.')];
    if (segment.body.archived)
      return [problem('SEGMENT_UNKNOWN', at, `Segment "${name}" is archived.`, 'Unarchive it.')];
    const { included, rules } = segment.body;
    if (included.length > 0 || rules.length > 0) return [];
    return [{ code: 'SEGMENT_EMPTY', severity: 'warning', path: at, message: `Segment "${name}" has nobody in it.` }];
  });
}
