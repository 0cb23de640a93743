import { z } from 'zod';
import { descriptionField, given, instantField } from '../fields.ts';

export const approveInput = z.strictObject({ comment: given(descriptionField) });
export const applyInput = z.strictObject({
  /** When, ms since 1970; without it, now. */
  at: given(instantField),
});
