import type { Context } from 'hono';
import type { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { describeIssue } from '../http/describe-issue.ts';
import { BatchMemory } from './batch-memory.ts';
import { type EventsBody, eventsBody, tooMany } from './events-body.ts';
import type { SdkEnv, SdkServices } from './sdk-services.ts';
import { identityFrom } from './who-connects.ts';

/**
 * `POST /sdk/v1/events`: who has applied what goes to the instances, at once; figures to the sink, each batch once.
 */
export function eventsRoute({ instances, events, now }: SdkServices) {
  const batches = new BatchMemory(now);
  return async function takeEvents(c: Context<SdkEnv>): Promise<Response> {
    const { scope } = c.get('access');
    const body = parse(await c.req.text());
    const identity = identityFrom({ ...c.req.query(), ...said(body) });
    // The newest id wins where an instance applied several since its last word.
    for (const receipt of body.receipts) instances.applied(scope, identity, receipt);
    if (body.rollCall) instances.rollCalled(scope, identity, body.rollCall);
    const last = body.summaries.at(-1);
    if (last && last.counts.length > 0) instances.evaluated(scope, identity, last.id, last.to);
    if (!batches.isNew(`${scope.project}/${scope.environment}/${body.batch}`)) return c.json({}, 202);
    const refused = events.take(scope, body);
    return c.json(refused.length > 0 ? { refused } : {}, 202);
  };
}

function said({ instance, application, sdk }: EventsBody) {
  return Object.fromEntries(Object.entries({ instance, application, sdk }).filter(([, value]) => value != null));
}

function parse(text: string): EventsBody {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ApiError('JSON_INVALID', 'The body is not JSON.', { fix: 'Send a JSON object in UTF-8.' });
  }
  const excess = tooMany(json);
  if (excess !== null)
    throw new ApiError('BODY_TOO_LARGE', `Too much in one batch: ${excess}.`, { fix: 'Send it in halves.' });
  const result = eventsBody.safeParse(json);
  if (result.success) return result.data;
  const { message, ...more } = describeIssue(result.error.issues[0] as z.core.$ZodIssue);
  throw new ApiError('BODY_INVALID', message, { fix: 'See docs/protocol.md, "POST /sdk/v1/events".', ...more });
}
