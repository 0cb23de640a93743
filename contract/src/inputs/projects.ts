import { z } from 'zod';
import { descriptionField, given, keyField, nameField } from '../fields.ts';

export const createProjectInput = z.strictObject({
  key: keyField,
  name: given(nameField),
  description: given(descriptionField),
});

export const updateProjectInput = z.strictObject({
  name: given(nameField),
  description: given(descriptionField),
});
