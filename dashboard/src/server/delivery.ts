import { queryOptions } from '@tanstack/react-query';
import { path, request } from './request.ts';

interface Standing {
  readonly connected: number;
  readonly applied: number;
  readonly pending: number;
  /** Connected, and never say what they apply. */
  readonly silent: number;
}

/** How far a change has come in one environment. */
export interface Propagation extends Standing {
  readonly environment: string;
  readonly revision: number;
  readonly id: string;
  readonly complete: boolean;
  /** False: other servers cannot be asked. */
  readonly everywhere: boolean;
  /** There around the change, and not heard of since; absent: a server of before. */
  readonly lost?: number;
  readonly browsers: Standing & {
    /** To which only browsers come: those below are not counted; absent: a server of before. */
    readonly unprovenRelays?: number;
  };
  /** Of `count` of them; absent: a server of before. */
  readonly delayMs: {
    readonly count?: number;
    readonly p50: number;
    readonly p99: number;
    readonly max: number;
  } | null;
  /** How long ago it was committed, by the server's clock; absent: a server of before. */
  readonly ageMs?: number;
  readonly stragglers: readonly Straggler[];
  /** Who has told of evaluations by older rules since, connected or not. */
  readonly evaluatingOlder?: { readonly instances: number; readonly lastAt: number | null };
}

/** Who has not applied it. */
interface Straggler {
  readonly instance: string | null;
  readonly application: string | null;
  readonly appliedId: string | null;
  /** The relays that it is connected through; empty: none. */
  readonly via?: string;
  /** Why it cannot take it. */
  readonly failure?: string | null;
  /** It has no stream: it takes the change when it asks again. */
  readonly polls?: boolean;
}

const WATCHING_MS = 150;
const RESTING_MS = 5_000;
/** An instance that is missing after half a minute will be missing for longer. */
const PATIENT_AFTER = 200;
const PATIENT_MS = 1_000;

/**
 * Whether a change has reached everybody; asked again and again until it has.
 *
 * @param revision of a change; without it, the last one of the environment
 */
export function propagationQuery(project: string, environment: string, revision?: number) {
  const query = revision === undefined ? '' : `?revision=${revision}`;
  return queryOptions({
    queryKey: ['propagation', project, environment, revision ?? 'last'],
    queryFn: ({ signal }) =>
      request<Propagation>(path`/api/v1/projects/${project}/environments/${environment}/propagation` + query, {
        signal,
      }),
    refetchInterval: ({ state }) => {
      if (state.data?.complete) return RESTING_MS;
      return state.dataUpdateCount > PATIENT_AFTER || state.error ? PATIENT_MS : WATCHING_MS;
    },
  });
}
