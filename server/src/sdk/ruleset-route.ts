import type { Context } from 'hono';
import type { SdkEnv, SdkServices } from './sdk-services.ts';

/** `GET /sdk/v1/ruleset`: the snapshot that a stream begins with, as a document. */
export function rulesetRoute({ hub }: SdkServices) {
  return function readRuleset(c: Context<SdkEnv>): Response {
    const { id, json } = hub.ruleset(c.get('access').scope);
    const etag = `"${id}"`;
    // Caches may keep it, and must ask whether it is still the newest.
    const headers = { ETag: etag, 'Cache-Control': 'no-cache' };
    if (hasSeen(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers);
    return c.body(json as Uint8Array<ArrayBuffer>, 200, {
      ...headers,
      'Content-Type': 'application/json; charset=utf-8',
    });
  };
}

/** If-None-Match compares weakly: a proxy that compressed the answer marks its tag with `W/`. */
function hasSeen(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
