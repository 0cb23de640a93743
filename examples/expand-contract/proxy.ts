/** A small proxy in front of whatever is deployed: round robin, and nothing is taken away that still answers. */
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from '../scenery/service.ts';

/** Not shorter than what services say of theirs, whose headers are passed on: else a connection closes as it is used. */
const KEEP_ALIVE_MS = 120_000;

interface Backend {
  readonly service: Service;
  readonly agent: Agent;
  underWay: number;
}

export class ReverseProxy {
  readonly #server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS },
    (request, response) => void this.#answer(request, response),
  );
  #backends: Backend[] = [];
  #turn = 0;

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  add(...services: readonly Service[]): void {
    for (const service of services) {
      this.#backends.push({ service, agent: new Agent({ keepAlive: true }), underWay: 0 });
    }
  }

  /** Sends it no more requests, waits until it has answered those that it has, and stops it. */
  async retire(service: Service): Promise<void> {
    const leaving = this.#backends.find((each) => each.service === service);
    this.#backends = this.#backends.filter((each) => each !== leaving);
    while (leaving && leaving.underWay > 0) await delay(5);
    leaving?.agent.destroy();
    await service.stop();
  }

  async close(): Promise<void> {
    await Promise.all(this.#backends.map(({ service }) => this.retire(service)));
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const backend = this.#backends[this.#turn++ % this.#backends.length];
    if (!backend) return void response.writeHead(503).end();
    backend.underWay++;
    try {
      const answer = await forward(backend, request);
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      await pipeline(answer, response);
    } catch {
      if (response.headersSent) response.destroy();
      else response.writeHead(502).end();
    } finally {
      backend.underWay--;
    }
  }
}

function forward({ service, agent }: Backend, request: IncomingMessage): Promise<IncomingMessage> {
  const { url, method, headers } = request;
  return new Promise((resolve, reject) => {
    const onward = httpRequest(service.url, { agent, path: url, method, headers }, resolve);
    onward.on('error', reject);
    request.on('error', reject).pipe(onward);
  });
}
