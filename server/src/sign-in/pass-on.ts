import type { Context } from 'hono';
import type { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import type { AppEnv } from '../http/app-env.ts';
import { describeIssue } from '../http/describe-issue.ts';

/**
 * What was sent, of a known shape.
 *
 * @throws ApiError `CONTENT_TYPE_UNSUPPORTED`, `JSON_INVALID`, `BODY_INVALID`
 */
export async function bodyOf<Body extends z.ZodType>(c: Context<AppEnv>, shape: Body): Promise<z.output<Body>> {
  // A form of another site can say anything but this.
  if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) {
    throw new ApiError('CONTENT_TYPE_UNSUPPORTED', 'Bodies are JSON here.', {
      fix: 'Send the header "Content-Type: application/json".',
    });
  }
  const result = shape.safeParse(parse(await c.req.text()));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (!issue) throw new ApiError('BODY_INVALID', 'The body has the wrong shape.');
  const { message, fix, path } = describeIssue(issue);
  throw new ApiError('BODY_INVALID', message, { ...(fix !== undefined && { fix }), ...(path && { path }) });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('JSON_INVALID', 'The body is not JSON.');
  }
}

/**
 * An answer of Better Auth as it is passed on: without the session's token, which is in a cookie that no script can
 * read; and where it is no answer (too many requests, a defect) as one of ours.
 */
export async function answerOf(response: Response): Promise<Response> {
  if (response.status === 429) {
    const seconds = Number(response.headers.get('x-retry-after') ?? 60);
    throw new ApiError('SIGN_IN_CROWDED', 'Too many requests from this address.', {
      fix: 'Try again in a minute.',
      details: { retryAfterS: seconds },
    });
  }
  if (response.status >= 500) throw new Error(`Sign-in answered ${response.status}: ${await response.text()}`);
  if (!response.headers.get('content-type')?.includes('json')) return response;
  const text = await response.text();
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  // A redirect says that it is JSON, and is empty.
  const body = text === '' ? null : JSON.stringify(withoutToken(JSON.parse(text)));
  return new Response(body, { status: response.status, headers });
}

function withoutToken(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !('token' in body)) return body;
  const { token: _secret, ...rest } = body;
  return rest;
}
