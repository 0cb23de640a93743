import type { Context, MiddlewareHandler } from 'hono';
import { ApiError } from './api-error.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * CSRF protection: refuses what a page of another site makes a browser send with our cookie. Today's browsers say so in
 * `Sec-Fetch-Site`, older ones in `Origin`. Programs send neither, and have no cookie that was set for another purpose.
 *
 * @param publicUrl where people reach the server; a proxy may have another name for it in `Host`
 */
export function refuseForged(publicUrl: () => string): MiddlewareHandler {
  return async function checkOrigin(c, next) {
    if (!SAFE.has(c.req.method)) assertOwn(c, publicUrl());
    await next();
  };
}

/** @throws ApiError `REQUEST_FORGED` */
export function assertOwn(c: Context, publicUrl: string): void {
  const site = c.req.header('sec-fetch-site');
  const origin = c.req.header('origin');
  const isForeign = site !== undefined ? site !== 'same-origin' && site !== 'none' : !isOwn(origin, c, publicUrl);
  if (!isForeign) return;
  throw new ApiError('REQUEST_FORGED', 'This request was sent by a page of another site.', {
    fix: 'Use the dashboard of this server, or a token in the Authorization header. Behind a proxy, set DIMMER_PUBLIC_URL.',
  });
}

function isOwn(origin: string | undefined, c: Context, publicUrl: string): boolean {
  if (origin === undefined) return true;
  try {
    const { host } = new URL(origin);
    return host === c.req.header('host') || host === new URL(publicUrl).host;
  } catch {
    return false;
  }
}
