import { z } from '@hono/zod-openapi';
import { descriptionField, given, keyField, nameField } from './fields.ts';
import type { Immutable } from './immutable.ts';

const shape = {
  key: keyField,
  name: nameField,
  description: descriptionField,
  /** A change to what it serves needs a reason. */
  protected: z.boolean(),
  /** How many others must agree to such a change. A kill never waits. Absent: 0. */
  approvals: given(z.union([z.literal(0), z.literal(1)])),
};

/** Development, staging, production, …: the same flags, other rules. */
export const environmentBody = z.looseObject(shape).openapi('EnvironmentBody');
export type EnvironmentBody = Immutable<z.infer<z.ZodObject<typeof shape>>>;
