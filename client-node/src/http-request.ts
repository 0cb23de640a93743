/**
 * One HTTP request as the SDK, the relay and the command line make them, over `node:http` and `node:https`. Not the
 * global `fetch`, because its sockets cannot be unreferenced: an open stream would keep a finished process from exiting.
 * Nor does it go by the proxy of the environment, and it takes a command 75 ms to load.
 * Why: decision 0032, decision 0139.
 */
import http, { type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import https from 'node:https';
import { type Environment, proxyFor } from './proxy-environment.ts';
import { PROXY_REFUSED, proxyAuthorization, TunnelAgent } from './proxy-tunnel.ts';

const MAX_REDIRECTS = 3;
/** A connection that nobody has used for so long is not trusted: what is between may have forgotten it. */
const STALE_MS = 30_000;

export interface HttpRequest {
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  /** Default: POST if there is a body, else GET. */
  readonly method?: string | undefined;
  readonly body?: string | undefined;
  readonly agent: HttpAgent;
  /** How many redirects within the origin are followed; default 3. With 0 the redirect is the answer. */
  readonly maxRedirects?: number | undefined;
  /**
   * Whether it may be sent again if a kept connection turns out to be dead, when nobody knows whether it had arrived;
   * default true.
   */
  readonly isRepeatable?: boolean | undefined;
}

/** The way of one client to its server: sockets of its own, kept apart from the host's. */
export interface HttpAgent {
  readonly pool: http.Agent;
  /** When it was used last, ms since 1970: the wall clock goes on also while a process is frozen. */
  usedAt: number;
  /** The proxy that plain requests are sent to. Encrypted ones go through a tunnel, which the pool of sockets opens. */
  readonly proxy: URL | undefined;
  /** Whether a request keeps the process alive until it is answered. */
  readonly holdsProcess: boolean;
}

interface AgentOptions {
  /** Where proxies are named; default `process.env`. */
  readonly environment?: Environment;
  /** Default false. */
  readonly holdsProcess?: boolean;
}

/** Directly, or through the proxy that the environment names. */
export function createAgent(server: URL, options: AgentOptions = {}): HttpAgent {
  const { environment = process.env, holdsProcess = false } = options;
  const proxy = proxyFor(server, environment);
  const isTunnel = proxy && server.protocol === 'https:';
  const protocol = (!isTunnel && proxy?.protocol) || server.protocol;
  const direct = () => new (protocol === 'https:' ? https : http).Agent({ keepAlive: true });
  return {
    pool: isTunnel ? new TunnelAgent(proxy, { keepAlive: true }, holdsProcess) : direct(),
    proxy: isTunnel ? undefined : proxy,
    holdsProcess,
    usedAt: Date.now(),
  };
}

/** Lets go of kept connections that have been idle for long; they may be dead without our having heard of it. */
function dropStale(agent: HttpAgent): void {
  const now = Date.now();
  if (now - agent.usedAt > STALE_MS) {
    for (const sockets of Object.values(agent.pool.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
  agent.usedAt = now;
}

/** Why there was no answer. `refused`: a certificate, or us by the proxy, which will not mend by trying soon. */
export interface HttpFailure {
  readonly message: string;
  readonly refused: boolean;
  /** Node's own, e.g. `ECONNREFUSED`. */
  readonly code: string | undefined;
}

/**
 * Sends the request; calls exactly one of `answered` (with headers, the body still to come) and `failed`. Follows
 * redirects within the same origin; credentials never go to another.
 *
 * @returns aborts it; after that nothing is called
 */
export function sendRequest(
  request: HttpRequest,
  answered: (response: IncomingMessage) => void,
  failed: (failure: HttpFailure) => void,
): () => void {
  const { maxRedirects = MAX_REDIRECTS, isRepeatable = true } = request;
  let current: http.ClientRequest | undefined;
  let over = false;

  function fail(error: NodeJS.ErrnoException): void {
    if (over) return;
    over = true;
    failed({ message: describe(error), refused: isRefusal(error), code: error.code });
  }

  function send(url: URL, redirectsLeft: number, isRepeated = false): void {
    const { headers, body, method = body === undefined ? 'GET' : 'POST' } = request;
    const { pool, proxy, holdsProcess } = request.agent;
    // A plain request names the server to its proxy by the whole address.
    const toProxy = proxy && {
      path: `${url.origin}${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host, ...proxyAuthorization(proxy) },
    };
    const options = { method, headers, agent: pool, ...toProxy };
    const next = proxy ?? url;
    const sent = (next.protocol === 'https:' ? https : http).request(next, options, (response) => {
      if (over) return;
      const target = maxRedirects > 0 ? redirectOf(url, response) : undefined;
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
    current = sent;
    if (!holdsProcess) sent.on('socket', (socket) => socket.unref());
    sent.on('error', (error: NodeJS.ErrnoException) => {
      // The other side may let go of an idle connection in the moment in which it is used again.
      const isDead = sent.reusedSocket && /^(ECONNRESET|EPIPE)$/.test(error.code ?? '');
      if (over || isRepeated || !isRepeatable || !isDead) fail(error);
      else send(url, redirectsLeft, true);
    });
    sent.end(body);
  }

  try {
    dropStale(request.agent);
    send(request.url, maxRedirects);
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
