import { z } from 'zod';
import { approvalsField } from '../documents/environment.ts';
import { descriptionField, given, keyField, nameField } from '../fields.ts';

export const createEnvironmentInput = z.strictObject({
  key: keyField,
  name: given(nameField),
  description: given(descriptionField),
  protected: given(z.boolean()),
  approvals: given(approvalsField),
});

export const updateEnvironmentInput = z.strictObject({
  name: given(nameField),
  description: given(descriptionField),
  protected: given(z.boolean()),
  approvals: given(approvalsField),
});
