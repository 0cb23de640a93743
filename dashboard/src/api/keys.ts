import type { KeyListed, Minted } from '@dimmer/contract';
import { queryOptions } from '@tanstack/react-query';
import type { Role } from './me.ts';
import type { Older } from './older-server.ts';
import { allPages } from './pages-of.ts';
import { queryKeys } from './query-keys.ts';
import { path, request } from './request.ts';

export type { Minted };

/** What opens an environment for SDKs (`server`, `browser`), or the admin API (`admin`). Times are ms since 1970. */
export type Key = Older<KeyListed, 'lastUsedAt'>;

export function environmentKeysQuery(project: string, environment: string) {
  return queryOptions({
    queryKey: queryKeys.environmentKeys(project, environment),
    queryFn: ({ signal }) =>
      allPages<Key>(path`/api/v1/projects/${project}/environments/${environment}/keys`, signal).then(newestFirst),
  });
}

/** Admin tokens that the caller may manage, of all projects. */
export const adminTokensQuery = queryOptions({
  queryKey: queryKeys.adminTokens,
  queryFn: ({ signal }) => allPages<Key>('/api/v1/keys', signal).then(newestFirst),
});

interface KeyInput {
  readonly name: string;
  readonly expiresAt?: number;
  readonly reason?: string;
}

export function createKey(
  project: string,
  environment: string,
  input: KeyInput & { readonly kind: 'server' | 'browser' },
): Promise<Minted> {
  return request<Minted>(path`/api/v1/projects/${project}/environments/${environment}/keys`, { body: input });
}

export function createAdminToken(
  input: KeyInput & { readonly role: Role; readonly project?: string; readonly environment?: string },
): Promise<Minted> {
  return request<Minted>('/api/v1/keys', { body: input });
}

/** @param overlapMs how long the old one goes on working */
export function rotateKey(selector: string, overlapMs: number, reason: string | undefined): Promise<Minted> {
  return request<Minted>(path`/api/v1/keys/${selector}/rotate`, { body: { overlapMs, ...(reason && { reason }) } });
}

export function revokeKey(selector: string, reason: string | undefined): Promise<unknown> {
  return request(path`/api/v1/keys/${selector}/revoke`, { body: { ...(reason && { reason }) } });
}

/** Those that work, the newest first; then those that do not. */
function newestFirst(keys: readonly Key[]): readonly Key[] {
  const rank = ({ status }: Key): number => (status === 'live' ? 0 : 1);
  return [...keys].sort((one, other) => rank(one) - rank(other) || other.createdAt - one.createdAt);
}
