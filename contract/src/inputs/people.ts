import { z } from 'zod';
import { given, nameField, sentEmailField } from '../fields.ts';
import { LIMITS } from '../limits.ts';
import { grantInput } from '../roles.ts';

export const updatePersonInput = z.strictObject({
  name: given(nameField.min(1)),
  grants: given(z.array(grantInput).max(LIMITS.grants)),
});

export const inviteInput = z.strictObject({
  email: sentEmailField,
  grants: z.array(grantInput).min(1).max(LIMITS.grants),
});
