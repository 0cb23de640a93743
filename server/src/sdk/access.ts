import type { Context, MiddlewareHandler } from 'hono';
import type { KeyProblem } from '../access/authenticate.ts';
import { ApiError } from '../http/api-error.ts';
import { networkOf } from '../http/client-address.ts';
import { bearerToken } from '../http/require-admin.ts';
import type { KeyGate } from './key-gate.ts';
import type { SdkEnv, SdkServices } from './sdk-services.ts';

/** A page with a server key in it asks again and again; one line a minute says it. */
const WARN_EVERY_MS = 60_000;

const SERVER_KEY = /^sdk_/;

const MESSAGES: Readonly<
  Record<KeyProblem | 'UPSTREAM_UNAVAILABLE', { readonly message: string; readonly fix: string }>
> = {
  KEY_MISSING: {
    message: 'No key was sent.',
    fix: 'Send "Authorization: Bearer <server key>", or "?key=<browser key>" from a page.',
  },
  KEY_UNKNOWN: { message: 'There is no such key.', fix: 'Check that the whole key was copied, and from this server.' },
  KEY_REVOKED: { message: 'This key was revoked.', fix: 'Use the key that replaced it, or create a new one.' },
  KEY_EXPIRED: { message: 'This key has expired.', fix: 'Use the key that replaced it, or create a new one.' },
  KEY_OWNER_GONE: {
    message: 'This is the token of somebody who may no longer come in, and it is not for SDKs.',
    fix: 'Use a server key (sdk_…) on servers, or a browser key (web_…) in browsers.',
  },
  KEY_KIND_WRONG: {
    message: 'This key is not for SDKs.',
    fix: 'Use a server key (sdk_…) on servers, or a browser key (web_…) in browsers.',
  },
  UPSTREAM_UNAVAILABLE: {
    message: 'This relay has not seen this key before, and the server above it does not answer.',
    fix: 'Try again. If it stays, look at the relay’s log and at DIMMER_UPSTREAM.',
  },
};

/**
 * Lets an SDK in by its key, which decides project, environment and audience.
 *
 * A server key that comes from a page, or stands in an address where logs and proxies see it, is refused even if it is
 * valid: it opens the whole ruleset, and its author must notice.
 */
export function admitSdks(
  gate: KeyGate,
  { now, logger, addressOf }: Pick<SdkServices, 'now' | 'logger' | 'addressOf'>,
): MiddlewareHandler<SdkEnv> {
  let warnedAt = Number.NEGATIVE_INFINITY;

  function refuseExposedKey(c: Context): never {
    if (now() - warnedAt >= WARN_EVERY_MS) {
      warnedAt = now();
      logger.warn('Server key used in a browser, or in an address', { origin: c.req.header('origin') ?? null });
    }
    throw new ApiError('KEY_KIND_WRONG', 'A server key is a secret: it is not taken from a browser or an address.', {
      fix: 'Use a browser key (web_…) in pages; send a server key in "Authorization: Bearer". Rotate this one: it has been seen.',
    });
  }

  return async function admitSdk(c, next) {
    const inQuery = c.req.query('key');
    const bearer = bearerToken(c.req.header('authorization'));
    if (inQuery !== undefined && SERVER_KEY.test(inQuery)) refuseExposedKey(c);
    if (bearer !== undefined && SERVER_KEY.test(bearer) && c.req.header('origin') !== undefined) refuseExposedKey(c);
    const answer = gate.admit(bearer ?? inQuery, () => networkOf(addressOf(c.env.incoming)));
    // In a storm of reconnects a turn of the queue for each is worth saving.
    const result = answer instanceof Promise ? await answer : answer;
    if (!result.ok) {
      const { message, fix } = MESSAGES[result.code];
      throw new ApiError(result.code, message, { fix });
    }
    if (result.access.scope.audience === 'server') c.env.prove?.('secret');
    c.set('access', result.access);
    await next();
  };
}
