import { randomBytes } from 'node:crypto';

const RANDOM_BYTES = 9;

/** 12 characters of base64url, 72 random bits: enough that no two rules, seeds or requests ever share one. */
export function newId(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url');
}
