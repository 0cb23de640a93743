import { FLAG_TYPES } from '@dimmer/core/flag-types';
import { z } from 'zod';
import { descriptionField, given, instantField, jsonField, keyField, nameField, tagsField } from '../fields.ts';
import type { Immutable } from '../immutable.ts';
import { LIMITS } from '../limits.ts';

export const flagTypeField = z.enum(FLAG_TYPES);
export const purposeField = z.enum(['release', 'launch', 'experiment', 'ops', 'permission']);
export const seedField = z.string().min(1).max(LIMITS.keyCharacters);
export const ownerField = z.string().max(LIMITS.nameCharacters);

const variationShape = {
  key: keyField,
  value: jsonField,
  name: given(nameField),
  description: given(descriptionField),
};

/** Variations as somebody sends them. */
export const variationsField = z
  .array(z.strictObject(variationShape).meta({ id: 'Variation' }))
  .min(1)
  .max(LIMITS.variations);

/** What is the same in all environments. */
export const flagBody = z
  .object({
    key: keyField,
    name: nameField,
    description: descriptionField,
    type: flagTypeField,
    purpose: purposeField,
    owner: ownerField,
    tags: tagsField,
    variations: z.array(z.object(variationShape)).min(1).max(LIMITS.variations),
    /** Whether browsers may see it, and with it its rules. */
    browser: z.boolean(),
    /** What is hashed before the key. Two flags with one seed have one cohort. */
    seed: seedField,
    archived: z.boolean(),
    createdAt: instantField,
  })
  .meta({ id: 'FlagBody' });
export type FlagBody = Immutable<z.output<typeof flagBody>>;
export type FlagVariation = FlagBody['variations'][number];
