/**
 * One HTTP request as this SDK makes them, over `node:http` and `node:https`. Not the global `fetch`, because its
 * sockets cannot be unreferenced: an open stream would keep a finished process from exiting.
 */
import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { proxyFor } from './proxy-environment.ts';
import { PROXY_REFUSED, proxyAuthorization, TunnelAgent } from './proxy-tunnel.ts';

const MAX_REDIRECTS = 3;

export interface HttpRequest {
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  /** Makes it a POST. */
  readonly body?: string | undefined;
  readonly agent: HttpAgent;
}

/** The way of one client to its server: sockets of its own, kept apart from the host's. */
export interface HttpAgent {
  readonly pool: http.Agent;
  /** The proxy that plain requests are sent to. Encrypted ones go through it unseen, which is the pool's affair. */
  readonly proxy: URL | undefined;
}

/** Directly, or through the proxy that the environment names. */
export function createAgent(server: URL): HttpAgent {
  const proxy = proxyFor(server, process.env);
  const options = { keepAlive: true };
  if (server.protocol === 'https:') {
    return { pool: proxy ? new TunnelAgent(proxy, options) : new https.Agent(options), proxy: undefined };
  }
  return { pool: proxy?.protocol === 'https:' ? new https.Agent(options) : new http.Agent(options), proxy };
}

/** Why there was no answer. `refused`: a certificate, or us by the proxy, which will not mend by trying soon. */
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
    failed({ message: describe(error), refused: isRefusal(error) });
  }

  function send(url: URL, redirectsLeft: number): void {
    const { headers, body } = request;
    const { pool, proxy } = request.agent;
    // A plain request names the server to its proxy by the whole address.
    const toProxy = proxy && {
      path: `${url.origin}${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host, ...proxyAuthorization(proxy) },
    };
    const options = { method: body === undefined ? 'GET' : 'POST', headers, agent: pool, ...toProxy };
    const next = proxy ?? url;
    current = (next.protocol === 'https:' ? https : http).request(next, options, (response) => {
      if (over) return;
      const target = redirectOf(url, response);
      if (target === undefined) {
        over = true;
        answered(response);
        return;
      }
      response.resume();
      if (redirectsLeft === 0) fail(new Error('redirected too often'));
      else if (target === 'elsewhere') fail(new Error('redirected to another origin'));
      else send(target, redirectsLeft - 1);
    });
    current.on('socket', (socket) => socket.unref());
    current.on('error', fail);
    current.end(body);
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

/** Where the answer sends us, if it does; `elsewhere` is another origin, or no address at all. */
function redirectOf(from: URL, response: IncomingMessage): URL | 'elsewhere' | undefined {
  const { statusCode = 0, headers } = response;
  if (![301, 302, 303, 307, 308].includes(statusCode) || !headers.location) return undefined;
  const target = URL.canParse(headers.location, from.href) ? new URL(headers.location, from) : undefined;
  return target?.origin === from.origin ? target : 'elsewhere';
}

/** Node's own messages name host and port, which help, and never headers or the query. */
function describe(error: NodeJS.ErrnoException): string {
  return error.message || error.code || 'no connection';
}

/** A certificate, a version of TLS, or a proxy. */
function isRefusal({ code = '' }: NodeJS.ErrnoException): boolean {
  return code === PROXY_REFUSED || /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ERR_TLS|ERR_SSL|EPROTO/.test(code);
}
