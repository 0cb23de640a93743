import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';

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

/**
 * Asks an HTTP server. Not by `fetch`, which takes Node 75 ms to get ready: longer than all else that a short command
 * does. Redirects are not followed, for a token that is meant for one address is not shown to another.
 *
 * @throws Error as Node's own client does
 */
export async function request(url: string, sent: Sent): Promise<Answered> {
  const address = new URL(url);
  const { request: open } = await (address.protocol === 'https:' ? import('node:https') : import('node:http'));
  try {
    return await send(open, address, sent);
  } catch (error) {
    // The server may let go of an idle connection in the moment in which it is used again.
    const isReset = (error as NodeJS.ErrnoException).code === 'ECONNRESET';
    if (!isReset || !(error as Reused).wasReused || (sent.method ?? 'GET') !== 'GET') throw error;
    return send(open, address, sent);
  }
}

interface Reused {
  readonly wasReused?: boolean;
}

type Open = (
  url: URL,
  options: RequestOptions,
  onAnswer: (answer: IncomingMessage) => void,
) => ReturnType<typeof import('node:http').request>;

function send(open: Open, url: URL, { method = 'GET', headers = {}, body, signal }: Sent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = open(url, { method, signal, headers: { ...headers, ...length } }, (incoming) => {
      resolve({
        ...{ status: incoming.statusCode ?? 0, headers: incoming.headers, body: incoming },
        text: () => textOf(incoming),
      });
    });
    outgoing.on('error', (error) => reject(Object.assign(error, { wasReused: outgoing.reusedSocket })));
    outgoing.end(body);
  });
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Why a server could not be reached, in a word. */
export function whyNot(error: unknown): string {
  const { name, code, message } = error as NodeJS.ErrnoException;
  return name === 'AbortError' || name === 'TimeoutError' ? 'no answer in time' : (code ?? message);
}
