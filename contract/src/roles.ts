import { z } from 'zod';
import { keyField } from './fields.ts';

/** What somebody may be: docs/api.md says what each of them may do. */
export const ROLES = ['viewer', 'operator', 'editor', 'admin', 'break-glass'] as const;
export type Role = (typeof ROLES)[number];

/** A newer server may know more roles, and here they are only to be shown. Those that are known are typed. */
export const storedRole = z.string() as unknown as z.ZodType<Role>;

/** A role and how far it reaches, as it is handed out. */
export const grantInput = z
  .strictObject({
    role: z.enum(ROLES),
    /** Default: every project. */
    project: keyField.nullable().default(null),
    /** Default: every environment. Needs `project`. */
    environment: keyField.nullable().default(null),
  })
  .meta({ id: 'Grant' });
