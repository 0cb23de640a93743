import { queryOptions } from '@tanstack/react-query';
import { path, request } from './request.ts';

/** How an instance stands to the rules that count now. */
export type InstanceStanding = 'failed' | 'behind' | 'current' | 'silent' | 'gone';

/** One SDK client, or a relay with many below it. Times in ms since 1970. */
export interface Instance {
  readonly instance: string | null;
  readonly application: string | null;
  /** E.g. `node/0.1.0`. */
  readonly sdk: string | null;
  /** False: it never says what it has applied. */
  readonly sendsReceipts: boolean;
  readonly audience: 'server' | 'browser';
  readonly standing: InstanceStanding;
  /** 0: it has gone, or it polls. */
  readonly streams: number;
  readonly connectedAt: number | null;
  readonly disconnectedAt: number | null;
  readonly appliedId: string | null;
  readonly appliedAt: number | null;
  /** From the change until it was applied, as the instance reports it. */
  readonly delayMs: number | null;
  readonly evaluatedId: string | null;
  readonly evaluatedAt: number | null;
  /** What it last could not take, and why. */
  readonly failure?: { readonly id: string; readonly message: string } | null;
  /** Of a relay: those connected below it. */
  readonly rollCall: { readonly connected: number; readonly silent: number } | null;
}

/** Who is connected to an environment. */
export interface Instances {
  /** The id that the environment's ruleset for servers is at. */
  readonly id: string;
  /** False: other servers cannot be asked. */
  readonly everywhere: boolean;
  readonly items: readonly Instance[];
}

const AGAIN_MS = 2_000;

/** Asked again and again: who comes and goes is no change of the log. */
export function instancesQuery(project: string, environment: string) {
  return queryOptions({
    queryKey: ['instances', project, environment],
    queryFn: ({ signal }) =>
      request<Instances>(path`/api/v1/projects/${project}/environments/${environment}/instances`, { signal }),
    refetchInterval: AGAIN_MS,
  });
}
