import { queryOptions } from '@tanstack/react-query';
import type { Actor, DocumentDifference } from './changes.ts';
import { allPages } from './pages-of.ts';
import { path, request } from './request.ts';

export type RequestState = 'open' | 'approved' | 'scheduled' | 'applied' | 'rejected' | 'withdrawn' | 'failed';

/** A change that waits for a second person. Times in ms since 1970. */
export interface ChangeRequest {
  readonly id: string;
  readonly project: string;
  /** `null`: it touches all environments. */
  readonly environment: string | null;
  /** E.g. `flag.rollout new-checkout`. */
  readonly title: string;
  readonly reason: string;
  readonly call: { readonly method: string; readonly path: string; readonly body: Readonly<Record<string, unknown>> };
  readonly state: RequestState;
  readonly createdBy: Actor;
  readonly createdAt: number;
  readonly approvals: readonly { readonly by: Actor; readonly at: number; readonly comment: string }[];
  readonly applyAt: number | null;
  readonly scheduledBy: Actor | null;
  readonly appliedRevision: number | null;
  /** Why it was rejected, or could not be applied. */
  readonly problem: string | null;
  readonly version: number;
  /** Of one that waits: what it would change now, … */
  readonly documents?: readonly DocumentDifference[];
  /** … or why it could not. */
  readonly refusal?: { readonly code: string; readonly message: string; readonly fix?: string };
}

const WAITING: readonly RequestState[] = ['open', 'approved', 'scheduled', 'failed'];

/** Whether somebody still has to do something about it. */
export function isWaiting({ state }: ChangeRequest): boolean {
  return WAITING.includes(state);
}

export function changeRequestsQuery(project: string) {
  return queryOptions({
    queryKey: ['change-requests', project],
    queryFn: ({ signal }) => allPages<ChangeRequest>(path`/api/v1/projects/${project}/change-requests`, signal),
  });
}

export function changeRequestQuery(project: string, id: string) {
  return queryOptions({
    queryKey: ['change-requests', project, 'one', id],
    queryFn: ({ signal }) => request<ChangeRequest>(requestPath(project, id), { signal }),
  });
}

export function requestPath(project: string, id: string): string {
  return path`/api/v1/projects/${project}/change-requests/${id}`;
}
