import { MOST_EVENT_BYTES, MOST_GZIP_RATIO, RATIO_COUNTS_FROM_BYTES } from '@dimmer/core';
import type { Context } from 'hono';
import { ApiError } from '../http/api-error.ts';
import { hasSeen, takesGzip } from '../http/stored-body.ts';
import type { SdkEnv, SdkServices } from './sdk-services.ts';
import { identityFrom } from './who-connects.ts';

// Why: decision 0081.
/** Below this a header more costs as much as compressing saves. */
const WORTH_COMPRESSING_BYTES = 1_024;

/** `GET /sdk/v1/ruleset`: the snapshot that a stream begins with, as a document; compressed once for each id. */
export function rulesetRoute({ hub, instances }: SdkServices) {
  return function readRuleset(c: Context<SdkEnv>): Response | Promise<Response> {
    const { scope } = c.get('access');
    const { id, json, gzip } = hub.ruleset(scope);
    const identity = identityFrom(c.req.query());
    // What it says to hold counts as applied only if it is this ruleset.
    const said = /"([^"]+)"/.exec(c.req.header('if-none-match') ?? '')?.[1];
    if (identity.instance !== null)
      instances.polled(scope, identity, said !== undefined && hub.knows(scope, said) ? said : null);
    const etag = `"${id}"`;
    // Caches may keep it, and must ask whether it is still the newest. It is another for each key, and a page that sends
    // a server's key must hear that from this server.
    const headers = { ETag: etag, 'Cache-Control': 'no-cache', Vary: 'Authorization, Origin, Accept-Encoding' };
    if (hasSeen(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers);
    if (json.length > MOST_EVENT_BYTES) {
      const { message, fix } = TOO_LARGE_FOR_SDKS;
      instances.failed(scope, identity, id, message);
      throw new ApiError('RULESET_TOO_LARGE_TO_SEND', message, { fix });
    }
    const answer = (bytes: Buffer, encoding?: string): Response =>
      c.body(bytes as Uint8Array<ArrayBuffer>, 200, {
        ...headers,
        'Content-Type': 'application/json; charset=utf-8',
        ...(encoding !== undefined && { 'Content-Encoding': encoding }),
      });
    if (json.length < WORTH_COMPRESSING_BYTES || !takesGzip(c.req.header('accept-encoding'))) return answer(json);
    return gzip().then((bytes) => (inflatesTooFar(bytes, json) ? answer(json) : answer(bytes, 'gzip')));
  };
}

/** The refusal of what no SDK would take; a database of before, or another server on it, can hold such a ruleset. */
export const TOO_LARGE_FOR_SDKS = {
  message: 'The ruleset is larger than any SDK takes.',
  fix: 'Whoever edits the flags must make it smaller: see the warning in the log of the server, and the environment’s "ruleset".',
} as const;

/** SDKs take a little that inflates to very much for an attack. */
function inflatesTooFar(compressed: Buffer, json: Buffer): boolean {
  return json.length > RATIO_COUNTS_FROM_BYTES && json.length > compressed.length * MOST_GZIP_RATIO;
}
