import { timingSafeEqual } from 'node:crypto';
import { hashSecret } from '../access/token.ts';
import { linkWorks } from '../commands/invitations.ts';
import type { StoredInvitation } from '../documents/invitation.ts';
import type { State } from '../state/state.ts';

const CODE = /^([\w-]{22})_([\w-]{43})$/;
/** Constant time: compared where there is no such link, so that a guess takes as long as a near miss. */
const NO_HASH = '0'.repeat(64);

/** The open link that a code belongs to; `null`: unknown, or it no longer works. */
export function findInvitation(state: State, code: string, now: number): StoredInvitation | null {
  const [, selector = '', secret = ''] = CODE.exec(code) ?? [];
  const invitation = state.invitation(selector)?.body;
  const isRight = timingSafeEqual(
    Buffer.from(hashSecret(secret), 'hex'),
    Buffer.from(invitation?.secretHash ?? NO_HASH, 'hex'),
  );
  return invitation && isRight && linkWorks(state, invitation, now) ? invitation : null;
}
