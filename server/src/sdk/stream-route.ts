import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { answerRefusal } from '../http/answer-error.ts';
import { ApiError } from '../http/api-error.ts';
import { networkOf } from '../http/client-address.ts';
import { TOO_LARGE_FOR_SDKS } from './ruleset-route.ts';
import type { SdkEnv, SdkServices } from './sdk-services.ts';
import { identityFrom } from './who-connects.ts';

// Why: decision 0020.
/**
 * Set by hand: the response is written past Hono. `no-transform` and `X-Accel-Buffering` keep proxies from holding
 * events back; `nosniff` and the rest are the same on every answer.
 */
const STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-store, no-transform',
  'X-Accel-Buffering': 'no',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** A browser key is public and there are no cookies, so any page may read what it opens. */
const BROWSER_STREAM_HEADERS = { ...STREAM_HEADERS, 'Access-Control-Allow-Origin': '*' } as const;

const REFUSALS = {
  full: {
    code: 'STREAMS_FULL',
    message: 'This server holds as many streams as it can.',
    fix: 'Connect again after Retry-After. If it stays, add a server or raise its limit on open files.',
  },
  busy: {
    code: 'STREAMS_BUSY',
    message: 'Too many connect at once; they are let in one after another.',
    fix: 'Connect again after Retry-After.',
  },
  crowded: {
    code: 'STREAMS_CROWDED',
    message: 'Too many browsers stream from this address.',
    fix: 'Share one stream between tabs. Behind a proxy, set DIMMER_PROXIES; or raise DIMMER_BROWSERS_PER_ADDRESS.',
  },
  draining: {
    code: 'SHUTTING_DOWN',
    message: 'This server is going down.',
    fix: 'Connect again after Retry-After; another server, or this one started anew, will answer.',
  },
  large: {
    code: 'RULESET_TOO_LARGE_TO_SEND',
    ...TOO_LARGE_FOR_SDKS,
  },
  behind: {
    code: 'SERVER_BEHIND',
    message: 'You have newer rules than this server, which cannot reach where they come from. Keep yours.',
    fix: 'Connect again after Retry-After.',
  },
} as const;

/** `GET /sdk/v1/stream` */
export function streamRoute({ hub, instances, isBehind, metrics, addressOf }: SdkServices) {
  return function checkStream(c: Context<SdkEnv>): Response | Promise<Response> {
    // Hono answers HEAD by the handler for GET; a stream without a body would stay open for nothing.
    if (c.req.method !== 'GET') throw new ApiError('METHOD_NOT_ALLOWED', 'A stream is read with GET.');
    refusePipelined(c);
    const lastId = lastIdOf(c);
    const behind = lastId === null ? false : isBehind(c.get('access').scope, lastId);
    return behind === false
      ? openStream(c, lastId)
      : behind.then((is) => (is ? refuse(c, 'behind') : openStream(c, lastId)));
  };

  function openStream(c: Context<SdkEnv>, lastId: string | null): Response {
    const { scope, key } = c.get('access');
    // What it says to hold counts as applied only if it is this ruleset: it may have been handed another's.
    const heldId = lastId !== null && hub.knows(scope, lastId) ? lastId : null;
    const identity = identityFrom(c.req.query());
    const gone = instances.connected(scope, identity, heldId);
    const outcome = hub.open({
      scope,
      key,
      lastId,
      address: networkOf(addressOf(c.env.incoming)),
      out: c.env.outgoing,
      headers: scope.audience === 'browser' ? BROWSER_STREAM_HEADERS : STREAM_HEADERS,
      onClosed: gone,
    });
    if (outcome === 'open') {
      c.env.prove?.('stream');
      return RESPONSE_ALREADY_SENT;
    }
    gone();
    if (outcome === 'large') instances.failed(scope, identity, hub.idOf(scope), TOO_LARGE_FOR_SDKS.message);
    return refuse(c, outcome);
  }

  function refuse(c: Context<SdkEnv>, why: keyof typeof REFUSALS): Response {
    metrics.refused(why);
    const answer = answerRefusal(c as Context, REFUSALS[why]);
    answer.headers.set('Retry-After', String(hub.retryAfterS(why === 'busy')));
    // In a storm the connections of those who were refused, kept for their next request, would use up the files.
    answer.headers.set('Connection', 'close');
    return answer;
  }
}

/**
 * A response that waits behind another one of its connection has no socket yet. When the connection ends, Node closes
 * the response that has one and tells the others nothing: a stream among them would be counted and kept for ever.
 */
function refusePipelined(c: Context<SdkEnv>): void {
  if (c.env.outgoing.socket !== null) return;
  throw new ApiError(
    'STREAM_PIPELINED',
    'A stream cannot begin before the last request of its connection is answered.',
    {
      fix: 'Give every stream a connection of its own.',
    },
  );
}

/** The id of the client's replica. The header wins: it is newer than the query after a reconnect of a native EventSource. */
function lastIdOf(c: Context): string | null {
  return c.req.header('last-event-id') || c.req.query('lastEventId') || null;
}
