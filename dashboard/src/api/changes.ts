import type { Change, ChangeWithDocuments, DocumentDifference, History } from '@dimmer/contract';
import { queryOptions } from '@tanstack/react-query';
import { queryKeys } from './query-keys.ts';
import { path, request } from './request.ts';

export type { Change, DocumentDifference };

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

export function changesQuery(query: ChangesQuery) {
  return queryOptions({
    queryKey: queryKeys.changesOf(query),
    queryFn: ({ signal }) => readChanges(query, signal),
  });
}

export function readChanges(query: ChangesQuery, signal?: AbortSignal): Promise<History> {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  return request<History>(`/api/v1/changes?${search}`, signal ? { signal } : {});
}

export function changeQuery(revision: number) {
  return queryOptions({
    queryKey: queryKeys.change(revision),
    queryFn: ({ signal }) =>
      request<ChangeWithDocuments>(path`/api/v1/changes/${revision}`, {
        signal,
      }),
  });
}
