import { type Grant, knownGrants, mayActFor } from '../access/can.ts';
import { type Draft, type Live, place } from '../documents/document.ts';
import type { StoredInvitation } from '../documents/invitation.ts';
import type { State } from '../state/state.ts';

/** The status of a link, without regard to its maker's rights. */
export function invitationStatus(
  { usedAt, revokedAt, expiresAt }: StoredInvitation,
  now: number,
): 'open' | 'used' | 'expired' | 'revoked' {
  if (usedAt !== null) return 'used';
  if (revokedAt !== null) return 'revoked';
  return expiresAt <= now ? 'expired' : 'open';
}

/** Whether an actor may end a link: if they could have made it. */
export function mayEndLink(
  state: State,
  actor: { readonly grants: readonly Grant[] },
  invitation: StoredInvitation,
): boolean {
  return mayActFor(actor, knownGrants(state.person(invitation.person ?? '')?.body ?? invitation));
}

/** The drafts that end some links. */
export function endLinks(links: readonly Live<'invitation'>[], now: number): Draft[] {
  return links.map(({ id, body }) => ({ ...place.invitation(id), body: { ...body, revokedAt: now } }));
}

/** The drafts that end all links by which somebody could choose a new password, but one. */
export function endResets(state: State, person: string, now: number, but: string | null = null): Draft[] {
  const open = [...state.invitations()].filter(
    ({ id, body }) =>
      id !== but && body.purpose === 'reset' && body.person === person && invitationStatus(body, now) === 'open',
  );
  return endLinks(open, now);
}
