import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** What the proxy was asked. */
interface Asked {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** A proxy as companies have them: plain requests by their whole address, the others by `CONNECT`. */
export class ForwardProxy {
  readonly asked: Asked[] = [];
  /** Answers every request in the servers' stead. */
  refusal: number | undefined;
  readonly #server: Server;

  private constructor(targetPort: number) {
    // Whatever name is asked for is this one server: nothing leaves the machine.
    this.#server = createServer((incoming, outgoing) => {
      this.#note(incoming);
      if (this.refusal) {
        outgoing.writeHead(this.refusal).end();
        return;
      }
      const { pathname, search } = new URL(incoming.url ?? '');
      const { method, headers } = incoming;
      const options = { port: targetPort, host: '127.0.0.1', path: pathname + search, method, headers, agent: false };
      const onward = request(options as object, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      outgoing.on('close', () => onward.destroy());
      incoming.pipe(onward);
    });
    this.#server.on('connect', (incoming: IncomingMessage, client) => {
      this.#note(incoming);
      client.on('error', () => {});
      if (this.refusal) {
        client.end(`HTTP/1.1 ${this.refusal} No\r\n\r\n`);
        return;
      }
      const target = connect(targetPort, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 Go ahead\r\n\r\n');
        client.pipe(target).pipe(client);
      });
      target.on('error', () => client.destroy());
      client.on('close', () => target.destroy());
    });
  }

  /** Listens on a free port of the loopback. */
  static async start(targetPort: number): Promise<ForwardProxy> {
    const proxy = new ForwardProxy(targetPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #note({ method = '', url = '', headers }: IncomingMessage): void {
    this.asked.push({ method, target: url, headers });
  }
}
