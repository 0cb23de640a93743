import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { ApiError } from './api-error.ts';
import type { AppEnv } from './app-env.ts';
import { shapeOf } from './json-shape.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 64;

/** Body limit: refuses bodies that are too large (default: over 1 MiB) before they are read whole. */
export function limitBody(maxBytes = MAX_BYTES): MiddlewareHandler<AppEnv> {
  return bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw new ApiError('BODY_TOO_LARGE', `Bodies have at most ${maxBytes} bytes.`, {
        fix: 'Send less at once; long lists of keys belong into several segments.',
      });
    },
  });
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Refuses what is not UTF-8, and JSON that is nested too deep, before anything recursive walks over it. Whatever the
 * content type says: validators have their own opinion of what is JSON, and SDKs may send theirs as plain text.
 */
export async function limitDepth(c: Context<AppEnv>, next: () => Promise<void>): Promise<void> {
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    const bytes = new Uint8Array(await c.req.arrayBuffer());
    textOf(bytes);
    if (shapeOf(bytes).depth > MAX_DEPTH)
      throw new ApiError('BODY_TOO_DEEP', `JSON may be nested ${MAX_DEPTH} levels deep here.`);
  }
  await next();
}

/**
 * A body as text. A lenient decoder would store other characters than were meant, and say nothing.
 *
 * @throws ApiError `JSON_INVALID` if it is not UTF-8
 */
export function textOf(bytes: Uint8Array): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    throw new ApiError('JSON_INVALID', 'The body is not in UTF-8.', { fix: 'Encode it as UTF-8, as JSON always is.' });
  }
}
