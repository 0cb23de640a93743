import { z } from '@hono/zod-openapi';
import { descriptionField, given, instantField, jsonField, keyField, nameField, tagsField } from './fields.ts';
import type { Immutable } from './immutable.ts';
import { LIMITS } from './limits.ts';

export const flagTypeField = z.enum(['boolean', 'string', 'number', 'json', 'launch', 'migration']);
export const purposeField = z.enum(['release', 'launch', 'experiment', 'ops', 'permission']);
export const seedField = z.string().min(1).max(LIMITS.keyCharacters);
export const ownerField = z.string().max(LIMITS.nameCharacters);

const variationShape = {
  key: keyField,
  value: jsonField,
  name: given(nameField),
  description: given(descriptionField),
};

export const variationsField = z
  .array(z.strictObject(variationShape).openapi('Variation'))
  .min(1)
  .max(LIMITS.variations);

const shape = {
  key: keyField,
  name: nameField,
  description: descriptionField,
  type: flagTypeField,
  purpose: purposeField,
  owner: ownerField,
  tags: tagsField,
  variations: z.array(z.looseObject(variationShape)).min(1).max(LIMITS.variations),
  /** Whether browsers may see it, and with it its rules. */
  browser: z.boolean(),
  /** What is hashed before the key. Two flags with one seed have one cohort. */
  seed: seedField,
  archived: z.boolean(),
  createdAt: instantField,
};

export const flagBody = z.looseObject(shape).openapi('FlagBody');
export type FlagBody = Immutable<
  z.infer<z.ZodObject<Omit<typeof shape, 'variations'> & { variations: typeof variationsField }>>
>;
export type FlagVariation = FlagBody['variations'][number];
