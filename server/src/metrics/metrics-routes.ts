import { type Context, Hono } from 'hono';
import type { Metrics } from './metrics.ts';

/**
 * `/metrics` for Prometheus.
 *
 * @param mayRead throws what the caller is answered instead
 */
export function metricsRoutes(metrics: Metrics, mayRead: (c: Context) => void): Hono {
  const routes = new Hono();
  routes.get('/', async (c) => {
    mayRead(c);
    return c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType });
  });
  return routes;
}
