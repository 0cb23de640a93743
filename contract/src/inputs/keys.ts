import { z } from 'zod';
import { given, instantField, keyField, nameField } from '../fields.ts';
import { ROLES } from '../roles.ts';

const HOUR_MS = 3_600_000;
const DEFAULT_OVERLAP_MS = 24 * HOUR_MS;
const MAX_OVERLAP_MS = 30 * 24 * HOUR_MS;

export const createKeyInput = z.strictObject({
  kind: z.enum(['server', 'browser']),
  name: nameField.default(''),
  expiresAt: given(instantField),
});

export const createAdminKeyInput = z.strictObject({
  /** What it may do. */
  role: z.enum(ROLES).default('admin'),
  name: nameField.default(''),
  /** Default: every project. */
  project: given(keyField),
  /** Default: every environment. Needs `project`. */
  environment: given(keyField),
  expiresAt: given(instantField),
});

export const rotateKeyInput = z.strictObject({
  /** How long the old key goes on working, ms. */
  overlapMs: z.number().int().min(0).max(MAX_OVERLAP_MS).default(DEFAULT_OVERLAP_MS),
});
