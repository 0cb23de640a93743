import { z } from '@hono/zod-openapi';
import { descriptionField, given, keyField, nameField } from './fields.ts';
import type { Immutable } from './immutable.ts';
import { LIMITS } from './limits.ts';
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
      .openapi('SegmentRule'),
  )
  .max(LIMITS.segmentRules);

const shape = {
  key: keyField,
  name: nameField,
  description: descriptionField,
  included: segmentKeysField,
  excluded: segmentKeysField,
  rules: segmentRulesField,
  archived: z.boolean(),
};

/** A reusable audience: `excluded` wins over `included`, and both over `rules`. */
export const segmentBody = z.looseObject(shape).openapi('SegmentBody');
export type SegmentBody = Immutable<z.infer<z.ZodObject<typeof shape>>>;
