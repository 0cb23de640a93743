import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from './client-address.ts';
import { type Place, Roster } from './roster.ts';

// Why: decision 0125.
/**
 * Slow readers: a response of which no byte leaves for so long is cut. Node looks once in this time whether the queue
 * has become shorter, so it is cut after one to two of them: within 16 s.
 */
const STALLED_MS = 8_000;
/** Requests that wait on one connection; browsers and SDKs send the next when they have been answered. */
const MOST_PIPELINED = 8;
/** Connections in sum that have shown nothing, whatever the limit on files allows. */
const MOST_UNPROVEN = 2_000;
/** Grace period in which a new connection cannot be closed for a newer one: in a storm many are new at once. */
const GRACE_MS = 1_000;

export interface ConnectionLimits {
  /** Connections at once in sum. More are closed in turn, those first that have shown nothing for longest. */
  readonly most: number;
  /** Connections from one address that have shown nothing; 0: as many as in sum. */
  readonly perAddress: number;
  /** An answer of which its reader takes no byte for so long is cut. Default 8,000. */
  readonly stalledMs?: number;
  /** Nobody gives way to neighbours before. Default 1,000. */
  readonly graceMs?: number;
}

/**
 * An answer that nobody reads; too many connections that have shown nothing; too many requests at once on one; too many
 * requests from one address; a body in tiny pieces.
 */
export type CutReason = 'stalled' | 'crowded' | 'pipelined' | 'flooding' | 'crumbs';

/** What is told of what was cut. */
export interface ConnectionObserver {
  cut(why: CutReason): void;
}

interface Connection {
  readonly network: string;
  /** By a clock that nobody sets. */
  readonly openedAt: number;
  /** Requests that have not been answered. */
  requests: number;
  hasAsked: boolean;
  /** Whether it has shown a key that is secret, or holds a stream, which is counted elsewhere. */
  isProven: boolean;
  isCut: boolean;
  /** While it is unproven: among all, and among those of its address. */
  places: { readonly among: Place<Socket>; readonly neighbours: Place<Socket> } | null;
}

/**
 * Connection limit: every connection of a server, so that those without a credential cannot take the room of the
 * others.
 *
 * A connection is unproven until a request on it has shown a server key, an admin token, or a session, or has become a
 * stream. Unproven ones are limited by address and in sum: the oldest is closed for a new one, which has time to show
 * its credential. So an admin's call finds a free file descriptor, however many others hold connections for nothing.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #observer: ConnectionObserver;
  readonly #all = new WeakMap<Socket, Connection>();
  #open = 0;
  /** Those of each address. */
  readonly #neighbours = new Map<string, Roster<Socket>>();
  readonly #unproven = new Roster<Socket>();

  constructor(limits: ConnectionLimits, observer: ConnectionObserver) {
    this.#limits = limits;
    this.#observer = observer;
  }

  /** Watches a server that does not listen yet. */
  watch(server: Server): void {
    // The time limit of an answer under way; Node sets another one while a connection waits for its next request.
    server.timeout = this.#limits.stalledMs ?? STALLED_MS;
    server.on('connection', (socket: Socket) => this.#opened(socket));
    server.on('timeout', (socket: Socket) => this.#timedOut(socket));
    server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) =>
      this.#asked(socket, response),
    );
  }

  /** Takes a connection out of those that may have to give way. Of one that is gone nothing happens. */
  prove(socket: Socket | null | undefined): void {
    const connection = socket ? this.#all.get(socket) : undefined;
    if (!socket || !connection || connection.isProven) return;
    connection.isProven = true;
    this.#forgetUnproven(connection);
  }

  /** Whether a request has come on a connection that is cut: the parser hands over the rest of a packet all the same. */
  hasCut(socket: Socket): boolean {
    return this.#all.get(socket)?.isCut === true;
  }

  #opened(socket: Socket): void {
    const network = networkOf(socket.remoteAddress ?? '');
    const connection: Connection = {
      network,
      openedAt: performance.now(),
      requests: 0,
      hasAsked: false,
      isProven: false,
      isCut: false,
      places: null,
    };
    this.#all.set(socket, connection);
    this.#open += 1;
    const neighbours = this.#neighbours.get(network) ?? new Roster();
    if (neighbours.size === 0) this.#neighbours.set(network, neighbours);
    connection.places = { among: this.#unproven.add(socket), neighbours: neighbours.add(socket) };
    socket.once('close', () => {
      this.#open -= 1;
      this.#all.delete(socket);
      this.#forgetUnproven(connection);
    });
    const { most, perAddress, graceMs = GRACE_MS } = this.#limits;
    if (perAddress > 0 && neighbours.size > perAddress) this.#cutFirst(neighbours, graceMs);
    if (this.#unproven.size > MOST_UNPROVEN || this.#open > most) this.#cutFirst(this.#unproven);
  }

  #cutFirst({ first }: Roster<Socket>, graceMs = 0): void {
    if (first === undefined) return;
    const { openedAt = 0 } = this.#all.get(first) ?? {};
    if (performance.now() - openedAt >= graceMs) this.#cut(first, 'crowded');
  }

  #asked(socket: Socket, response: ServerResponse): void {
    const connection = this.#all.get(socket);
    if (!connection) return;
    connection.requests += 1;
    connection.hasAsked = true;
    response.once('close', () => (connection.requests -= 1));
    if (connection.requests > MOST_PIPELINED) this.#cut(socket, 'pipelined');
  }

  /**
   * Nothing was read or written for the time that was set. An answer whose bytes wait has lost its reader; a handler that
   * is still at work, such as a write that waits until it has been applied, has not; a connection whose requests have been
   * answered has been kept for the next one for long enough. How long the first may take is looked at by Node.
   */
  #timedOut(socket: Socket): void {
    // A stream has its own eye on its reader.
    if (socket.destroyed) return;
    const { requests, hasAsked } = this.#all.get(socket) ?? { requests: 0, hasAsked: true };
    if (requests > 0 && socket.writableLength > 0) this.#cut(socket, 'stalled');
    else if (requests === 0 && hasAsked) socket.destroy();
  }

  #cut(socket: Socket, why: CutReason): void {
    const connection = this.#all.get(socket);
    if (!connection || connection.isCut) return;
    connection.isCut = true;
    this.#observer.cut(why);
    // Out of the lists at once: the event comes later, and the next one to be cut must be another.
    this.#forgetUnproven(connection);
    socket.destroy();
  }

  #forgetUnproven(connection: Connection): void {
    const { places, network } = connection;
    if (!places) return;
    connection.places = null;
    this.#unproven.remove(places.among);
    const neighbours = this.#neighbours.get(network);
    neighbours?.remove(places.neighbours);
    if (neighbours?.size === 0) this.#neighbours.delete(network);
  }
}
