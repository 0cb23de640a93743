import { connect, createServer, type Server, type Socket } from 'node:net';

/** A load balancer of the simplest kind: each connection to the next server that takes it. */
export class Balancer {
  readonly #server: Server;
  readonly #ports: () => readonly number[];
  readonly #sockets = new Set<Socket>();
  #next = 0;

  private constructor(ports: () => readonly number[]) {
    this.#ports = ports;
    this.#server = createServer((client) => this.#pass(client));
  }

  /** @param urls of the servers, asked for at each connection */
  static async start(urls: () => readonly string[]): Promise<Balancer> {
    const balancer = new Balancer(() => urls().map((url) => Number(new URL(url).port)));
    await new Promise<void>((resolve) => balancer.#server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** Cuts every connection that goes through it. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
  }

  #pass(client: Socket): void {
    const ports = this.#ports();
    this.#next += 1;
    this.#keep(client);
    this.#try(
      client,
      [...ports.keys()].map((index) => ports[(index + this.#next) % ports.length] as number),
    );
  }

  #try(client: Socket, [port, ...others]: readonly number[]): void {
    if (port === undefined) {
      client.destroy();
      return;
    }
    const server = connect(port, '127.0.0.1');
    this.#keep(server);
    let isConnected = false;
    server.once('connect', () => {
      isConnected = true;
      client.pipe(server).pipe(client);
    });
    server.on('close', () => {
      if (isConnected) client.destroy();
      else if (!client.destroyed) this.#try(client, others);
    });
    client.on('close', () => server.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
