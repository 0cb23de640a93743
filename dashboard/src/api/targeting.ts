import type * as Contract from '@dimmer/contract';
import { queryOptions } from '@tanstack/react-query';
import { queryKeys } from './query-keys.ts';
import { path, request } from './request.ts';

/** A newer server may know more operators than are typed. */
export type Condition = Omit<Contract.StoredCondition, 'operator'> & { readonly operator: string };
/** One variation, or a split. */
export type Serve = Contract.StoredServe;
export type Rule = Omit<Contract.StoredRule, 'when'> & { readonly when: readonly Condition[] };
/** A flag's rules in one environment. */
export type Targeting = Omit<Contract.Targeting, 'rules'> & { readonly rules: readonly Rule[] };

export function targetingPath(project: string, flag: string, environment: string): string {
  return path`/api/v1/projects/${project}/flags/${flag}/environments/${environment}`;
}

export function targetingQuery(project: string, flag: string, environment: string) {
  return queryOptions({
    queryKey: queryKeys.targeting(project, flag, environment),
    queryFn: ({ signal }) => request<Targeting>(targetingPath(project, flag, environment), { signal }),
  });
}
