import type { InstanceState, Instances } from '@dimmer/contract';
import { queryOptions } from '@tanstack/react-query';
import { queryKeys } from './query-keys.ts';
import { path, request } from './request.ts';

export type { InstanceState, Instances };

/** One SDK client, or a relay with many below it. Times in ms since 1970. */
export type Instance = Instances['items'][number];

const AGAIN_MS = 2_000;

/** Asked again and again: who comes and goes is no change of the log. */
export function instancesQuery(project: string, environment: string) {
  return queryOptions({
    queryKey: queryKeys.instances(project, environment),
    queryFn: ({ signal }) =>
      request<Instances>(path`/api/v1/projects/${project}/environments/${environment}/instances`, { signal }),
    refetchInterval: AGAIN_MS,
  });
}
