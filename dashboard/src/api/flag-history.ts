import type { History } from '@dimmer/contract';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { queryKeys } from './query-keys.ts';
import { path, request } from './request.ts';

const PAGE = 30;

/** Changes of one flag, newest first. `environment`: only those that are felt there; null: all. */
export function flagHistoryQuery(project: string, flag: string, environment: string | null) {
  return infiniteQueryOptions({
    queryKey: queryKeys.flagHistory(project, flag, environment),
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams({ limit: String(PAGE) });
      if (environment !== null) search.set('environment', environment);
      if (pageParam !== null) search.set('before', String(pageParam));
      return request<History>(`${path`/api/v1/projects/${project}/flags/${flag}/history`}?${search}`, { signal });
    },
    getNextPageParam: ({ next }) => next,
  });
}
