import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';
import { targetingPath } from './targeting.ts';
import type { Write } from './write.ts';

const REFRESH_MS = 10_000;
/** A report on a long time is much work for the server, and changes little. */
const LONG_MS = 6 * 3_600_000;
const REFRESH_LONG_MS = 60_000;

/** A share of a whole, 0–1, with the interval in which it lies with 95 % confidence. */
interface Rate {
  readonly count: number;
  readonly of: number;
  readonly rate: number | null;
  readonly low: number;
  readonly high: number;
}

interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** How one of the two codes did. */
export interface PathReport {
  readonly variation: string;
  readonly path: 'control' | 'candidate';
  readonly role: string;
  readonly operation: 'read' | 'write' | null;
  readonly calls: number;
  readonly hanging: number;
  readonly errors: Rate;
  readonly errorClasses: Readonly<Record<string, number>>;
  readonly errorUnits: number;
  readonly latencyMs: Quantiles | null;
}

/** Results that differ at one place. */
export interface Cluster {
  /** JSON pointer; '': as a whole. */
  readonly path: string;
  readonly kind: string;
  readonly count: number;
  readonly share: number;
  readonly samples: readonly { readonly control: string; readonly candidate: string; readonly at: number }[];
}

/** How many of something there were, by cause; `words` are for people. */
export interface CauseCount {
  readonly cause: string;
  readonly words: string;
  readonly count: number;
  readonly share: number;
}

/** Whether callers wait longer because of the shadows, by pairs of windows with and without them. */
export interface Harm {
  readonly worse: number;
  readonly better: number;
  readonly seen: boolean;
  readonly slight: { readonly longer: number; readonly of: number; readonly seen: boolean };
  readonly withMs: Quantiles | null;
  readonly withoutMs: Quantiles | null;
  readonly sharePercent: { readonly low: number; readonly high: number };
  readonly stops: number;
  readonly harmedAtPercent: number | null;
  readonly hold: { readonly sharePercent: number; readonly at: number } | null;
}

/** How those of one name did. */
interface TellerFigures {
  readonly calls: number;
  readonly errors: number;
  readonly compared: number;
  readonly different: number;
  readonly first: number;
  readonly last: number;
}

export interface ApplicationFigures extends TellerFigures {
  readonly application: string | null;
  readonly version: string | null;
}

interface CandidateFigures extends TellerFigures {
  readonly candidate: string;
}

interface InstanceFigures extends TellerFigures {
  readonly instance: string | null;
  readonly application: string | null;
}

export type Audience = 'all' | 'server' | 'browser';
export type Dials = Readonly<Record<string, number | readonly string[] | undefined>>;

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

/** What SDKs observed of a launch or migration. */
export interface LaunchReport {
  readonly from: number;
  readonly to: number;
  readonly since: { readonly revision: number; readonly at: number } | null;
  readonly verdict: {
    readonly ready: boolean;
    readonly sentence: string;
    readonly reasons: readonly { readonly code: string; readonly sentence: string }[];
  };
  readonly paths: readonly PathReport[];
  readonly mismatches: Rate;
  readonly noise: Rate;
  readonly ignored: number;
  readonly ignoredWhole: number;
  readonly failed: number;
  readonly notCompared: readonly CauseCount[];
  readonly clusters: readonly Cluster[];
  readonly shadows: number;
  readonly shed: readonly CauseCount[];
  readonly harm: Harm | null;
  readonly audiences: { readonly server: number; readonly browser: number };
  /** Who has told of it in this time, whatever the report was narrowed down to. */
  readonly applications: readonly ApplicationFigures[];
  readonly instances: readonly InstanceFigures[];
  readonly candidates: readonly CandidateFigures[];
  /** Found no room on the server: the figures are without it. */
  readonly leftOut: { readonly [part: string]: number };
  readonly dials: Dials;
}

export function launchReportQuery(project: string, flag: string, environment: string, filter: ReportFilter) {
  return queryOptions({
    queryKey: ['launch', project, flag, environment, filter],
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
