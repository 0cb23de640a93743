import type { Condition } from '../api/targeting.ts';

/** What a condition looks at: whether somebody is in a segment, an attribute of theirs, or who they are. */
export type ConditionKind = 'segment' | 'attribute' | 'person';

export const TARGETING_KEY = 'targetingKey';

export function kindOf({ operator, attribute }: Pick<Condition, 'operator' | 'attribute'>): ConditionKind {
  if (operator === 'inSegment') return 'segment';
  return attribute === TARGETING_KEY ? 'person' : 'attribute';
}

/** The same condition, looking at something else: what cannot stand any more is gone. */
export function lookingAt(kind: ConditionKind, condition: Condition): Condition {
  const { attribute: _name, ignoreCase: _case, ...rest } = condition;
  if (kind === 'segment') return { ...rest, operator: 'inSegment', values: [] };
  const isSegment = condition.operator === 'inSegment';
  const kept = isSegment ? { ...rest, operator: 'in', values: [] } : { ...condition };
  return { ...kept, attribute: kind === 'person' ? TARGETING_KEY : '' };
}
