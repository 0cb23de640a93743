import type { Operator } from '@dimmer/core';
import { PARTS } from '@dimmer/core';
import { CONDITION_OPERATORS } from '@dimmer/core/condition-operators';
import { z } from 'zod';
import { descriptionField, given, jsonField, keyField } from '../fields.ts';
import type { Immutable } from '../immutable.ts';
import { LIMITS } from '../limits.ts';

const conditionShape = {
  attribute: given(z.string().min(1).max(LIMITS.attributeCharacters)),
  operator: z.enum(CONDITION_OPERATORS),
  values: z.array(jsonField).max(LIMITS.valuesPerCondition).default([]),
  not: given(z.boolean()),
  ignoreCase: given(z.boolean()),
};

const sliceShape = { variation: keyField, parts: z.number().int().min(0).max(PARTS) };

const allocationShape = {
  slices: z.array(z.strictObject(sliceShape)).min(1).max(LIMITS.slices),
  by: given(z.string().min(1).max(LIMITS.attributeCharacters)),
  seed: given(z.string().min(1).max(LIMITS.keyCharacters)).meta({
    description:
      "What is hashed before the key: allocations with one seed have the same people. Sent for a rule: by default as it was, at first one of the rule's own; the flag's seed shares on purpose. Stored: without one, the flag's.",
  }),
};

/** What a rule or the fallthrough serves. */
export const serveField = z
  .union([z.strictObject({ variation: keyField }), z.strictObject(allocationShape)])
  .meta({ id: 'Serve', description: `One variation, or an allocation: ordered slices of ${PARTS} parts.` });

/** All conditions of a rule. It must be there, even if empty: a forgotten `when` would match everybody. */
export const whenField = z
  .array(z.strictObject(conditionShape).meta({ id: 'Condition' }))
  .max(LIMITS.conditionsPerRule)
  .meta({ description: 'All must hold. An empty list matches everybody.' });

export const ruleIdField = z.string().min(1).max(LIMITS.keyCharacters);

const ruleShape = {
  id: ruleIdField,
  description: given(descriptionField),
  when: whenField,
  serve: serveField,
};

/** A rule as somebody sends it: without an id it is given one. */
export const ruleInput = z
  .strictObject({
    ...ruleShape,
    id: given(ruleIdField.refine(isAddressable, 'Ids stand in addresses: no "." or "..".')),
  })
  .meta({ id: 'RuleInput' });

export const targetField = z.strictObject({
  variation: keyField,
  keys: z.array(z.string().min(1).max(LIMITS.valueCharacters)).max(LIMITS.targetKeys),
});

export const prerequisiteField = z.strictObject({
  flag: keyField,
  variations: z.array(keyField).min(1).max(LIMITS.variations),
});

/** A newer server may know more of them: no rule is refused for that. Here those that are known are typed. */
const storedOperator = z.string() as unknown as z.ZodType<Operator>;

/** Stored rules: the same, with the operators that a newer version of the server has added. */
export const storedRules = z
  .array(z.object({ ...ruleShape, when: z.array(z.object({ ...conditionShape, operator: storedOperator })) }))
  .max(LIMITS.rules);

export type StoredRule = Immutable<z.output<typeof storedRules>>[number];
export type StoredServe = StoredRule['serve'];
export type StoredCondition = StoredRule['when'][number];

/** Browsers and proxies take `/rules/..` for another address, however it is written. */
function isAddressable(id: string): boolean {
  return id !== '.' && id !== '..';
}
