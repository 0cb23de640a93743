import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Metrics } from './metrics.ts';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Counts and times requests by route pattern. Reads the response's status and nothing else, which streams survive. */
export function measureRequests(metrics: Metrics): MiddlewareHandler {
  return async function measure(c, next) {
    const startedAt = performance.now();
    await next();
    const method = METHODS.has(c.req.method) ? c.req.method : 'OTHER';
    // The last matching route is the one that answered; one that only matched `*` is no route of ours.
    const route = routePath(c, -1);
    metrics.answered(method, route.endsWith('*') ? 'none' : route, c.res.status, performance.now() - startedAt);
  };
}
