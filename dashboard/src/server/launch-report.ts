import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';
import { targetingPath } from './targeting.ts';
import type { Write } from './write.ts';

const REFRESH_MS = 10_000;

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

export type Audience = 'all' | 'server' | 'browser';
export type Dials = Readonly<Record<string, number | readonly string[] | undefined>>;

/** What SDKs observed of a launch or migration. */
export interface LaunchReport {
  readonly from: number;
  readonly to: number;
  readonly verdict: {
    readonly ready: boolean;
    readonly sentence: string;
    readonly reasons: readonly { readonly code: string; readonly sentence: string }[];
  };
  readonly paths: readonly PathReport[];
  readonly mismatches: Rate;
  readonly noise: Rate;
  readonly ignored: number;
  readonly failed: number;
  readonly clusters: readonly Cluster[];
  readonly shadows: number;
  readonly shed: readonly { readonly cause: string; readonly count: number; readonly share: number }[];
  readonly audiences: { readonly server: number; readonly browser: number };
  /** Found no room on the server: the figures are without it. */
  readonly leftOut: { readonly [part: string]: number };
  readonly dials: Dials;
}

export function launchReportQuery(
  project: string,
  flag: string,
  environment: string,
  { lastMs, audience }: { readonly lastMs: number; readonly audience: Audience },
) {
  return queryOptions({
    queryKey: ['launch', project, flag, environment, lastMs, audience],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ from: String(Date.now() - lastMs), audience });
      return request<LaunchReport>(`${targetingPath(project, flag, environment)}/launch?${query}`, { signal });
    },
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
}

/** Turns some dials; `null` gives one back to the code. */
export function dialsWrite(project: string, flag: string, environment: string, dials: object): Write {
  return { url: `${targetingPath(project, flag, environment)}/dials`, method: 'PATCH', body: dials };
}
