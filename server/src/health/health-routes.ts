import { Hono } from 'hono';
import type { ReadinessCheck } from './readiness.ts';

/**
 * `/health/live`: the process answers. `/health/ready`: send it requests; 503 while it drains. A server that cannot write
 * says `degraded` with 200, and with 503 to who asks `?for=writes`. Open to everybody; they tell no secrets.
 */
export function healthRoutes(readiness: ReadinessCheck): Hono {
  const routes = new Hono();
  routes.get('/live', (c) => c.json({ status: 'live' }));
  routes.get('/ready', async (c) => {
    const answer = await readiness.check();
    const serves = answer.status === 'ready' || (answer.status === 'degraded' && c.req.query('for') !== 'writes');
    return serves ? c.json(answer) : c.json(answer, 503, { 'Retry-After': '5' });
  });
  return routes;
}
