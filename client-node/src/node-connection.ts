/** The server as Node sees it: the key in a header, one pool of sockets, every body bounded. */
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import {
  type Answer,
  type Connection,
  MOST_EVENT_BYTES,
  MOST_GZIP_RATIO,
  MOST_INFLATED_BYTES,
  RATIO_COUNTS_FROM_BYTES,
} from '@dimmer/client';
import { createAgent, retryAfterMsOf, sendRequest } from './http-request.ts';
import { isTooDeep } from './json-depth.ts';
import { openNodeStream } from './node-stream.ts';
import { isLarge, parseInSlices } from './sliced-json.ts';

const ANSWER_WITHIN_MS = 10_000;

interface NodeConnection extends Connection {
  /** Lets go of every connection, also of those in use: called when none of them can be alive any more. */
  readonly refresh: () => void;
}

const unzip = promisify(gunzip);
const NO_ANSWER: Answer = { status: 0, retryAfterMs: 0, text: '' };

/**
 * @param base `http:` or `https:` URL of the server, with or without a path, without a query
 * @param identity who connects, as query parameters
 * @param moreHeaders what requests say besides, asked for each of them
 */
export function connectNode(
  base: URL,
  key: string,
  identity: URLSearchParams,
  moreHeaders: () => Readonly<Record<string, string>> = () => ({}),
): NodeConnection {
  const agent = createAgent(base);
  const authorization = `Bearer ${key}`;

  function endpoint(path: string): URL {
    const url = new URL(base);
    url.pathname = `${base.pathname.replace(/\/+$/, '')}/sdk/v1/${path}`;
    url.search = identity.toString();
    return url;
  }

  function request(path: string, body?: string, id?: string): Promise<Answer> {
    const headers = {
      ...moreHeaders(),
      authorization,
      accept: 'application/json',
      'accept-encoding': 'gzip',
      ...(body === undefined
        ? undefined
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      ...(id ? { 'if-none-match': `"${id}"` } : undefined),
    };
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        abort();
        settle(NO_ANSWER);
      }, ANSWER_WITHIN_MS).unref();
      function settle(answer: Answer): void {
        clearTimeout(timer);
        resolve(answer);
      }
      const abort = sendRequest(
        { url: endpoint(path), headers, body, agent },
        (response) => void answerOf(response).then(settle, () => settle(NO_ANSWER)),
        () => settle(NO_ANSWER),
      );
    });
  }

  return {
    stream: {
      open: (id, sink) => openNodeStream({ url: endpoint('stream'), headers: { authorization }, agent }, id, sink),
    },
    request,
    refresh: () => agent.pool.destroy(),
    close: () => agent.pool.destroy(),
  };
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_EVENT_BYTES) throw new RangeError('a body over 16 MiB');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const text = (response.headers['content-encoding'] === 'gzip' ? await inflate(body) : body).toString('utf8');
  if (isTooDeep(text)) throw new RangeError('JSON nested deeper than 64');
  // What cannot be parsed is passed on as it is: the caller says what is wrong.
  const payload = isLarge(text) ? await parseInSlices(text).catch(() => undefined) : undefined;
  return { status: response.statusCode ?? 0, retryAfterMs: retryAfterMsOf(response), text, payload };
}

/** A few hundred kilobytes can inflate to gigabytes: the size is bounded, and so is the ratio. */
async function inflate(body: Buffer): Promise<Buffer> {
  const byRatio = Math.max(RATIO_COUNTS_FROM_BYTES, body.length * MOST_GZIP_RATIO);
  return unzip(body, { maxOutputLength: Math.min(MOST_INFLATED_BYTES, byRatio) });
}
