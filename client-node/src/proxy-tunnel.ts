/** HTTP `CONNECT` tunnel: the way to an `https:` server through a proxy, with TLS to the server itself inside. */
import http from 'node:http';
import https, { type AgentOptions, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';

const CONNECT_WITHIN_MS = 10_000;

/** The proxy will not let us through, now or soon. */
export const PROXY_REFUSED = 'ERR_PROXY_REFUSED';

/** An agent whose connections all go through one proxy. The proxy sees the server's name, and nothing else. */
export class TunnelAgent extends https.Agent {
  readonly #proxy: URL;
  readonly #holdsProcess: boolean;
  readonly #pending = new Set<http.ClientRequest>();

  /** @param holdsProcess whether opening a connection keeps the process alive */
  constructor(proxy: URL, options: AgentOptions, holdsProcess = false) {
    super(options);
    this.#proxy = proxy;
    this.#holdsProcess = holdsProcess;
  }

  // Called by Node: answers nothing, and calls back.
  override createConnection(given: RequestOptions, created?: (error: Error | null, socket: Duplex) => void): undefined {
    const proxy = this.#proxy;
    const options = given as tls.ConnectionOptions;
    const { host = '', port = 443 } = options;
    const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const request = (proxy.protocol === 'https:' ? https : http).request(proxy, {
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyAuthorization(proxy) },
      agent: false,
    });
    this.#pending.add(request);
    const over = (error: Error | null, socket?: Duplex): void => {
      if (!this.#pending.delete(request)) return;
      if (error) request.destroy();
      created?.(error, socket as Duplex);
    };
    if (!this.#holdsProcess) request.on('socket', (socket) => socket.unref());
    request.setTimeout(CONNECT_WITHIN_MS, () => over(new Error(`the proxy was silent for ${CONNECT_WITHIN_MS} ms`)));
    request.on('error', over);
    request.on('response', ({ statusCode = 0 }) => over(refusal(statusCode)));
    request.on('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode !== 200) {
        socket.destroy();
        over(refusal(statusCode));
      } else {
        socket.setTimeout(0);
        over(null, tls.connect({ ...options, socket }));
      }
    });
    request.end();
  }

  override destroy(): void {
    for (const request of this.#pending) request.destroy();
    super.destroy();
  }
}

/** What a proxy with a user in its address wants to be told. */
export function proxyAuthorization({ username, password }: URL): { 'proxy-authorization'?: string } {
  if (!username) return {};
  const user = `${decoded(username)}:${decoded(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(user).toString('base64')}` };
}

/** A percent sign that encodes nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function refusal(status: number): Error {
  const error: NodeJS.ErrnoException = new Error(`the proxy answered HTTP ${status}`);
  if (status >= 400 && status < 500) error.code = PROXY_REFUSED;
  return error;
}
