import type { Audience } from '@dimmer/core';
import type { Context } from 'hono';
import { cleaned } from '../cleaned.ts';
import { FAILURE_CHARACTERS } from '../instances/roll-call.ts';
import { BatchMemory } from './batch-memory.ts';
import type { EventsBody } from './events-body.ts';
import { readBatch } from './read-batch.ts';
import type { SdkEnv, SdkServices } from './sdk-services.ts';
import { identityFrom } from './who-connects.ts';

/** A holder of a browser key can fill the memory of browsers' batches, and that of nobody else. */
const BATCHES_REMEMBERED: Readonly<Record<Audience, number>> = { server: 200_000, browser: 50_000 };

/**
 * `POST /sdk/v1/events`: who has applied what goes to the instances, at once; figures to the sink, each batch once.
 */
export function eventsRoute({ instances, hub, events, eventLimit, metrics, now }: SdkServices) {
  const batches: Readonly<Record<Audience, BatchMemory>> = {
    server: new BatchMemory(now, BATCHES_REMEMBERED.server),
    browser: new BatchMemory(now, BATCHES_REMEMBERED.browser),
  };
  return async function takeEvents(c: Context<SdkEnv>): Promise<Response> {
    const { scope } = c.get('access');
    const body = await readBatch(c, eventLimit);
    const identity = identityFrom({ ...c.req.query(), ...said(body) });
    // The newest id wins where an instance applied several since its last word.
    for (const receipt of body.receipts) instances.applied(scope, identity, receipt);
    if (body.failure) {
      const message = cleaned(body.failure.message).slice(0, FAILURE_CHARACTERS);
      instances.failed(scope, identity, hub.idOf(scope), message);
    }
    if (body.leaves) instances.left(scope, identity);
    if (body.rollCall) instances.rollCalled(scope, identity, body.rollCall);
    const last = body.summaries.at(-1);
    if (last && last.counts.length > 0) instances.evaluated(scope, identity, last.id, last.to);
    const refused = body.hasRefusedRollCall ? [ROLL_CALL_REFUSED] : [];
    if (body.hasRefusedRollCall) {
      metrics.rollCallRefused();
      instances.rollCallRefused(scope, identity);
    }
    if (batches[scope.audience].isNew(`${scope.project}/${scope.environment}/${body.batch}`))
      refused.push(...events.take(scope, body));
    const holds = events.holds(scope, body);
    return c.json({ ...(refused.length > 0 && { refused }), ...(holds.length > 0 && { holds }) }, 202);
  };
}

const ROLL_CALL_REFUSED = {
  path: 'rollCall',
  message: 'Not counted: a key of browsers is public. A relay shows a server key of the environment as well.',
};

function said({ instance, application, sdk, client }: EventsBody) {
  return Object.fromEntries(
    Object.entries({ instance, application, sdk, client }).filter(([, value]) => value != null),
  );
}
