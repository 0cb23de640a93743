import type { Context, MiddlewareHandler } from 'hono';
import { authenticate, type Credential, type KeyProblem } from '../access/authenticate.ts';
import type { KeyUses } from '../keys/key-uses.ts';
import type { Documents } from '../state/documents.ts';
import { ApiError } from './api-error.ts';
import type { AppEnv } from './app-env.ts';
import { assertOwn } from './refuse-forged.ts';

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
  KEY_OWNER_GONE: 'The person to whom this token belongs may no longer come in.',
  KEY_KIND_WRONG: 'This is the key of an SDK. It reads a ruleset and opens nothing else.',
} as const satisfies Record<KeyProblem, string>;

/** How people come in by their session. */
interface PersonDoor {
  /** `null`: these headers hold no session that counts. */
  enter(headers: Headers): Promise<{ readonly credential: Credential; readonly cookies: readonly string[] } | null>;
}

interface Doors extends AdminTerms {
  /** `null`: people cannot sign in here. */
  readonly signIn: PersonDoor | null;
  readonly publicUrl: () => string;
  readonly keyUses: Pick<KeyUses, 'used'>;
}

const FIX = 'Send "Authorization: Bearer adm_…", the token shown at the first start, or DIMMER_ADMIN_TOKEN.';

const OWNER_FIX = 'Use a token of somebody who is there. An admin can rotate this one: then it belongs to them.';

/**
 * Lets nobody pass without an admin token or a person's session, and remembers who it was. Deny by default: it stands
 * before all routes. A token that is sent counts, whatever cookies there are.
 */
export function requireAdmin({ signIn, publicUrl, keyUses, ...terms }: Doors): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const credential = c.env?.acting?.credential ?? (await personOf(c)) ?? adminOf(c, terms);
    if (credential.kind === 'admin') keyUses.used(credential.id);
    c.env?.prove?.('secret');
    c.set('credential', credential);
    await next();
  };

  async function personOf(c: Context): Promise<Credential | null> {
    if (signIn === null || c.req.header('authorization') !== undefined) return null;
    const entered = await signIn.enter(c.req.raw.headers);
    if (entered === null) return null;
    // A browser sends a cookie with any site's request; a token it does not.
    if (c.req.method !== 'GET') assertOwn(c, publicUrl());
    for (const cookie of entered.cookies) c.header('Set-Cookie', cookie, { append: true });
    return entered.credential;
  }
}

/**
 * The holder of the admin token in a request's `Authorization` header.
 *
 * @throws ApiError `KEY_MISSING`, `KEY_UNKNOWN`, `KEY_REVOKED`, `KEY_EXPIRED`, `KEY_KIND_WRONG`
 */
export function adminOf(c: Context, { state, adminTokenHash, now }: AdminTerms): Credential {
  const result = authenticate(state, bearerToken(c.req.header('authorization')), {
    adminTokenHash,
    now: now(),
    kinds: ['admin'],
  });
  if (result.ok) return result.credential;
  throw new ApiError(result.code, MESSAGES[result.code], { fix: result.code === 'KEY_OWNER_GONE' ? OWNER_FIX : FIX });
}

/** The token in an `Authorization: Bearer` header. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
}
