import { LIMITS } from '@dimmer/contract';
import { type Grant, knownGrants, mayActFor, mayGrant } from '../access/can.ts';
import { credentialNow } from '../access/credential-now.ts';
import { place } from '../documents/document.ts';
import { isSameAddress } from '../documents/email-address.ts';
import type { StoredInvitation } from '../documents/invitation.ts';
import type { State } from '../state/state.ts';
import { accept, type Command } from './command.ts';
import { endLinks, endResets, invitationStatus, mayEndLink } from './open-links.ts';
import { grantsProblem, newPersonProblem, personOf } from './people.ts';
import { type Refused, refuse } from './refusal.ts';

const DAY_MS = 86_400_000;
/** Links travel by chat and e-mail; they should not lie there working. */
const LIFETIME_MS = { 'set-up': 30 * DAY_MS, invitation: 7 * DAY_MS, reset: DAY_MS } as const;

/** The stored halves of a link's code. */
interface LinkHalves {
  readonly selector: string;
  readonly secretHash: string;
}

/** What a link is for. */
export interface LinkPurpose {
  readonly purpose: StoredInvitation['purpose'];
  readonly email: string | null;
  readonly person: string | null;
  readonly grants: readonly Grant[];
}

/**
 * Makes a link that works once, in the place of those for the same purpose and person that its maker could end: who
 * makes another means the older ones to be over, and there is one to look after. Refuses: `PERSON_EXISTS`,
 * `PERSON_NOT_FOUND`, `PROJECT_NOT_FOUND`, `LIMIT_EXCEEDED`.
 */
export function createInvitation(
  { purpose, email, person, grants }: LinkPurpose,
  { selector, secretHash }: LinkHalves,
): Command {
  const about = place.invitation(selector);
  const subject = person ?? email ?? purpose;
  return {
    name: `invitation.${purpose}`,
    project: null,
    environment: null,
    subject,
    about,
    decide(state, { now, actor }) {
      const problem = grantsProblem(state, grants) ?? purposeProblem(state, { purpose, email, person });
      if (problem) return problem;
      const open = [...state.invitations()].filter(({ body }) => invitationStatus(body, now) === 'open');
      const maker = credentialNow(state, actor, now);
      const older = open.filter(
        ({ body }) =>
          body.purpose === purpose &&
          body.person === person &&
          (email === null ? body.email === null : isSameAddress(body.email, email)) &&
          maker !== null &&
          mayEndLink(state, maker, body),
      );
      if (open.length - older.length >= LIMITS.openInvitations) {
        return refuse('LIMIT_EXCEEDED', `${LIMITS.openInvitations} links are open, and that is the limit.`, {
          fix: 'Revoke some that are not needed.',
        });
      }
      const body: StoredInvitation = {
        id: selector,
        secretHash,
        purpose,
        email,
        person,
        grants: [...grants],
        createdAt: now,
        createdBy: actor.name,
        maker: { kind: actor.kind, id: actor.id },
        expiresAt: now + LIFETIME_MS[purpose],
        usedAt: null,
        revokedAt: null,
      };
      return accept([{ ...about, body }, ...endLinks(older, now)]);
    },
  };
}

/** Ends all links for a new password of somebody who has chosen one. */
export function revokeResets(person: string): Command {
  const about = place.person(person);
  return {
    name: 'invitation.revoke',
    project: null,
    environment: null,
    subject: person,
    about,
    decide: (state, { now }) => accept(endResets(state, person, now)),
  };
}

function purposeProblem(state: State, { purpose, email, person }: Omit<LinkPurpose, 'grants'>): Refused | null {
  if (purpose === 'reset') {
    if (person !== null && state.person(person)) return null;
    return refuse('PERSON_NOT_FOUND', `There is no person "${person}".`);
  }
  return email === null ? null : newPersonProblem(state, email);
}

/** Ends a link. Refuses: `INVITATION_NOT_FOUND`. */
export function revokeInvitation(id: string): Command {
  const about = place.invitation(id);
  return {
    name: 'invitation.revoke',
    project: null,
    environment: null,
    subject: id,
    about,
    decide(state, { now }) {
      const found = state.invitation(id);
      if (!found) return refuse('INVITATION_NOT_FOUND', `There is no invitation "${id}".`);
      return accept([{ ...about, body: { ...found.body, revokedAt: found.body.revokedAt ?? now } }]);
    },
  };
}

/**
 * Uses a link up: of two who follow it at once, one gets in. Makes the person, unless it is for one who is there.
 * Refuses: `LINK_INVALID`, `PERSON_EXISTS`.
 *
 * @param settles of a reset: the name of the password that waits for this in sign-in
 */
export function acceptInvitation(
  id: string,
  account: { readonly id: string; readonly email: string; readonly name: string },
  settles?: string,
): Command {
  const about = place.invitation(id);
  return {
    name: 'invitation.accept',
    project: null,
    environment: null,
    subject: account.id,
    about,
    decide(state, { now }) {
      const found = state.invitation(id);
      if (!found || !linkWorks(state, found.body, now)) return refuseLink();
      const used = { ...about, body: { ...found.body, usedAt: now, ...(settles !== undefined && { settles }) } };
      if (found.body.purpose === 'reset') return accept([used, ...endResets(state, account.id, now, id)]);
      // A server is set up once, however many links were printed.
      if (found.body.purpose === 'set-up' && [...state.people()].length > 0) return refuseLink();
      const problem = newPersonProblem(state, account.email);
      if (problem) return problem;
      const person = personOf({ ...account, grants: knownGrants(found.body) }, now);
      return accept([used, { ...place.person(account.id), body: person }]);
    },
  };
}

/**
 * Whether a link is open, and its maker could make it today. Else somebody who was let go would have a way back in
 * his drawer, and a link made for a viewer would open the account of the admin that he has become.
 */
export function linkWorks(state: State, invitation: StoredInvitation, now: number): boolean {
  if (invitationStatus(invitation, now) !== 'open') return false;
  const { purpose, person, maker } = invitation;
  const by = maker ? credentialNow(state, maker, now) : null;
  if (by === null) return false;
  if (purpose !== 'reset') return knownGrants(invitation).every((grant) => mayGrant(by, grant));
  const whose = state.person(person ?? '')?.body;
  return whose !== undefined && mayActFor(by, knownGrants(whose));
}

/** Unknown, used, expired and revoked links are told alike: a guess must not learn anything. */
export function refuseLink(): Refused {
  return refuse('LINK_INVALID', 'This link does not work: it has been used, has expired, or was withdrawn.', {
    fix: 'Ask an administrator for a new one. If you have set a password already, sign in.',
  });
}
