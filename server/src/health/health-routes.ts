import { Hono } from 'hono';
import type { ReadinessCheck } from './readiness.ts';

/** `/health/live`: the process answers. `/health/ready`: send it requests. Open to everybody; they tell no secrets. */
export function healthRoutes(readiness: ReadinessCheck): Hono {
  const routes = new Hono();
  routes.get('/live', (c) => c.json({ status: 'live' }));
  routes.get('/ready', async (c) => {
    const answer = await readiness.check();
    return answer.ready
      ? c.json({ status: 'ready' })
      : c.json({ status: 'not ready', reason: answer.reason }, 503, { 'Retry-After': '5' });
  });
  return routes;
}
