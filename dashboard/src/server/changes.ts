import { queryOptions } from '@tanstack/react-query';
import { path, request } from './request.ts';

/** Who did it. */
export interface Actor {
  readonly kind: 'person' | 'token' | 'system';
  readonly id: string;
  readonly name: string;
}

/** One entry of the log. */
export interface Change {
  readonly revision: number;
  readonly id: string;
  /** Ms since 1970. */
  readonly at: number;
  readonly actor: Actor;
  /** E.g. `flag.rollout`. */
  readonly command: string;
  readonly project: string | null;
  readonly environment: string | null;
  /** The key of what it is about. */
  readonly subject: string;
  readonly reason: string | null;
  readonly writeCount: number;
  readonly writes: readonly {
    readonly kind: string;
    readonly id: string;
    readonly version: number;
    readonly deleted: boolean;
  }[];
}

/** One document before and after; `null` = it was not there, or is gone. */
export interface DocumentDifference {
  readonly kind: string;
  readonly id: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Which changes are asked for. */
export interface ChangesQuery {
  readonly project?: string;
  readonly environment?: string;
  readonly flag?: string;
  readonly segment?: string;
  /** Only those before this revision. */
  readonly before?: number;
  /** RFC 3339, or ms since 1970. */
  readonly since?: string;
  /** A part of the name of who did it. */
  readonly by?: string;
  readonly limit?: number;
}

interface ChangesPage {
  readonly items: readonly Change[];
  /** For `before` of the page that follows. */
  readonly next: number | null;
}

export function changesQuery(query: ChangesQuery) {
  return queryOptions({
    queryKey: ['changes', query],
    queryFn: ({ signal }) => readChanges(query, signal),
  });
}

export function readChanges(query: ChangesQuery, signal?: AbortSignal): Promise<ChangesPage> {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return request<ChangesPage>(`/api/v1/changes?${search}`, signal ? { signal } : {});
}

export function changeQuery(revision: number) {
  return queryOptions({
    queryKey: ['change', revision],
    queryFn: ({ signal }) =>
      request<Change & { readonly documents: readonly DocumentDifference[] }>(path`/api/v1/changes/${revision}`, {
        signal,
      }),
  });
}
