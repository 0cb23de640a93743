import { connect, type Socket } from 'node:net';
import type { Direction, Fault } from './fault.ts';
import { SseRewriter } from './sse-rewriter.ts';

// Held here, so that a test may stop its own clock.
const { setTimeout, setImmediate } = globalThis;

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** What a connection asks of the proxy. */
interface Faults {
  readonly fault: Fault;
  bytesDown: number;
  readonly takesRequest: () => boolean;
  readonly changed: () => Promise<void>;
}

/** One connection through the proxy: a socket on either side, and a fault between them. */
export class ProxiedConnection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #faults: Faults;
  /** Bytes that have gone down under the present fault. */
  #sent = 0;
  #fault: Fault | undefined;
  #isOver = false;
  #rewriter: SseRewriter | undefined;

  constructor(client: Socket, target: { host: string; port: number }, faults: Faults) {
    this.#client = client;
    this.#server = connect({ ...target, allowHalfOpen: true, noDelay: true });
    this.#faults = faults;
    if (faults.fault.kind === 'events') this.#rewriter = new SseRewriter(faults.fault.rewrite);
  }

  /** Resolves when both sides are closed. Never rejects. */
  async run(): Promise<void> {
    const closed = [this.#client, this.#server].map(
      (socket) => new Promise<void>((resolve) => void socket.on('error', () => {}).once('close', () => resolve())),
    );
    if (this.#faults.fault.kind === 'refuse') this.cut('rst');
    void this.#pump(this.#client, this.#server, 'up');
    void this.#pump(this.#server, this.#client, 'down');
    await Promise.all(closed);
  }

  /** Ends both sides now: in order towards the client (`fin`), or by a reset. */
  cut(by: 'fin' | 'rst'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#server.destroy();
    if (by === 'rst') this.#client.resetAndDestroy();
    else {
      this.#client.end();
      // What the client still has to say is read and dropped, until it closes too.
      this.#client.resume();
      setTimeout(() => this.#client.destroy(), 1_000).unref();
    }
  }

  async #pump(from: Socket, to: Socket, direction: Direction): Promise<void> {
    try {
      for await (const piece of from) {
        await this.#pass(piece, to, direction);
        if (this.#isOver) return;
      }
      await this.#outOfBlackhole(direction);
      if (!this.#isOver) to.end();
    } catch {
      // One side was reset: so is the other, when the fault lets it know.
      await this.#outOfBlackhole(direction);
      this.cut('rst');
    }
  }

  async #pass(piece: Buffer, to: Socket, direction: Direction): Promise<void> {
    await this.#outOfBlackhole(direction);
    const { fault } = this.#faults;
    if (fault.kind === 'latency') await pause(fault.ms + Math.random() * (fault.jitterMs ?? 0));
    if (this.#isOver) return;
    if (direction === 'up') {
      if (fault.kind === 'answer' && this.#faults.takesRequest()) this.#answer(fault);
      else await write(to, piece);
    } else await this.#passDown(this.#rewriter ? this.#rewriter.take(piece) : piece, fault);
  }

  async #passDown(piece: Buffer, fault: Fault): Promise<void> {
    this.#faults.bytesDown += piece.length;
    if (this.#fault !== fault) this.#sent = 0;
    this.#fault = fault;
    const start = this.#sent;
    this.#sent += piece.length;
    switch (fault.kind) {
      case 'rate':
        return await this.#inPieces(piece, () => Math.max(1, Math.ceil(fault.bytesPerS / 50)), 20);
      case 'rechunk':
        return await this.#inPieces(piece, () => (fault.bytes === 'random' ? 1 + Math.random() * 64 : fault.bytes), 0);
      case 'corrupt': {
        const at = fault.atByte - start;
        const altered = Buffer.from(piece);
        if (at >= 0 && at < piece.length) altered[at] = piece[at]! ^ 0x01;
        return await write(this.#client, altered);
      }
      case 'cut': {
        const left = fault.afterBytes - start;
        if (left > 0) await write(this.#client, piece.subarray(0, left));
        if (left <= piece.length) this.cut(fault.by);
        return;
      }
      default:
        return await write(this.#client, piece);
    }
  }

  async #inPieces(piece: Buffer, nextBytes: () => number, everyMs: number): Promise<void> {
    for (let start = 0; start < piece.length && !this.#isOver; ) {
      const end = start + Math.floor(nextBytes());
      await write(this.#client, piece.subarray(start, end));
      start = end;
      await (everyMs ? pause(everyMs) : turn());
    }
  }

  #answer({ status, headers, body = '' }: Fault & { kind: 'answer' }): void {
    const all = { 'content-length': String(Buffer.byteLength(body)), connection: 'close', ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#client.write(`HTTP/1.1 ${status} Answered on the way\r\n${lines.join('')}\r\n${body}`);
    this.cut('fin');
  }

  async #outOfBlackhole(direction: Direction): Promise<void> {
    for (;;) {
      const { fault } = this.#faults;
      if (this.#isOver || fault.kind !== 'blackhole') return;
      if (fault.direction !== 'both' && fault.direction !== direction) return;
      await this.#faults.changed();
    }
  }
}

/** Resolves when the socket wants more. */
function write(socket: Socket, piece: Buffer): Promise<void> {
  if (socket.destroyed || piece.length === 0) return Promise.resolve();
  return new Promise((resolve) => void socket.write(piece, () => resolve()));
}
