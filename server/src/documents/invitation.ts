import { type Immutable, invitationBody } from '@dimmer/contract';
import { z } from 'zod';

/** A link as it is stored, with what nobody is shown. */
export const storedInvitation = invitationBody.extend({
  /** SHA-256 of the secret half, hex. */
  secretHash: z.string(),
});
export type StoredInvitation = Immutable<z.output<typeof storedInvitation>>;
