import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, Hono, MiddlewareHandler } from 'hono';
import { adminApi } from './api/admin-api.ts';
import type { AdminServices } from './api/admin-services.ts';
import { describeApi } from './api/describe-api.ts';
import { addEvaluationRoutes } from './api/evaluations-api.ts';
import { addInstanceRoutes } from './api/instances-api.ts';
import { addLaunchRoutes } from './api/launches-api.ts';
import type { Evaluations } from './evaluations/evaluations.ts';
import { healthRoutes } from './health/health-routes.ts';
import type { ReadinessCheck } from './health/readiness.ts';
import { answerErrors, answerRefusal } from './http/answer-error.ts';
import type { AppEnv } from './http/app-env.ts';
import { nameRequest } from './http/request-id.ts';
import type { Launches } from './launches/launches.ts';
import { measureRequests } from './metrics/measure-requests.ts';
import { metricsRoutes } from './metrics/metrics-routes.ts';
import { sdkRoutes } from './sdk/sdk-routes.ts';
import type { SdkServices } from './sdk/sdk-services.ts';
import { signInRoutes } from './sign-in/sign-in-routes.ts';

/** All that the routes work with. Made by `server.ts`. */
export interface Services extends AdminServices, SdkServices {
  readonly evaluations: Evaluations;
  readonly launches: Launches;
  readonly readiness: ReadinessCheck;
  /** Throws what the caller is answered instead of the metrics. */
  readonly mayReadMetrics: (c: Context) => void;
  /** Answers with the pages for people; `null`: they have not been built. */
  readonly dashboard: MiddlewareHandler<AppEnv> | null;
  /** `/openapi.json` for people; `null`: its viewer has not been built. */
  readonly reference: Hono<AppEnv> | null;
}

/**
 * All routes on one screen. `/api/v1` asks for an admin token or a person's session, `/sdk/v1` for the key of an
 * environment, `/metrics` for either the metrics token or an admin's; `/health`, `/openapi.json` with its page `/openapi`, sign-in at `/auth` and
 * the files of the dashboard, at any other address, are open.
 */
export function createApp(services: Services): OpenAPIHono<AppEnv> {
  const { logger, metrics, mayReadMetrics, readiness, dashboard, reference } = services;
  const app = new OpenAPIHono<AppEnv>();
  app.use(nameRequest);
  app.use(measureRequests(metrics));
  app.onError(answerErrors(logger));
  app.notFound(answerNotFound);

  app.route('/health', healthRoutes(readiness));
  app.route('/metrics', metricsRoutes(metrics, mayReadMetrics));
  app.route('/sdk/v1', sdkRoutes(services));
  app.route('/auth', signInRoutes(services));
  app.route(
    '/api/v1',
    adminApi(services, (routes) => {
      addInstanceRoutes(routes, services);
      addEvaluationRoutes(routes, services);
      addLaunchRoutes(routes, services);
    }),
  );
  describeApi(app);
  if (reference) app.route('/openapi', reference);
  if (dashboard) app.get('*', dashboard);
  app.get('/', greetProgram);
  return app;
}

/** For requests to the bare address that want no page (curl, a probe). A 404 would look like a broken server. */
function greetProgram(c: Context<AppEnv>): Response {
  return c.text(
    'This is a Dimmer server. People open this address in a browser. Programs: /api/v1, as /openapi.json describes it. Is it well: /health/ready\n',
  );
}

function answerNotFound(c: Context<AppEnv>): Response {
  return answerRefusal(c, {
    code: 'ROUTE_NOT_FOUND',
    message: `There is no ${c.req.method} ${c.req.path.slice(0, 200)} here.`,
    fix: 'All routes are described in /openapi.json.',
  });
}
