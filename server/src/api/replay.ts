import type { ChangeRequestBody, RefusalAnswer } from '@dimmer/contract';
import type { Acting } from '../access/acting.ts';
import type { Credential } from '../access/authenticate.ts';

// Why: decision 0100.
/** Where requests are answered. */
export interface Answers {
  request(path: string, init: RequestInit, env: { readonly acting: Acting }): Response | Promise<Response>;
}

/** What a replayed request was answered: what its route answers, or why not. */
type Replayed<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly status: number; readonly refusal: RefusalAnswer };

/**
 * Sends the request that a change request holds through the routes that it was proposed to, as the person who applies
 * it: authorised, validated and decided again, so that it can never do more than they could do themselves.
 */
export async function replay<Answer>(
  api: Answers,
  { project, id, environment, call, reason, createdBy, approvals }: ChangeRequestBody,
  credential: Credential,
  { isDryRun = false }: { readonly isDryRun?: boolean } = {},
): Promise<Replayed<Answer>> {
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
  const { status } = response;
  const body: unknown = await response.json();
  // Whose answer it is, only whoever reads the path of the call could say.
  return status < 400
    ? { ok: true, answer: body as Answer }
    : { ok: false, status, refusal: (body as { error: RefusalAnswer }).error };
}

const MOST_CHARACTERS = 2_000;

/** The admin API of an app whose routes begin with `/api/v1`. */
export function apiOf(app: Answers): Answers {
  return { request: (path, init, env) => app.request(`/api/v1${path}`, init, env) };
}
