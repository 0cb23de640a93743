import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Fault } from './fault.ts';
import { ProxiedConnection } from './proxied-connection.ts';

/**
 * Stands between a client and a server, and does to their connections what networks do. The fault can be another at any
 * moment; connections that are open feel it too.
 */
export class FaultProxy {
  /** Connections ever taken. */
  accepted = 0;
  /** Bytes that servers have sent down. */
  bytesDown = 0;
  readonly #server: Server;
  readonly #target: () => string;
  readonly #connections = new Set<ProxiedConnection>();
  #fault: Fault = { kind: 'pass' };
  #answersLeft = 0;
  #wake: (() => void)[] = [];

  private constructor(target: () => string) {
    this.#target = target;
    // A half that has ended is passed on as such.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.accepted += 1;
      const { hostname, port } = new URL(this.#target());
      const connection = new ProxiedConnection(socket, { host: hostname, port: Number(port) }, this);
      this.#connections.add(connection);
      void connection.run().finally(() => this.#connections.delete(connection));
    });
  }

  /**
   * Listens on a free port of the loopback.
   *
   * @param target URL of the server behind; a function is asked at each connection, as the server may move
   */
  static async start(target: string | (() => string)): Promise<FaultProxy> {
    const proxy = new FaultProxy(typeof target === 'string' ? () => target : target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that are open. */
  get open(): number {
    return this.#connections.size;
  }

  get fault(): Fault {
    return this.#fault;
  }

  set fault(fault: Fault) {
    this.#fault = fault;
    this.#answersLeft = fault.kind === 'answer' ? (fault.times ?? Number.POSITIVE_INFINITY) : 0;
    this.#wakeAll();
  }

  /** Resolves when the fault has become another, or a connection has closed. */
  changed(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  /** Whether the next request is answered here; counts it if so. */
  takesRequest(): boolean {
    if (this.#answersLeft <= 0) return false;
    this.#answersLeft -= 1;
    return true;
  }

  /** Ends every connection that is open, as `cut` does. */
  cutAll(by: 'fin' | 'rst'): void {
    for (const connection of this.#connections) connection.cut(by);
    this.#wakeAll();
  }

  async close(): Promise<void> {
    this.fault = { kind: 'pass' };
    this.cutAll('rst');
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #wakeAll(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const resolve of waiting) resolve();
  }
}
