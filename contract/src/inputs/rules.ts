import { z } from 'zod';
import { ruleIdField, ruleInput, serveField, whenField } from '../documents/rules.ts';
import { descriptionField, given } from '../fields.ts';
import { LIMITS } from '../limits.ts';

export const addRuleInput = z.strictObject({
  rule: ruleInput,
  /** Its place among the rules, 0 = first. Default: last. */
  position: given(z.number().int().min(0).max(LIMITS.rules)),
});

export const updateRuleInput = z.strictObject({
  description: given(descriptionField),
  when: given(whenField),
  serve: given(serveField),
});

export const reorderRulesInput = z.strictObject({
  /** The ids of all rules, each once, in their new order. */
  order: z.array(ruleIdField).max(LIMITS.rules),
});
