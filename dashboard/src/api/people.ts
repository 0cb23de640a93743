import type { InvitationListed, MadeLink, PersonListed } from '@dimmer/contract';
import { queryOptions } from '@tanstack/react-query';
import type { Grant } from './me.ts';
import { allPages } from './pages-of.ts';
import { queryKeys } from './query-keys.ts';
import { path, request } from './request.ts';

export type { MadeLink };

/** Somebody who can sign in. Times are ms since 1970. */
export type Person = PersonListed;
/** A link that was made for somebody. */
export type Invitation = InvitationListed;

export const peopleQuery = queryOptions({
  queryKey: queryKeys.people,
  queryFn: ({ signal }) => allPages<Person>('/api/v1/people', signal),
});

export const invitationsQuery = queryOptions({
  queryKey: queryKeys.invitations,
  queryFn: ({ signal }) => allPages<Invitation>('/api/v1/invitations', signal),
});

export function invite(email: string, grants: readonly Grant[]): Promise<MadeLink> {
  return request<MadeLink>('/api/v1/invitations', { body: { email, grants } });
}

export function makeResetLink(person: string): Promise<MadeLink> {
  return request<MadeLink>(path`/api/v1/people/${person}/reset-link`, { method: 'POST' });
}

export function revokeInvitation(invitation: string, reason: string | undefined): Promise<unknown> {
  return request(path`/api/v1/invitations/${invitation}/revoke`, { body: { ...(reason && { reason }) } });
}

interface PersonChanges {
  readonly name?: string;
  readonly grants?: readonly Grant[];
  readonly reason?: string;
}

/** @param version that the change was made from: two admins must not undo each other unseen */
export function updatePerson(person: string, changes: PersonChanges, version?: number): Promise<unknown> {
  return request(path`/api/v1/people/${person}`, { method: 'PATCH', body: changes, version });
}

export function setDisabled(person: string, isDisabled: boolean, reason: string | undefined): Promise<unknown> {
  const act = isDisabled ? 'disable' : 'enable';
  return request(`${path`/api/v1/people/${person}`}/${act}`, { body: { ...(reason && { reason }) } });
}
