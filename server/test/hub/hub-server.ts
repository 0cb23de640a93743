import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Hub } from '../../src/hub/hub.ts';
import type { HubObserver } from '../../src/hub/hub-observer.ts';
import type { RulesetOrigin } from '../../src/ruleset/ruleset-source.ts';
import { RawStream } from './raw-stream.ts';

interface HubServerOptions {
  readonly maxStreams?: number;
  readonly observer?: HubObserver;
  readonly now?: () => number;
}

/** A hub behind a bare HTTP server: `?key=` names the key, and keys in `revoked` are no longer valid. */
export class HubServer {
  readonly hub: Hub;
  readonly revoked = new Set<string>();
  readonly #server: Server;
  readonly #streams: RawStream[] = [];
  outcomes: string[] = [];

  private constructor(origin: RulesetOrigin, options: HubServerOptions) {
    this.hub = new Hub(origin, { maxStreams: 10_000, ...options });
    this.#server = createServer((request, out) => {
      const query = new URL(request.url ?? '/', 'http://hub').searchParams;
      const id = query.get('key') ?? 'key-1';
      const outcome = this.hub.open({
        scope: { project: 'default', environment: query.get('environment') ?? 'production', audience: 'server' },
        key: { id, isValid: () => !this.revoked.has(id) },
        lastId: request.headers['last-event-id']?.toString() ?? null,
        out,
        headers: { 'content-type': 'text/event-stream' },
      });
      this.outcomes.push(outcome);
      if (outcome !== 'open') out.writeHead(503).end();
    });
  }

  static async start(origin: RulesetOrigin, options: HubServerOptions = {}): Promise<HubServer> {
    const self = new HubServer(origin, options);
    await new Promise<void>((resolve) => self.#server.listen(0, '127.0.0.1', resolve));
    return self;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async stream(lastId?: string, query = ''): Promise<RawStream> {
    const stream = await RawStream.open(this.url + query, lastId === undefined ? {} : { 'last-event-id': lastId });
    this.#streams.push(stream);
    return stream;
  }

  async stop(): Promise<void> {
    this.hub.close();
    for (const stream of this.#streams) stream.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
