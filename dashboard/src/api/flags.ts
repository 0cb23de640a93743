import type * as Contract from '@dimmer/contract';
import { queryOptions } from '@tanstack/react-query';
import type { Older } from './older-server.ts';
import { allPages } from './pages-of.ts';
import { queryClient } from './query-client.ts';
import { queryKeys } from './query-keys.ts';
import { path, request } from './request.ts';

export type FlagType = Contract.FlagBody['type'];
export type Purpose = Contract.FlagBody['purpose'];
export type Variation = Contract.FlagVariation;

/** A flag in one environment, in short. */
export type EnvironmentSummary = Older<
  Omit<Contract.EnvironmentSummary, 'restores'>,
  'absent' | 'blockedBy' | 'needs' | 'lit' | 'dark'
> & { readonly restores?: Older<NonNullable<Contract.EnvironmentSummary['restores']>, 'on' | 'lit' | 'dark'> | null };

/** What is the same in all environments, and how each of them stands. */
export type Flag = Older<
  Omit<Contract.FlagWithEnvironments, 'environments'>,
  'lastChange' | 'lastEvaluatedAt' | 'stale'
> & { readonly environments: readonly EnvironmentSummary[] };

/** All flags of a project, archived ones too: filtering is the page's. */
export function flagsQuery(project: string) {
  return queryOptions({
    queryKey: queryKeys.flags(project),
    queryFn: ({ signal }) => allPages<Flag>(path`/api/v1/projects/${project}/flags?archived=all`, signal),
  });
}

export function flagQuery(project: string, flag: string) {
  return queryOptions({
    queryKey: queryKeys.flag(project, flag),
    queryFn: ({ signal }) => request<Flag>(path`/api/v1/projects/${project}/flags/${flag}`, { signal }),
  });
}

/** Beyond so many the whole list is read. */
const MOST_READ = 20;

/**
 * Reads one flag again, and those that depend on it, and puts it into the list that is shown: with thousands of flags
 * the whole list would take longer than a change may take to be seen.
 */
export async function refreshInList(project: string, key: string): Promise<void> {
  const dependents = dependentsOf(queryClient.getQueryData(flagsQuery(project).queryKey) ?? [], key);
  if (dependents.length >= MOST_READ) return queryClient.invalidateQueries({ queryKey: queryKeys.flags(project) });
  for (const each of dependents)
    void queryClient.invalidateQueries({ queryKey: queryKeys.flag(project, each), exact: true });
  await Promise.all([key, ...dependents].map((each) => readIntoList(project, each)));
}

/** Flags that stand on another, at any distance: how lit they are is decided by that one, too. */
function dependentsOf(flags: readonly Flag[], key: string): readonly string[] {
  const found = new Set<string>();
  for (let near: readonly string[] = [key]; near.length > 0; ) {
    near = flags
      .filter(
        (flag) =>
          !found.has(flag.key) && flag.environments.some(({ needs = [] }) => needs.some((each) => near.includes(each))),
      )
      .map((flag) => flag.key);
    for (const each of near) found.add(each);
  }
  found.delete(key);
  return [...found];
}

async function readIntoList(project: string, key: string): Promise<void> {
  const { queryKey } = flagsQuery(project);
  if (queryClient.getQueryData(queryKey) === undefined) return;
  const fresh = await request<Flag>(path`/api/v1/projects/${project}/flags/${key}`).catch(() => null);
  if (fresh === null) return void queryClient.invalidateQueries({ queryKey });
  queryClient.setQueryData(queryKey, (flags) => {
    if (!flags) return flags;
    const index = flags.findIndex((flag) => flag.key === key);
    if (index >= 0) return flags.with(index, fresh);
    return [...flags, fresh].sort((one, other) => (one.key < other.key ? -1 : 1));
  });
}
