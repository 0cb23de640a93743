import { z } from 'zod';
import { descriptionField, given, keyField, nameField } from '../fields.ts';
import type { Immutable } from '../immutable.ts';

/** How many others must agree to a change that is felt in an environment. */
export const approvalsField = z.union([z.literal(0), z.literal(1)]);

/** Development, staging, production, …: the same flags, other rules. */
export const environmentBody = z
  .object({
    key: keyField,
    name: nameField,
    description: descriptionField,
    /** A change to what it serves needs a reason. */
    protected: z.boolean(),
    /** How many others must agree to such a change. A kill never waits. Absent: 0. */
    approvals: given(approvalsField),
  })
  .meta({ id: 'EnvironmentBody' });
export type EnvironmentBody = Immutable<z.output<typeof environmentBody>>;
