import { type Context, Hono } from 'hono';
import { admitSdks } from './access.ts';
import { admitEvents } from './admit-events.ts';
import { eventsRoute } from './events-route.ts';
import { rulesetRoute } from './ruleset-route.ts';
import type { SdkEnv, SdkServices } from './sdk-services.ts';
import { streamRoute } from './stream-route.ts';

/** How long a browser need not ask again whether it may ask; Chromium's own limit. */
const PREFLIGHT_S = 7_200;

/** `/sdk/v1/*`: all that an SDK needs, by `docs/protocol.md`. */
export function sdkRoutes(services: SdkServices): Hono<SdkEnv> {
  const routes = new Hono<SdkEnv>();
  routes.options('*', answerPreflight);
  routes.use('*', allowPages);
  routes.use('*', admitSdks(services.keys, services));
  routes.get('/stream', streamRoute(services));
  routes.get('/ruleset', rulesetRoute(services));
  routes.post('/events', admitEvents(services), eventsRoute(services));
  return routes;
}

/**
 * Any page may read the answers, errors too: what a browser key opens is public, and there are no cookies.
 *
 * Set before the handler: hono's `cors()` works on the response afterwards, which costs several times the request and
 * cuts streams that are written past it.
 */
async function allowPages(c: Context, next: () => Promise<void>): Promise<void> {
  c.header('Access-Control-Allow-Origin', '*');
  c.header('Access-Control-Expose-Headers', 'ETag, Retry-After');
  await next();
}

function answerPreflight(c: Context): Response {
  return c.body(null, 204, {
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Allow-Headers': 'authorization, content-type, if-none-match, last-event-id',
    'Access-Control-Max-Age': String(PREFLIGHT_S),
  });
}
