import { z } from '@hono/zod-openapi';
import { descriptionField, keyField, nameField } from './fields.ts';
import type { Immutable } from './immutable.ts';

const shape = {
  key: keyField,
  name: nameField,
  description: descriptionField,
  /** A change to what it serves needs a reason. */
  protected: z.boolean(),
};

/** Development, staging, production, …: the same flags, other rules. */
export const environmentBody = z.looseObject(shape).openapi('EnvironmentBody');
export type EnvironmentBody = Immutable<z.infer<z.ZodObject<typeof shape>>>;
