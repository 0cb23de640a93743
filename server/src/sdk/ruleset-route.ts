import type { Context } from 'hono';
import type { SdkEnv, SdkServices } from './sdk-services.ts';

/** Below this a header more costs as much as compressing saves. */
const WORTH_COMPRESSING_BYTES = 1_024;

/** `GET /sdk/v1/ruleset`: the snapshot that a stream begins with, as a document; compressed once for each id. */
export function rulesetRoute({ hub }: SdkServices) {
  return function readRuleset(c: Context<SdkEnv>): Response | Promise<Response> {
    const { id, json, gzip } = hub.ruleset(c.get('access').scope);
    const etag = `"${id}"`;
    // Caches may keep it, and must ask whether it is still the newest. It is another for each key, and a page that sends
    // a server's key must hear that from this server.
    const headers = { ETag: etag, 'Cache-Control': 'no-cache', Vary: 'Authorization, Origin, Accept-Encoding' };
    if (hasSeen(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers);
    const answer = (bytes: Buffer, encoding?: string): Response =>
      c.body(bytes as Uint8Array<ArrayBuffer>, 200, {
        ...headers,
        'Content-Type': 'application/json; charset=utf-8',
        ...(encoding !== undefined && { 'Content-Encoding': encoding }),
      });
    if (json.length < WORTH_COMPRESSING_BYTES || !takesGzip(c.req.header('accept-encoding'))) return answer(json);
    return gzip().then((bytes) => answer(bytes, 'gzip'));
  };
}

/** If-None-Match compares weakly: a proxy that compressed the answer marks its tag with `W/`. */
function hasSeen(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** `gzip` or `*`, unless it says `q=0`. */
function takesGzip(header = ''): boolean {
  return header.split(',').some((each) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(each));
}
