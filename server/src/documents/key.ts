import { type Immutable, keyBody } from '@dimmer/contract';
import { z } from 'zod';

/** A key as it is stored, with what nobody is shown. */
export const storedKey = keyBody.extend({
  /** SHA-256 of the secret half, hex. `null`: browser keys have no secret. */
  secretHash: z.string().nullable(),
});
export type StoredKey = Immutable<z.output<typeof storedKey>>;
