import type { Answers } from '@dimmer/contract';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { queryKeys } from './query-keys.ts';
import { path, request } from './request.ts';

/** What SDKs pass is not known here: they decide by themselves and tell nobody what about. */
function attributesQuery(project: string) {
  return queryOptions({
    queryKey: queryKeys.attributes(project),
    queryFn: ({ signal }) =>
      request<Answers['GET /projects/{project}/attributes']>(path`/api/v1/projects/${project}/attributes`, { signal }),
    // Changes of rules do not refresh it by name: a list to choose from may be some minutes old.
    staleTime: 60_000,
  });
}

/** Attributes that rules and segments of a project look at, the most used first; none as long as nobody knows. */
export function useAttributeNames(project: string): readonly string[] {
  const { data } = useQuery(attributesQuery(project));
  return (data?.items ?? []).map(({ name }) => name);
}
