/**
 * One HTTP request as this SDK makes them, over `node:http` and `node:https`. Not the global `fetch`, because its
 * sockets cannot be unreferenced: an open stream would keep a finished process from exiting.
 */
import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';

const MAX_REDIRECTS = 3;

export interface HttpRequest {
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  /** Makes it a POST. */
  readonly body?: string | undefined;
  readonly agent: HttpAgent;
}

/** The sockets of one client, kept apart from the host's own. */
export interface HttpAgent {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

export function createAgent(): HttpAgent {
  return { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) };
}

/** Why there was no answer. `refused`: a certificate that is not accepted, which will not mend by trying soon. */
export interface HttpFailure {
  readonly message: string;
  readonly refused: boolean;
}

/**
 * Sends the request; calls exactly one of `answered` (with headers, the body still to come) and `failed`. Follows up to
 * three redirects within the same origin; credentials never go to another.
 *
 * @returns aborts it; after that nothing is called
 */
export function sendRequest(
  request: HttpRequest,
  answered: (response: IncomingMessage) => void,
  failed: (failure: HttpFailure) => void,
): () => void {
  let current: http.ClientRequest | undefined;
  let over = false;

  function fail(error: NodeJS.ErrnoException): void {
    if (over) return;
    over = true;
    failed({ message: describe(error), refused: isCertificateProblem(error) });
  }

  function send(url: URL, redirectsLeft: number): void {
    const secure = url.protocol === 'https:';
    const options = {
      method: request.body === undefined ? 'GET' : 'POST',
      headers: request.headers,
      agent: secure ? request.agent.https : request.agent.http,
    };
    current = (secure ? https : http).request(url, options, (response) => {
      if (over) return;
      const next = redirectOf(url, response);
      if (next === undefined) {
        over = true;
        answered(response);
      } else if (next.origin !== request.url.origin || redirectsLeft === 0) {
        response.resume();
        fail(new Error(redirectsLeft === 0 ? 'redirected too often' : 'redirected to another origin'));
      } else {
        response.resume();
        send(next, redirectsLeft - 1);
      }
    });
    current.on('socket', (socket) => socket.unref());
    current.on('error', fail);
    current.end(request.body);
  }

  try {
    send(request.url, MAX_REDIRECTS);
  } catch (error) {
    queueMicrotask(() => fail(error as Error));
  }
  return () => {
    over = true;
    current?.destroy();
  };
}

/** What `Retry-After` asks, in ms: seconds or a date; 0 if absent or unreadable. */
export function retryAfterMsOf(response: IncomingMessage): number {
  const value = response.headers['retry-after'] ?? '';
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Math.max(0, waitMs) || 0;
}

function redirectOf(from: URL, response: IncomingMessage): URL | undefined {
  const { statusCode = 0, headers } = response;
  const moved = [301, 302, 303, 307, 308].includes(statusCode) && headers.location;
  return moved ? new URL(moved, from) : undefined;
}

/** Node's own messages name host and port, which help, and never headers or the query. */
function describe(error: NodeJS.ErrnoException): string {
  return error.message || error.code || 'no connection';
}

function isCertificateProblem({ code = '' }: NodeJS.ErrnoException): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS|ERR_SSL/.test(code);
}
