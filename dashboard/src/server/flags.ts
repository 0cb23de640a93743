import { queryOptions } from '@tanstack/react-query';
import { allPages } from './pages-of.ts';
import { queryClient } from './query-client.ts';
import { path, request } from './request.ts';

export type FlagType = 'boolean' | 'string' | 'number' | 'json' | 'launch' | 'migration';
export type Purpose = 'release' | 'launch' | 'experiment' | 'ops' | 'permission';

export interface Variation {
  readonly key: string;
  readonly value: unknown;
  readonly name?: string;
  readonly description?: string;
}

/** Who killed a flag, when (ms since 1970), and why. */
export interface Killed {
  readonly by: string;
  readonly at: number;
  readonly reason: string;
  /** Whether it was on before, which a restore brings back. Kills of before do not say. */
  readonly wasOn?: boolean;
  /** Who may restore it without a second person, until when (ms since 1970), if nothing has changed since. */
  readonly undo?: {
    readonly by: { readonly kind: string; readonly id: string };
    readonly until: number;
    readonly version: number;
  };
}

/** A flag in one environment, in short. */
export interface EnvironmentSummary {
  readonly environment: string;
  readonly on: boolean;
  readonly killed: Killed | null;
  /** Not served here until a change of its targeting has been approved. A server of before does not say. */
  readonly absent?: boolean;
  /** A prerequisite that nobody meets now, so that everybody gets the off variation. Older servers do not say. */
  readonly blockedBy?: string | null;
  /** Flags that are its prerequisites. Older servers do not say. */
  readonly needs?: readonly string[];
  /** How many rules there are before the fallthrough. */
  readonly rules: number;
  /** Who gets what where no rule matches. */
  readonly shares: readonly { readonly variation: string; readonly percent: number }[];
  /** What restoring it brings back where no rule matches; null unless it is killed. Older servers do not say. */
  readonly restores?: { readonly on?: boolean; readonly shares: EnvironmentSummary['shares'] } | null;
  readonly version: number;
  readonly revision: number;
}

/** What is the same in all environments, and how each of them stands. */
export interface Flag {
  readonly project: string;
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly type: FlagType;
  readonly purpose: Purpose;
  readonly variations: readonly Variation[];
  readonly tags: readonly string[];
  readonly owner: string;
  readonly browser: boolean;
  readonly archived: boolean;
  readonly seed: string;
  readonly createdAt: number;
  readonly version: number;
  readonly revision: number;
  readonly environments: readonly EnvironmentSummary[];
  readonly lastChange?: { readonly revision: number; readonly at: number; readonly by: string } | null;
  readonly lastEvaluatedAt?: number | null;
  readonly stale?: null | 'not-evaluated' | 'served-to-all';
}

/** All flags of a project, archived ones too: filtering is the page's. */
export function flagsQuery(project: string) {
  return queryOptions({
    queryKey: ['flags', project],
    queryFn: ({ signal }) => allPages<Flag>(path`/api/v1/projects/${project}/flags?archived=all`, signal),
  });
}

export function flagQuery(project: string, flag: string) {
  return queryOptions({
    queryKey: ['flag', project, flag],
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
  if (dependents.length >= MOST_READ) return queryClient.invalidateQueries({ queryKey: ['flags', project] });
  for (const each of dependents) void queryClient.invalidateQueries({ queryKey: ['flag', project, each], exact: true });
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
