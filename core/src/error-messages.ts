import type { ErrorCode } from './model.ts';

/** What mends it, by code. */
export type ErrorMessages = { readonly [code in ErrorCode]: string };

/** Apart from the evaluator, because a page is spared the words: `docs/sdk.md` has them. */
export const ERROR_MESSAGES: ErrorMessages = {
  PROVIDER_NOT_READY: 'there are no rules yet',
  FLAG_NOT_FOUND: 'no such flag',
  PARSE_ERROR: 'the flag is malformed: save it again',
  TYPE_MISMATCH: 'pass a default of the type of the value',
  TARGETING_KEY_MISSING: 'the context lacks the key to split by',
  INVALID_CONTEXT: 'a context value is too long',
  GENERAL: 'a cycle of prerequisites, or the context threw',
};
