import { z } from 'zod';
import { descriptionField, given, keyField, nameField } from '../fields.ts';
import type { Immutable } from '../immutable.ts';
import { LIMITS } from '../limits.ts';
import { ruleIdField, whenField } from './rules.ts';

export const segmentKeysField = z.array(z.string().min(1).max(LIMITS.valueCharacters)).max(LIMITS.segmentKeys);

export const segmentRulesField = z
  .array(
    z
      .strictObject({
        id: given(ruleIdField),
        description: given(descriptionField),
        when: whenField,
      })
      .meta({ id: 'SegmentRule' }),
  )
  .max(LIMITS.segmentRules);

/** A reusable audience: `excluded` wins over `included`, and both over `rules`. */
export const segmentBody = z
  .object({
    key: keyField,
    name: nameField,
    description: descriptionField,
    included: segmentKeysField,
    excluded: segmentKeysField,
    rules: segmentRulesField,
    archived: z.boolean(),
  })
  .meta({ id: 'SegmentBody' });
export type SegmentBody = Immutable<z.output<typeof segmentBody>>;
