import type { Context } from 'hono';
import type { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { describeIssue } from '../http/describe-issue.ts';
import { shapeOf } from '../http/json-shape.ts';
import { textOf } from '../http/request-body.ts';
import { BATCH_LIMITS, type EventLimit } from './event-limit.ts';
import { type EventsBody, eventsBody, tooMany } from './events-body.ts';
import type { SdkEnv } from './sdk-services.ts';

/** Batches are nested half as deep; a newer SDK may say more. */
const MAX_DEPTH = 16;

const HALVES = 'Send it in halves.';

interface Batch extends EventsBody {
  /** It has a roll call, of somebody who may not call one; nothing of that has been looked at. */
  readonly hasRefusedRollCall: boolean;
}

/**
 * Reads a batch that has been admitted. What parsing it and looking at it would cost is known, charged and refused before
 * either begins: a few hundred kilobytes of brackets, or of fields that nobody knows, take a second to walk over.
 *
 * @throws ApiError `BODY_TOO_DEEP`, `BODY_TOO_LARGE`, `JSON_INVALID`, `BODY_INVALID`
 */
export async function readBatch(c: Context<SdkEnv>, eventLimit: EventLimit): Promise<Batch> {
  const sender = c.get('sender');
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  const { depth, elements } = shapeOf(bytes);
  eventLimit.read(sender, bytes.length - sender.chargedBytes, elements);
  const most = BATCH_LIMITS[sender.audience].elements;
  if (depth > MAX_DEPTH) throw new ApiError('BODY_TOO_DEEP', `A batch is nested at most ${MAX_DEPTH} levels deep.`);
  if (elements > most)
    throw new ApiError('BODY_TOO_LARGE', `Too much in one batch: about ${elements} values, at most ${most}.`, {
      fix: HALVES,
    });
  return checked(textOf(bytes), sender.isRelay);
}

function checked(text: string, isRelay: boolean): Batch {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ApiError('JSON_INVALID', 'The body is not JSON.', { fix: 'Send a JSON object in UTF-8.' });
  }
  const excess = tooMany(json);
  if (excess !== null) throw new ApiError('BODY_TOO_LARGE', `Too much in one batch: ${excess}.`, { fix: HALVES });
  const hasRefusedRollCall = !isRelay && (json as { rollCall?: unknown } | null)?.rollCall != null;
  const result = eventsBody.safeParse(hasRefusedRollCall ? { ...(json as object), rollCall: undefined } : json);
  if (result.success) return { ...result.data, hasRefusedRollCall };
  const { message, ...more } = describeIssue(result.error.issues[0] as z.core.$ZodIssue);
  throw new ApiError('BODY_INVALID', message, { fix: 'See docs/protocol.md, "POST /sdk/v1/events".', ...more });
}
