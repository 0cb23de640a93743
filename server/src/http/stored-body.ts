import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Context } from 'hono';

/**
 * The body of an answer that is the same for everybody: one buffer that is written to every connection, without a copy.
 */
export interface StoredBody {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Buffer;
  readonly gzip: Buffer;
}

export function storedBody(type: string, bytes: Buffer): StoredBody {
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 20)}"`;
  return { type, etag, bytes, gzip: gzipSync(bytes) };
}

/** @param cacheControl for how long caches may keep it */
export function answerStored(c: Context, { type, etag, bytes, gzip }: StoredBody, cacheControl: string): Response {
  const headers = {
    ETag: etag,
    'Cache-Control': cacheControl,
    Vary: 'Accept-Encoding',
    'X-Content-Type-Options': 'nosniff',
  };
  if (hasSeen(c.req.header('if-none-match'), etag)) return c.body(null, 304, headers);
  const isZipped = takesGzip(c.req.header('accept-encoding'));
  return c.body((isZipped ? gzip : bytes) as Uint8Array<ArrayBuffer>, 200, {
    ...headers,
    'Content-Type': type,
    ...(isZipped && { 'Content-Encoding': 'gzip' }),
  });
}

/** If-None-Match compares weakly: a proxy that compressed the answer marks its tag with `W/`. */
export function hasSeen(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** `gzip` or `*`, unless it says `q=0`. */
export function takesGzip(header = ''): boolean {
  return header.split(',').some((each) => /^\s*(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(each));
}
