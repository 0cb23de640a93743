import type { MiddlewareHandler } from 'hono';
import { ApiError } from '../http/api-error.ts';
import { networkOf } from '../http/client-address.ts';
import { limitBody } from '../http/request-body.ts';
import { BATCH_LIMITS } from './event-limit.ts';
import { relayProofOf } from './relay-proof.ts';
import type { SdkEnv, SdkServices } from './sdk-services.ts';

// Why: decision 0105.
const bodyLimits = {
  browser: limitBody(BATCH_LIMITS.browser.bytes),
  server: limitBody(BATCH_LIMITS.server.bytes),
} as const;

/** Before anything of a batch is read: who sends it, and whether there is room for as much as it says to be. */
export function admitEvents({ eventLimit, addressOf, keys }: SdkServices): MiddlewareHandler<SdkEnv> {
  return async function checkRoom(c, next) {
    const { scope, key } = c.get('access');
    const proof = relayProofOf(c);
    const isRelay = scope.audience === 'server' || (proof.length > 0 && (await keys.isRelay(proof, scope)));
    // A relay speaks for many, and has a secret key to say so: it may send as much as a fleet.
    const audience = isRelay ? 'server' : 'browser';
    const declared = Number(c.req.header('content-length') ?? Number.NaN);
    const most = BATCH_LIMITS[audience].bytes;
    // What is too large is refused below, unread and uncharged; what does not say how large it is may be the most.
    const chargedBytes = Number.isSafeInteger(declared) ? Math.min(declared, most) : most;
    const sender = { audience, key: key.id, network: networkOf(addressOf(c.env.incoming)) } as const;
    const retryAfterS = eventLimit.admit(sender, chargedBytes);
    if (retryAfterS > 0) {
      // The batch is not read, so nothing more can come on this connection.
      c.header('Connection', 'close');
      throw new ApiError('EVENTS_CROWDED', 'Too much of events comes from this address, or with this key.', {
        fix: 'Send it later, after Retry-After; counts go on counting meanwhile.',
        details: { retryAfterS },
      });
    }
    c.set('sender', { ...sender, chargedBytes, isRelay });
    return bodyLimits[audience](c as never, next);
  };
}
