import type { ChangeRequestNow } from '@dimmer/contract';
import { queryOptions } from '@tanstack/react-query';
import { allPages } from './pages-of.ts';
import { queryKeys } from './query-keys.ts';
import { path, request } from './request.ts';

export type ChangeRequest = ChangeRequestNow;
export type RequestState = ChangeRequest['state'];

const WAITING: readonly RequestState[] = ['open', 'approved', 'scheduled', 'failed'];

/** Whether somebody still has to do something about it. */
export function isWaiting({ state }: ChangeRequest): boolean {
  return WAITING.includes(state);
}

export function changeRequestsQuery(project: string) {
  return queryOptions({
    queryKey: queryKeys.changeRequests(project),
    queryFn: ({ signal }) => allPages<ChangeRequest>(path`/api/v1/projects/${project}/change-requests`, signal),
  });
}

export function changeRequestQuery(project: string, id: string) {
  return queryOptions({
    queryKey: queryKeys.changeRequest(project, id),
    queryFn: ({ signal }) => request<ChangeRequest>(requestPath(project, id), { signal }),
  });
}

export function requestPath(project: string, id: string): string {
  return path`/api/v1/projects/${project}/change-requests/${id}`;
}
