import type { Context } from 'hono';
import type { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { describeIssue } from '../http/describe-issue.ts';
import type { Scope } from '../hub/ruleset-source.ts';
import { launchSummary } from '../launches/launch-summary.ts';
import { BatchMemory } from './batch-memory.ts';
import { type EventsBody, eventsBody, tooMany } from './events-body.ts';
import type { SdkEnv, SdkServices } from './sdk-services.ts';
import { identityFrom } from './who-connects.ts';

/**
 * `POST /sdk/v1/events`: receipts go to the instances, summaries to the evaluations, observations to the launches; each
 * batch once.
 */
export function eventsRoute({ instances, evaluations, launches, metrics, now }: SdkServices) {
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
    if (batches.isNew(`${scope.project}/${scope.environment}/${body.batch}`)) {
      for (const summary of body.summaries) metrics.evaluated(scope.audience, evaluations.add(scope, summary));
      const refused = body.launches.flatMap((launch, index) => takeLaunch(scope, launch, `launches[${index}]`));
      if (refused.length > 0) return c.json({ refused }, 202);
    }
    return c.json({}, 202);
  };

  /** Takes what was observed of one launch; answers why not, if it is of no use. */
  function takeLaunch(scope: Scope, launch: unknown, path: string): { path: string; message: string }[] {
    const result = launchSummary.safeParse(launch);
    if (!result.success) {
      metrics.launches.refused('invalid');
      const { message } = describeIssue(result.error.issues[0] as z.core.$ZodIssue);
      return [{ path, message }];
    }
    const added = launches.add(scope, result.data);
    if (added === 'counted') {
      metrics.launches.observed(scope, result.data);
      return [];
    }
    metrics.launches.refused(added);
    const message =
      added === 'unknown'
        ? `There is no launch or migration "${result.data.flag}" here.`
        : 'Too many launches and minutes wait to be written; this was dropped.';
    return [{ path, message }];
  }
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
