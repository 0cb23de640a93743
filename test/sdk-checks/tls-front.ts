import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type Server, type TlsOptions } from 'node:tls';

/** TLS before a server that speaks plain HTTP. */
export class TlsFront {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a free port of the loopback. */
  static async start(options: TlsOptions, targetPort: number): Promise<TlsFront> {
    const server = createServer(options, (client) => {
      const target = connect(targetPort, '127.0.0.1');
      client.pipe(target).pipe(client);
      client.on('error', () => target.destroy()).on('close', () => target.destroy());
      target.on('error', () => client.destroy()).on('close', () => client.destroy());
    });
    // Clients that refuse us are what these tests are about.
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TlsFront(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
  }
}
