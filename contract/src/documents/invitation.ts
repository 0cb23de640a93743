import { z } from 'zod';
import { actorField } from '../actor.ts';
import { given, instantField, storedEmailField } from '../fields.ts';
import type { Immutable } from '../immutable.ts';
import { LIMITS } from '../limits.ts';
import { storedGrant } from './person.ts';

/**
 * A link that works once: the person who follows it chooses a password. The secret half of its code is the server's
 * alone.
 */
export const invitationBody = z
  .object({
    /** The public half of the link's code, by which it is looked up. */
    id: z.string(),
    /** `set-up`: the first person of a new server; `reset`: a new password for somebody who is there. */
    purpose: z.enum(['set-up', 'invitation', 'reset']),
    /** Whom it is for. `null`: the holder of the link of a new server. */
    email: storedEmailField.nullable(),
    /** Of a reset: whose. */
    person: z.string().nullable(),
    grants: z.array(storedGrant).max(LIMITS.grants),
    createdAt: instantField,
    createdBy: z.string(),
    /** Its maker: it works for as long as they could make it again. */
    maker: given(actorField.omit({ name: true })),
    expiresAt: instantField,
    usedAt: instantField.nullable(),
    /** Of a used reset: which of the passwords that were laid down in sign-in it puts in force. */
    settles: given(z.string()),
    revokedAt: instantField.nullable(),
  })
  .meta({ id: 'InvitationBody' });
export type InvitationBody = Immutable<z.output<typeof invitationBody>>;
