import { z } from 'zod';
import { flagTypeField, ownerField, purposeField, seedField, variationsField } from '../documents/flag.ts';
import { descriptionField, given, keyField, nameField, tagsField } from '../fields.ts';

const metadata = {
  name: given(nameField),
  description: given(descriptionField),
  purpose: given(purposeField),
  owner: given(ownerField),
  tags: given(tagsField),
  variations: given(variationsField),
  browser: given(z.boolean()),
};

export const createFlagInput = z.strictObject({
  key: keyField,
  type: flagTypeField.default('boolean'),
  seed: given(seedField),
  ...metadata,
});

export const updateFlagInput = z.strictObject(metadata);

/** Whatever is in the way of taking a flag out of every ruleset may be overruled. */
export const archiveFlagInput = z.strictObject({
  force: given(z.boolean()).meta({ description: 'Also a migration that is still asked for. Needs a reason.' }),
});
