import { z } from '@hono/zod-openapi';
import { descriptionField, keyField, nameField } from './fields.ts';
import type { Immutable } from './immutable.ts';

const shape = { key: keyField, name: nameField, description: descriptionField };

/** A set of flags and segments that one team owns. */
export const projectBody = z.looseObject(shape).openapi('ProjectBody');
export type ProjectBody = Immutable<z.infer<z.ZodObject<typeof shape>>>;
