import type { EnvironmentNow, Project } from '@dimmer/contract';
import { inOrderOfUse } from '@dimmer/core/environment-order';
import { queryOptions } from '@tanstack/react-query';
import type { Older } from './older-server.ts';
import { allPages } from './pages-of.ts';
import { queryKeys } from './query-keys.ts';
import { path } from './request.ts';

export type { Project };

export type Environment = Older<EnvironmentNow, 'ruleset'>;

export const projectsQuery = queryOptions({
  queryKey: queryKeys.projects,
  queryFn: ({ signal }) => allPages<Project>('/api/v1/projects', signal),
});

export function environmentsQuery(project: string) {
  return queryOptions({
    queryKey: queryKeys.environments(project),
    queryFn: ({ signal }) =>
      allPages<Environment>(path`/api/v1/projects/${project}/environments`, signal).then((all) =>
        inOrderOfUse(all, ({ key }) => key),
      ),
  });
}
