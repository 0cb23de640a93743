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
      allPages<Environment>(path`/api/v1/projects/${project}/environments`, signal).then(inOrderOfUse),
  });
}

const USUAL = ['dev', 'development', 'test', 'testing', 'qa', 'staging', 'preprod', 'prod', 'production', 'live'];

/** As code travels: development first, production last, others between by name. */
function inOrderOfUse(environments: readonly Environment[]): readonly Environment[] {
  const rank = ({ key }: Environment): number => {
    const index = USUAL.indexOf(key.toLowerCase());
    return index < 0 ? USUAL.indexOf('staging') - 0.5 : index;
  };
  return [...environments].sort((one, other) => rank(one) - rank(other));
}
