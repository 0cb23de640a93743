import { LIMITS } from '@dimmer/contract';
import type { Context } from 'hono';
import { answerErrors } from '../http/answer-error.ts';
import type { AppEnv } from '../http/app-env.ts';
import { refuseInexact } from '../http/refuse-inexact.ts';
import { limitBody, limitDepth } from '../http/request-body.ts';
import { requireAdmin } from '../http/require-admin.ts';
import { limitText } from '../http/text-rule.ts';
import { type AdminApi, AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { addAttributes } from './attributes-api.ts';
import { addChangeRequests } from './change-requests-api.ts';
import { addChangeStream } from './change-stream.ts';
import { addChanges } from './changes-api.ts';
import { addExplain } from './explain-api.ts';
import { addFlags } from './flags-api.ts';
import { addKeys } from './keys-api.ts';
import { addMe } from './me-api.ts';
import { addPeople } from './people-api.ts';
import { addProjects } from './projects-api.ts';
import { addSegments } from './segments-api.ts';
import { addTargeting } from './targeting-api.ts';

/**
 * `/api/v1`: everything a person or a machine may do to flags.
 *
 * @param addMore routes of other concepts, under the same guards
 */
export function adminApi(services: AdminServices, addMore: (routes: AdminRoutes) => void = () => {}): AdminApi {
  const { changeLog, adminTokenHash, now, signIn, publicUrl, keyUses } = services;
  const routes = new AdminRoutes(services);
  // Change requests are replayed through these routes alone, so they answer errors themselves.
  routes.api.onError(answerErrors(services.logger));
  routes.api.use('*', keepPrivate);
  routes.api.use('*', requireAdmin({ state: changeLog.state, adminTokenHash, now, signIn, publicUrl, keyUses }));
  routes.api.use('*', limitBody(LIMITS.bodyBytes));
  routes.api.use('*', limitDepth);
  routes.api.use('*', refuseInexact);
  routes.api.use('*', limitText);
  addProjects(routes, services);
  addFlags(routes, services);
  addTargeting(routes, services);
  addExplain(routes, services);
  addSegments(routes, services);
  addAttributes(routes, services);
  addKeys(routes, services);
  addChanges(routes, services);
  addChangeStream(routes, services.changeStreams);
  addChangeRequests(routes, services);
  addPeople(routes, services);
  addMe(routes, services);
  addMore(routes);
  return routes.api;
}

/** Answers hold tokens and targeting data: no cache keeps them, no browser takes them for anything but JSON. */
async function keepPrivate(c: Context<AppEnv>, next: () => Promise<void>): Promise<void> {
  c.header('Cache-Control', 'no-store');
  c.header('X-Content-Type-Options', 'nosniff');
  c.header('X-Request-Id', c.get('requestId'));
  await next();
}
