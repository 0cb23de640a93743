import { z } from 'zod';
import { descriptionField, keyField, nameField } from '../fields.ts';
import type { Immutable } from '../immutable.ts';

/** A set of flags and segments that one team owns. */
export const projectBody = z
  .object({ key: keyField, name: nameField, description: descriptionField })
  .meta({ id: 'ProjectBody' });
export type ProjectBody = Immutable<z.output<typeof projectBody>>;
