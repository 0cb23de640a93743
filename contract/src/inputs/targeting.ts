import { z } from 'zod';
import { prerequisiteField, ruleInput, serveField, targetField } from '../documents/rules.ts';
import { given, keyField } from '../fields.ts';
import { LIMITS } from '../limits.ts';

const targetKeysField = z.array(z.string().min(1).max(LIMITS.valueCharacters)).min(1).max(LIMITS.targetKeys);

export const toggleInput = z.strictObject({ on: z.boolean() });
export const targetKeysInput = z.strictObject({ variation: keyField, keys: targetKeysField });
export const untargetKeysInput = z.strictObject({ keys: targetKeysField });
export const prerequisitesInput = z.strictObject({
  prerequisites: z.array(prerequisiteField).max(LIMITS.prerequisites),
});
export const fallthroughInput = z.strictObject({ serve: serveField });
export const offVariationInput = z.strictObject({ variation: keyField });

export const targetingInput = z.strictObject({
  on: z.boolean(),
  off: keyField,
  prerequisites: z.array(prerequisiteField).max(LIMITS.prerequisites).default([]),
  targets: z.array(targetField).max(LIMITS.variations).default([]),
  rules: z.array(ruleInput).max(LIMITS.rules).default([]),
  fallthrough: serveField,
  /** As it was read; replacing the whole says who gets it, and it goes. */
  fresh: given(z.literal(true)),
});
