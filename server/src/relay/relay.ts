import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { unusableProxy } from '@dimmer/client-node';
import { revisionIn } from '@dimmer/core/ruleset-id';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { hashSecret } from '../access/token.ts';
import type { Config, UpstreamConfig } from '../config.ts';
import { healthRoutes } from '../health/health-routes.ts';
import { Degraded, ReadinessCheck } from '../health/readiness.ts';
import { answerErrors, answerRefusal } from '../http/answer-error.ts';
import { ApiError } from '../http/api-error.ts';
import type { AppEnv } from '../http/app-env.ts';
import { clientAddresses } from '../http/client-address.ts';
import { nameRequest } from '../http/request-id.ts';
import { bearerToken } from '../http/require-admin.ts';
import { hubLimits } from '../hub/file-limit.ts';
import { Hub } from '../hub/hub.ts';
import { InstanceRegistry } from '../instances/instance-registry.ts';
import { callRoll } from '../instances/roll-call.ts';
import type { Logger } from '../logger.ts';
import { measureRequests } from '../metrics/measure-requests.ts';
import { Metrics } from '../metrics/metrics.ts';
import { metricsRoutes } from '../metrics/metrics-routes.ts';
import type { Role } from '../role.ts';
import { EventLimit } from '../sdk/event-limit.ts';
import { sdkRoutes } from '../sdk/sdk-routes.ts';
import { KeyRing, RELAYED } from './key-ring.ts';

/**
 * How long a client that is ahead is kept waiting: it comes from a server that has the newest change a moment earlier.
 */
const CATCH_UP_MS = 1_000;

interface World {
  readonly logger: Logger;
  /** Ms since 1970. */
  readonly now: () => number;
}

/**
 * A server with a server above it instead of a database: the same hub, the same routes for SDKs, no administration. What
 * it has received it serves whether or not that one is there, also after a restart.
 */
export function openRelay(config: Config, upstream: UpstreamConfig, { logger, now }: World): Role {
  const proxyProblem = unusableProxy(upstream.url);
  if (proxyProblem !== undefined) logger.warn(proxyProblem);
  const node = `${hostname()}-${randomBytes(4).toString('hex')}`;
  const metrics = new Metrics();
  const ring: KeyRing = new KeyRing({
    upstream,
    node,
    now,
    logger,
    roll: (hash) => callRoll(registry.list(RELAYED, hash), now()),
  });
  const registry = new InstanceRegistry(now, node, (_, hash) => ring.get(hash)?.reports.rollCallSoon());
  const hub = new Hub(ring, {
    ...hubLimits(config, logger),
    now: () => now() + ring.aheadMs(),
    observer: metrics,
  });
  metrics.watchUpstream(() => ring.count());

  const app = new OpenAPIHono<AppEnv>();
  app.use(nameRequest);
  app.use(measureRequests(metrics));
  app.onError(answerErrors(logger));
  app.notFound(answerNotFound);
  app.route(
    '/health',
    healthRoutes(new ReadinessCheck({ isDraining: () => hub.draining, probeStore: () => probeUpstream(ring) })),
  );
  app.route('/metrics', metricsRoutes(metrics, metricsReader(config)));
  app.route(
    '/sdk/v1',
    sdkRoutes({
      keys: ring,
      hub,
      instances: registry,
      metrics,
      logger,
      now,
      addressOf: clientAddresses(config.proxies, logger),
      eventLimit: new EventLimit(config),
      events: {
        take(scope, body) {
          ring.get(scope.environment)?.reports.take(body);
          return [];
        },
        holds: (scope, body) =>
          scope.audience === 'server' ? (ring.get(scope.environment)?.reports.holds(body) ?? []) : [],
      },
      isBehind: (scope, lastId) => isBehind(ring, scope.environment, lastId),
    }),
  );

  return {
    app,
    hub,
    observer: metrics,
    begin: async () => null,
    facts: () => ({ node, upstream: upstream.url.host }),
    async release() {
      hub.close();
      await ring.close();
    },
  };
}

async function probeUpstream(ring: KeyRing): Promise<void> {
  const { keys, live } = ring.count();
  if (live < keys) throw new Degraded(`the server above does not answer for ${keys - live} of ${keys} keys`);
}

/** A relay that is cut off must not take a client back to what it happens to have. */
function isBehind(ring: KeyRing, hash: string, lastId: string): false | Promise<boolean> {
  const upstream = ring.get(hash)?.upstream;
  if (!upstream || revisionIn(upstream.id) >= revisionIn(lastId)) return false;
  return upstream
    .reached(revisionIn(lastId), CATCH_UP_MS)
    .then(() => upstream.state !== 'live' && revisionIn(upstream.id) < revisionIn(lastId));
}

/** A relay knows no admin tokens, so its metrics have a token of their own or none. */
function metricsReader({ metricsToken }: Config): (c: Context) => void {
  const hash = metricsToken === null ? null : hashSecret(metricsToken);
  return (c) => {
    const bearer = bearerToken(c.req.header('authorization'));
    if (hash !== null && bearer !== undefined && hashSecret(bearer) === hash) return;
    throw new ApiError('FORBIDDEN', 'The metrics of a relay are read with the token in DIMMER_METRICS_TOKEN.', {
      fix: hash === null ? 'Set DIMMER_METRICS_TOKEN and start it again.' : 'Send "Authorization: Bearer <token>".',
    });
  };
}

function answerNotFound(c: Context<AppEnv>): Response {
  return answerRefusal(c, {
    code: 'ROUTE_NOT_FOUND',
    message: 'This is a relay: it serves /sdk/v1, /health and /metrics.',
    fix: 'Send everything else to the server above it.',
  });
}
