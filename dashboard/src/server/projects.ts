import { inOrderOfUse } from '@dimmer/core/environment-order';
import { queryOptions } from '@tanstack/react-query';
import { allPages } from './pages-of.ts';
import { path } from './request.ts';

export interface Project {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly version: number;
}

export interface Environment {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  /** What alters it needs a reason. */
  readonly protected: boolean;
  /** How many other people must agree to what alters it. */
  readonly approvals?: 0 | 1;
  /** How large what its SDKs get is; absent: a server of before. */
  readonly ruleset?: { readonly bytes: number; readonly limitBytes: number };
  readonly version: number;
}

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: ({ signal }) => allPages<Project>('/api/v1/projects', signal),
});

export function environmentsQuery(project: string) {
  return queryOptions({
    queryKey: ['environments', project],
    queryFn: ({ signal }) =>
      allPages<Environment>(path`/api/v1/projects/${project}/environments`, signal).then((all) =>
        inOrderOfUse(all, ({ key }) => key),
      ),
  });
}
