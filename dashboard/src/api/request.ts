import { atBase } from './base.ts';

/** What the server found wrong. `code` is stable; `message` and `fix` are for people. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly status: number;
  readonly code: string;
  readonly fix: string | undefined;
  /** The field that it is about. */
  readonly path: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, error: ErrorBody) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.fix = error.fix;
    this.path = error.path;
    this.details = error.details ?? {};
  }

  /** Nobody is signed in, or no longer. */
  get isSignedOut(): boolean {
    return this.status === 401;
  }
}

interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  readonly path?: string;
  readonly details?: Record<string, unknown>;
}

/** No answer came, or none that makes sense: the network, a proxy, a server that restarts. */
const UNREACHABLE: ErrorBody = {
  code: 'SERVER_UNREACHABLE',
  message: 'The server cannot be reached.',
  fix: 'What you typed is still here. Try again in a moment.',
};

export interface Sending {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: object;
  /** The version of the document that the change was made from. */
  readonly version?: number | undefined;
  readonly signal?: AbortSignal;
}

/**
 * Asks the server. The session travels as a cookie.
 *
 * @param path from the root, e.g. `/api/v1/me`
 * @throws ServerError for every answer that is not a success, and where there is none
 */
export async function request<Answer>(path: string, sending: Sending = {}): Promise<Answer> {
  const { method = sending.body ? 'POST' : 'GET', body, version, signal } = sending;
  const headers: Record<string, string> = {};
  // Writes always say that they are JSON: a form of another site cannot.
  if (method !== 'GET') headers['Content-Type'] = 'application/json';
  if (version !== undefined) headers['If-Match'] = `"${version}"`;
  const content = method === 'GET' || method === 'DELETE' ? {} : { body: JSON.stringify(body ?? {}) };
  const response = await fetch(atBase(path), { method, headers, ...content, ...(signal && { signal }) }).catch(
    (error: unknown) => {
      if (signal?.aborted) throw error;
      throw new ServerError(0, UNREACHABLE);
    },
  );
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as Answer;
  throw new ServerError(response.status, errorIn(answer));
}

/** Ours come as `{ error }`, those of sign-in as `{ code, message }`, those of a proxy as anything. */
function errorIn(answer: unknown): ErrorBody {
  const body = (answer ?? {}) as { error?: ErrorBody } & Partial<ErrorBody>;
  if (typeof body.error === 'object' && body.error !== null) return body.error;
  if (typeof body.code === 'string') return { ...body, code: body.code, message: body.message ?? body.code };
  return UNREACHABLE;
}

/** A path with everything in it encoded: ``path`/projects/${project}` ``. */
export function path(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return parts.reduce((text, part, index) => text + encodeURIComponent(values[index - 1] ?? '') + part);
}
