import type { LaunchReport } from '@dimmer/contract';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { queryKeys } from './query-keys.ts';
import { request } from './request.ts';
import { targetingPath } from './targeting.ts';
import type { Write } from './write.ts';

const REFRESH_MS = 10_000;
/** A report on a long time is much work for the server, and changes little. */
const LONG_MS = 6 * 3_600_000;
const REFRESH_LONG_MS = 60_000;

export type { LaunchReport };

/** How one of the two codes did. */
export type PathReport = LaunchReport['paths'][number];
/** Results that differ at one place. */
export type Cluster = LaunchReport['clusters'][number];
/** How many of something there were, by cause; `words` are for people. */
export type CauseCount = LaunchReport['shed'][number];
/** Whether callers wait longer because of the shadows, by pairs of windows with and without them. */
export type Harm = NonNullable<LaunchReport['harm']>;
export type ApplicationFigures = LaunchReport['applications'][number];
export type Audience = LaunchReport['audience'];
export type Dials = LaunchReport['dials'];

/** What a report is to be about. */
export interface ReportFilter {
  /** Back from now, ms; or since the last change of the flag's rules. */
  readonly time: number | 'change';
  readonly audience: Audience;
  readonly application?: string | undefined;
  readonly version?: string | undefined;
  readonly instance?: string | undefined;
  /** A further candidate, instead of the one that is to go live. */
  readonly candidate?: string | undefined;
}

export function launchReportQuery(project: string, flag: string, environment: string, filter: ReportFilter) {
  return queryOptions({
    queryKey: queryKeys.launchReport(project, flag, environment, filter),
    queryFn: ({ signal }) => {
      const { time, ...names } = filter;
      const given = Object.entries(names).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const from = time === 'change' ? time : String(Date.now() - time);
      const query = new URLSearchParams([['from', from], ...given]);
      return request<LaunchReport>(`${targetingPath(project, flag, environment)}/launch?${query}`, { signal });
    },
    refetchInterval: typeof filter.time === 'number' && filter.time > LONG_MS ? REFRESH_LONG_MS : REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}

/** Turns some dials; `null` gives one back to the code. */
export function dialsWrite(project: string, flag: string, environment: string, dials: object): Write {
  return { url: `${targetingPath(project, flag, environment)}/dials`, method: 'PATCH', body: dials };
}
