import { z } from 'zod';
import { segmentKeysField, segmentRulesField } from '../documents/segment.ts';
import { descriptionField, given, keyField, nameField } from '../fields.ts';

const content = {
  name: given(nameField),
  description: given(descriptionField),
  included: given(segmentKeysField),
  excluded: given(segmentKeysField),
  rules: given(segmentRulesField),
};

export const createSegmentInput = z.strictObject({ key: keyField, ...content });
export const updateSegmentInput = z.strictObject(content);
export const segmentMembersInput = z.strictObject({
  include: given(segmentKeysField),
  exclude: given(segmentKeysField),
  /** Taken out of both lists. */
  remove: given(segmentKeysField),
});
