import { z } from 'zod';
import { given, instantField, keyField, nameField, storedEmailField } from '../fields.ts';
import type { Immutable } from '../immutable.ts';
import { LIMITS } from '../limits.ts';
import { storedRole } from '../roles.ts';

// Why: decision 0098.
/** A role and how far it reaches. The role is a name, because a newer server may know more of them. */
export const storedGrant = z.object({
  role: storedRole,
  project: keyField.nullable(),
  environment: keyField.nullable(),
});

/** Somebody who may sign in, and what they may do. */
export const personBody = z
  .object({
    /** The same as in the tables of sign-in, which keep what is secret. */
    id: z.string().min(1).max(LIMITS.keyCharacters),
    email: storedEmailField,
    name: nameField,
    grants: z.array(storedGrant).max(LIMITS.grants),
    createdAt: instantField,
    /** Since when they may no longer come in. */
    disabledAt: given(instantField.nullable()),
  })
  .meta({ id: 'PersonBody' });
export type PersonBody = Immutable<z.output<typeof personBody>>;
