import { z } from 'zod';
import { invitationBody } from '../documents/invitation.ts';
import { personBody } from '../documents/person.ts';
import type { Immutable } from '../immutable.ts';
import { ROLES } from '../roles.ts';
import { documentAnswer } from './document.ts';
import { writeAnswer } from './write.ts';

export const person = documentAnswer('Person', personBody.shape);

/** One in a list. */
export const personListed = documentAnswer('PersonListed', {
  ...personBody.shape,
  twoFactor: z.boolean().optional().meta({
    description: 'Whether signing in takes a second factor. Left out of who has no account by which to sign in.',
  }),
  lastSeenAt: z.number().int().nullable().optional().meta({
    description: 'When they last signed in; null: they have no session.',
  }),
});

export const invitation = documentAnswer('Invitation', invitationBody.shape);

/** One in a list. */
export const invitationListed = documentAnswer('InvitationListed', {
  ...invitationBody.shape,
  status: z.enum(['open', 'used', 'expired', 'revoked']),
});

export const linkAnswer = writeAnswer(invitation, {
  link: z.string().meta({ description: 'Works once. It is shown now and never again.' }),
});

/** Who asks, and what they may do. */
export const meAnswer = z
  .object({
    kind: z.enum(['person', 'token']),
    id: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    twoFactor: z.boolean().nullable().meta({ description: 'Whether signing in takes a second factor.' }),
    grants: z
      .array(z.object({ role: z.enum(ROLES), project: z.string().nullable(), environment: z.string().nullable() }))
      .meta({ description: 'Roles, and how far each reaches; null: everywhere.' }),
    server: z.object({ version: z.string() }),
  })
  .meta({ id: 'Me' });

export type Person = Immutable<z.output<typeof person>>;
export type PersonListed = Immutable<z.output<typeof personListed>>;
export type Invitation = Immutable<z.output<typeof invitation>>;
export type InvitationListed = Immutable<z.output<typeof invitationListed>>;
export type MadeLink = Immutable<z.output<typeof linkAnswer>>;
export type Me = Immutable<z.output<typeof meAnswer>>;
