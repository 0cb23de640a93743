import { ERROR_STATUS, type ErrorCode, type Refusal } from '@dimmer/contract';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { StoreError } from '../change-log/store.ts';
import type { Logger } from '../logger.ts';
import { ApiError } from './api-error.ts';
import type { AppEnv } from './app-env.ts';

const RETRY_AFTER_SECONDS = '1';

/** What somebody has to look at. */
const LOGGED: ReadonlySet<ErrorCode> = new Set(['INTERNAL', 'STORE_UNAVAILABLE', 'STORE_HELD', 'STORE_FULL']);

/** Errors that pass: retry later. */
const COME_BACK: ReadonlySet<ErrorCode> = new Set(['STORE_UNAVAILABLE', 'STORE_HELD', 'STORE_BUSY', 'STORE_FULL']);

/**
 * The last resort of every route: known errors are answered as they are, anything else is logged and hidden behind
 * `INTERNAL` and the request's id.
 */
export function answerErrors(logger: Logger): (error: Error, c: Context<AppEnv>) => Response {
  return (error, c) => {
    const refusal = refusalOf(error);
    if (LOGGED.has(refusal.code)) {
      logger.error('A request failed', {
        requestId: c.get('requestId'),
        method: c.req.method,
        path: c.req.path,
        error: error.stack ?? error.message,
        cause: error.cause instanceof Error ? error.cause.message : undefined,
      });
    }
    return answerRefusal(c, refusal);
  };
}

/** The one writer of error bodies: `{ error: { code, message, fix?, path?, details?, requestId } }`. */
export function answerRefusal(c: Context<AppEnv>, refusal: Refusal): Response {
  const { code, message, fix, path, details } = refusal;
  const status = ERROR_STATUS[code] as ContentfulStatusCode;
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  // The rest of the body is not read, so nothing more can come on this connection; the client must know.
  if (code === 'BODY_TOO_LARGE') c.header('Connection', 'close');
  if (COME_BACK.has(code)) c.header('Retry-After', RETRY_AFTER_SECONDS);
  if (typeof details?.retryAfterS === 'number') c.header('Retry-After', String(details.retryAfterS));
  return c.json({ error: { code, message, fix, path, details, requestId: c.get('requestId') } }, status);
}

function refusalOf(error: Error): Refusal {
  if (error instanceof ApiError) return error.refusal;
  if (error instanceof StoreError) return refusalOfStore(error);
  if (error instanceof HTTPException) return refusalOfHttp(error);
  if (isCutOff(error)) return { code: 'JSON_INVALID', message: 'The body ended before it was whole.' };
  return {
    code: 'INTERNAL',
    message: 'Something went wrong in the server. It has been logged under this request id.',
  };
}

function refusalOfStore({ code, details }: StoreError): Refusal {
  if (code === 'STORE_FULL') {
    return {
      code,
      message: 'The disk of the database is full; nothing was written.',
      fix: 'Free space on it, and try again. SDKs go on deciding, and the server needs no restart.',
    };
  }
  if (code === 'STORE_HELD') {
    const { holder = 'somebody else' } = details ?? {};
    return {
      code,
      message: `A lock in the database is held by ${holder}, so nothing was written.`,
      fix: 'Let it finish, or end it (on PostgreSQL by SELECT pg_terminate_backend(pid)), and try again. SDKs go on deciding.',
      ...(details && { details }),
    };
  }
  return {
    code: 'STORE_UNAVAILABLE',
    message: 'The database cannot be used right now; nothing was written.',
    fix: 'Try again. If it stays, look at the server’s log and its disk.',
  };
}

/**
 * Whether the client went away while its body was read. Nobody hears the answer; but it is no defect of ours either,
 * and a log that anybody can fill with such lines hides those that matter. The server itself calls nobody.
 */
function isCutOff(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNRESET';
}

/** What hono and its validators throw by themselves. */
function refusalOfHttp(error: HTTPException): Refusal {
  if (error.status === 415) {
    return {
      code: 'CONTENT_TYPE_UNSUPPORTED',
      message: 'Bodies are JSON here.',
      fix: 'Send the header "Content-Type: application/json".',
    };
  }
  if (error.status === 400) {
    return { code: 'JSON_INVALID', message: 'The body is not valid JSON.', fix: 'Check quotes, commas and brackets.' };
  }
  return { code: 'INTERNAL', message: 'The request could not be answered.' };
}
