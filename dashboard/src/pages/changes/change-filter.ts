import type { ChangesQuery } from '../../api/changes.ts';
import type { Grant } from '../../api/me.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** How far back, by the name that stands in the address. */
export const WINDOWS = {
  '1h': { label: 'Last hour', ms: HOUR_MS },
  '24h': { label: 'Last 24 hours', ms: 24 * HOUR_MS },
  '7d': { label: 'Last 7 days', ms: 7 * 24 * HOUR_MS },
  '30d': { label: 'Last 30 days', ms: 30 * 24 * HOUR_MS },
} as const;

type Window = keyof typeof WINDOWS;

/** Which changes are looked at. All of it stands in the address, so that it can be sent to somebody. */
export interface ChangeFilter {
  readonly project: string | null;
  readonly environment: string | null;
  readonly flag: string | null;
  /** A part of a name. */
  readonly person: string | null;
  readonly window: Window | null;
}

/** @param project of the page; `null`: the audit of all, where one may be chosen */
export function filterOf(search: URLSearchParams, project: string | null): ChangeFilter {
  const get = (name: string): string | null => search.get(name) || null;
  const window = get('since');
  const chosen = project ?? get('project');
  return {
    project: chosen,
    // Keys are unique within a project only.
    environment: chosen === null ? null : get('environment'),
    flag: chosen === null ? null : get('flag'),
    person: get('person'),
    window: window !== null && Object.hasOwn(WINDOWS, window) ? (window as Window) : null,
  };
}

/**
 * What the server is asked for.
 *
 * @param now ms since 1970; whole minutes are taken, so that one question keeps its name for a while
 */
export function queryOf({ project, environment, flag, person, window }: ChangeFilter, now: number): ChangesQuery {
  const since = window && Math.floor((now - WINDOWS[window].ms) / MINUTE_MS) * MINUTE_MS;
  return {
    ...(project !== null && { project }),
    ...(environment !== null && { environment }),
    ...(flag !== null && { flag }),
    ...(since !== null && { since: String(since) }),
    ...(person !== null && { by: person }),
  };
}

/** Somebody who may see single environments only has to ask for one; `null`: they see all of the project. */
export function onlyEnvironment(grants: readonly Grant[], project: string | null): string | null {
  const reaching = grants.filter((grant) => grant.project === null || grant.project === project);
  const seesAll = reaching.some(({ environment }) => environment === null);
  return seesAll ? null : (reaching[0]?.environment ?? null);
}
