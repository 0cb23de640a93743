import type { Evaluations } from '@dimmer/contract';
import { queryOptions } from '@tanstack/react-query';
import { queryKeys } from './query-keys.ts';
import { request } from './request.ts';
import { targetingPath } from './targeting.ts';

const REFRESH_MS = 15_000;

/** How often a variation was served in one minute; `null`: the caller's default was. */
export type EvaluationCount = Evaluations['items'][number];

/** Counts of the last so many ms, asked for anew while they are looked at. */
export function evaluationsQuery(project: string, flag: string, environment: string, lastMs: number) {
  return queryOptions({
    queryKey: queryKeys.evaluations(project, flag, environment, lastMs),
    queryFn: ({ signal }) => {
      const from = Date.now() - lastMs;
      return request<Evaluations>(`${targetingPath(project, flag, environment)}/evaluations?from=${from}`, { signal });
    },
    refetchInterval: REFRESH_MS,
  });
}
