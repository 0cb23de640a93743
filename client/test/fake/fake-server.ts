/**
 * A server that speaks docs/protocol.md and obeys the test: it can refuse, hang, lie and drop. Real HTTP on a free
 * port, because half of what an SDK must survive happens below the events.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Patch, Snapshot } from '@dimmer/core';

export interface EventsBatch {
  readonly batch: string;
  readonly instance: string;
  readonly sdk: string;
  readonly application?: string;
  readonly receipts: readonly { id: string; delayMs?: number }[];
  readonly summaries: readonly {
    id: string;
    from: number;
    to: number;
    counts: readonly { flag: string; variation: string | null; count: number }[];
  }[];
}

/** What a request was, for the test to look at. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export class FakeServer {
  snapshot: Snapshot;
  /** Takes the place of the normal answer of an endpoint. */
  readonly behaviours: {
    stream?: Behaviour | undefined;
    ruleset?: Behaviour | undefined;
    events?: Behaviour | undefined;
  } = {};
  readonly seen: Seen[] = [];
  readonly batches: EventsBatch[] = [];
  readonly streams = new Set<ServerResponse>();
  port = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Listens on a free port; `port` names one that was free before. */
  static async start(snapshot: Snapshot, { port = 0, host = '127.0.0.1' } = {}): Promise<FakeServer> {
    const fake = new FakeServer(snapshot);
    await new Promise<void>((resolve) => fake.#server.listen(port, host, resolve));
    fake.port = (fake.#server.address() as AddressInfo).port;
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Open TCP connections. */
  get connectionCount(): number {
    return this.#sockets.size;
  }

  requests(path: string): Seen[] {
    return this.seen.filter((request) => request.path.endsWith(path));
  }

  /** Moves to the next id and sends it as a patch to all streams, as a server does. */
  change(flags: Patch['flags'], segments: Patch['segments'] = {}): Patch {
    const { schema, hash, id: from } = this.snapshot;
    const id = nextId(from);
    const patch: Patch = { schema, hash, from, id, at: Date.now(), flags, segments };
    this.snapshot = {
      ...this.snapshot,
      id,
      at: patch.at,
      flags: merge(this.snapshot.flags, flags),
      segments: merge(this.snapshot.segments, segments),
    };
    this.send('patch', patch, id);
    return patch;
  }

  /** Sends an event, of any kind, to all streams. `data` that is a string goes as it is. */
  send(event: string, data: unknown, id?: string): void {
    for (const stream of this.streams) stream.write(eventText(event, data, id));
  }

  /** Cuts every connection, in the middle of whatever it was doing. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://fake');
    const { method = 'GET', headers } = request;
    this.seen.push({ method, path: url.pathname, query: url.searchParams, headers });
    response.setHeader('access-control-allow-origin', '*');
    const endpoint = /\/sdk\/v1\/(stream|ruleset|events)$/.exec(url.pathname)?.[1] as 'stream' | undefined;
    if (!endpoint) response.writeHead(404).end();
    else (this.behaviours[endpoint] ?? this[endpoint])(request, response);
  }

  readonly stream = (request: IncomingMessage, response: ServerResponse): void => {
    const held =
      request.headers['last-event-id'] ?? new URL(request.url ?? '/', 'http://fake').searchParams.get('lastEventId');
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
    if (held !== this.snapshot.id) response.write(eventText('snapshot', this.snapshot, this.snapshot.id));
    response.write(eventText('ping', { id: this.snapshot.id, at: Date.now() }));
    this.streams.add(response);
    response.on('close', () => this.streams.delete(response));
  };

  readonly ruleset = (request: IncomingMessage, response: ServerResponse): void => {
    const etag = `"${this.snapshot.id}"`;
    if (request.headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
    else response.writeHead(200, { etag, 'content-type': 'application/json' }).end(JSON.stringify(this.snapshot));
  };

  readonly events = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += chunk;
    this.batches.push(JSON.parse(body));
    response.writeHead(202, { 'content-type': 'application/json' }).end('{}');
  };
}

export function eventText(event: string, data: unknown, id?: string): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return `${id ? `id: ${id}\n` : ''}event: ${event}\ndata: ${text}\n\n`;
}

function nextId(id: string): string {
  const revision = Number.parseInt(id, 10) + 1;
  return `${revision}.${revision.toString(16).padStart(12, '0')}`;
}

function merge<T>(
  held: { readonly [key: string]: T },
  news: { readonly [key: string]: T | null },
): { [key: string]: T } {
  const merged = new Map(Object.entries(held));
  for (const [key, definition] of Object.entries(news)) {
    if (definition) merged.set(key, definition);
    else merged.delete(key);
  }
  return Object.fromEntries(merged);
}
