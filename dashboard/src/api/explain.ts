import type { Explanation } from '@dimmer/contract';
import { request } from './request.ts';
import { targetingPath } from './targeting.ts';

export type { Explanation };

/** How an allocation came to what it gave. */
export type SplitTrace = NonNullable<Explanation['fallthrough']>;
export type ConditionTrace = Explanation['rules'][number]['conditions'][number];

export function explain(project: string, flag: string, environment: string, context: object): Promise<Explanation> {
  return request<Explanation>(`${targetingPath(project, flag, environment)}/explain`, { body: { context } });
}
