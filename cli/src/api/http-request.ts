import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createAgent, type HttpAgent, proxyFor, sendRequest } from '@dimmer/client-node';

// Why: decision 0108.
/** What is sent. */
export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

/** What has come back, as soon as its head is there. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it arrives. */
  readonly body: AsyncIterable<Uint8Array>;
  /** All of it. */
  text(): Promise<string>;
}

/** By the origin of the server, and the proxy on the way. */
const agents = new Map<string, HttpAgent>();

/**
 * Asks an HTTP server, the way the SDK does: by the proxy that the environment names. Redirects are not followed, for a
 * token that is meant for one address is not shown to another.
 *
 * @throws Error as Node's own client does; the signal's reason if that ended it
 */
export async function request(url: string, sent: Sent): Promise<Answered> {
  const address = new URL(url);
  const { method = 'GET', headers = {}, body, signal } = sent;
  const way = `${address.origin} ${proxyFor(address, process.env)?.href}`;
  const agent = agents.get(way) ?? createAgent(address, { holdsProcess: true });
  agents.set(way, agent);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    let incoming: IncomingMessage | undefined;
    const end = (): void => {
      incoming?.destroy(signal.reason);
      abort();
      reject(signal.reason);
    };
    const abort = sendRequest(
      {
        url: address,
        method,
        body,
        agent,
        maxRedirects: 0,
        headers: { ...headers, ...length },
        // Whether a write has arrived, nobody knows.
        isRepeatable: method === 'GET',
      },
      (answer) => {
        incoming = answer;
        answer.once('close', () => signal.removeEventListener('abort', end));
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: answer,
          text: () => textOf(answer),
        });
      },
      ({ message, code }) => {
        signal.removeEventListener('abort', end);
        reject(Object.assign(new Error(message), { code }));
      },
    );
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Why a server could not be reached, in a few words. */
export function whyNot(error: unknown): string {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'AbortError' || name === 'TimeoutError') return 'no answer in time';
  // What the proxy said is in the message alone.
  if (code === undefined || code.startsWith('ERR_PROXY')) return message;
  if (!/CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)/.test(code)) return code;
  return `${code}; name the file of your own certificate authority in NODE_EXTRA_CA_CERTS`;
}
