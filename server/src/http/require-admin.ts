import type { Context, MiddlewareHandler } from 'hono';
import { authenticate, type Credential, type KeyProblem } from '../keys/authenticate.ts';
import type { Documents } from '../state/documents.ts';
import { ApiError } from './api-error.ts';
import type { AppEnv } from './app-env.ts';

/** Where admin tokens are looked up. */
export interface AdminTerms {
  readonly state: Documents;
  readonly adminTokenHash: string | null;
  /** Ms since 1970. */
  readonly now: () => number;
}

const MESSAGES = {
  KEY_MISSING: 'This needs an admin token.',
  KEY_UNKNOWN: 'This token is not known here.',
  KEY_REVOKED: 'This token has been revoked.',
  KEY_EXPIRED: 'This token has expired.',
  KEY_KIND_WRONG: 'This is the key of an SDK. It reads a ruleset and opens nothing else.',
} as const satisfies Record<KeyProblem, string>;

const FIX = 'Send "Authorization: Bearer adm_…", the token shown at the first start, or DIMMER_ADMIN_TOKEN.';

/** Lets nobody pass without an admin token, and remembers who it was. Deny by default: it stands before all routes. */
export function requireAdmin(terms: AdminTerms): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    c.set('credential', adminOf(c, terms));
    await next();
  };
}

/**
 * Whoever holds the admin token in a request's `Authorization` header.
 *
 * @throws ApiError `KEY_MISSING`, `KEY_UNKNOWN`, `KEY_REVOKED`, `KEY_EXPIRED`, `KEY_KIND_WRONG`
 */
export function adminOf(c: Context, { state, adminTokenHash, now }: AdminTerms): Credential {
  const result = authenticate(state, bearerToken(c.req.header('authorization')), {
    ...{ adminTokenHash, now: now(), kinds: ['admin'] },
  });
  if (result.ok) return result.credential;
  throw new ApiError(result.code, MESSAGES[result.code], { fix: FIX });
}

/** The token in an `Authorization: Bearer` header. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}
