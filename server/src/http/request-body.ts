import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { ApiError } from './api-error.ts';
import type { AppEnv } from './app-env.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 64;

/** Refuses bodies that are too large (default: over 1 MiB) before they are read whole. */
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
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && depthOf(await utf8Text(c)) > MAX_DEPTH) {
    throw new ApiError('BODY_TOO_DEEP', `JSON may be nested ${MAX_DEPTH} levels deep here.`);
  }
  await next();
}

/** The body as text. A lenient decoder would store other characters than were meant, and say nothing. */
async function utf8Text(c: Context<AppEnv>): Promise<string> {
  const bytes = await c.req.arrayBuffer();
  try {
    return UTF_8.decode(bytes);
  } catch {
    throw new ApiError('JSON_INVALID', 'The body is not in UTF-8.', { fix: 'Encode it as UTF-8, as JSON always is.' });
  }
}

/** How deep the brackets of a JSON text go; what is in strings does not count. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}
