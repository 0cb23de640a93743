import type { ChangeRequestBody, Refusal } from '@dimmer/contract';
import type { Credential } from '../keys/authenticate.ts';
import type { Acting } from './acting.ts';

// Why: decision 0100.
/** Where requests are answered. */
export interface Answers {
  request(path: string, init: RequestInit, env: { readonly acting: Acting }): Response | Promise<Response>;
}

/** What a replayed request was answered. */
interface Replayed {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the answers of all routes
  readonly body: any & { readonly error: Refusal };
}

/**
 * Sends the request that a change request holds through the routes that it was proposed to, as whoever applies it:
 * authorised, validated and decided again, so that it can never do more than they could do themselves.
 */
export async function replay(
  api: Answers,
  { project, id, environment, call, reason, createdBy, approvals }: ChangeRequestBody,
  credential: Credential,
  { isDryRun = false }: { readonly isDryRun?: boolean } = {},
): Promise<Replayed> {
  const agreed = approvals.map(({ by }) => by.name).join(', ');
  const why = `${reason} (change request ${id} by ${createdBy.name}${agreed === '' ? '' : `, approved by ${agreed}`})`;
  const query = new URLSearchParams({
    ...(isDryRun && { dryRun: 'true' }),
    ...(call.method === 'DELETE' && { reason: why.slice(0, MOST_CHARACTERS) }),
  });
  const response = await api.request(
    `${call.path}${query.size > 0 ? `?${query}` : ''}`,
    {
      method: call.method,
      headers: {
        'content-type': 'application/json',
        ...(call.version !== null && { 'if-match': `"${call.version}"` }),
      },
      ...(call.method !== 'DELETE' && {
        body: JSON.stringify({ ...call.body, reason: why.slice(0, MOST_CHARACTERS) }),
      }),
    },
    { acting: { credential, request: { project, id, environment } } },
  );
  return { status: response.status, body: await response.json() };
}

const MOST_CHARACTERS = 2_000;

/** The admin API of an app whose routes begin with `/api/v1`. */
export function apiOf(app: Answers): Answers {
  return { request: (path, init, env) => app.request(`/api/v1${path}`, init, env) };
}
