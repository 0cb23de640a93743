import { connect, type Socket } from 'node:net';

/** What a reader tells. */
export interface ReaderEvents {
  /** The status of the answer, and what `Retry-After` says, ms. */
  answered(status: number, retryAfterMs: number | undefined): void;
  /** Whatever arrived, by the first letters of its name. */
  event(kind: EventKind): void;
  /** The connection has ended, without our doing. */
  closed(): void;
}

type EventKind = 'snapshot' | 'patch' | 'ping' | 'goodbye';

const MARK = 'event: ';
const MARK_BYTES = Buffer.from(MARK);
/** The mark, and the two letters that tell the events apart. */
const TOLD_BY = MARK.length + 2;
const KINDS: Readonly<Record<string, EventKind>> = { sn: 'snapshot', pa: 'patch', pi: 'ping', go: 'goodbye' };
const HEAD_END = '\r\n\r\n';

/** All readers of a process read into this: what arrives is looked through at once, and none of it is kept. */
const shared = Buffer.alloc(64 * 1024);

/** A stream's reader that costs as little as one can: a socket, and a search for bytes. It does not parse chunks. */
export class RawReader {
  readonly #socket: Socket;
  readonly #events: ReaderEvents;
  #head: string | null = '';
  /** The last bytes of what came before, where a mark may have been cut in two. */
  #tail = '';

  /** @param request as it stands on the wire */
  constructor(url: URL, request: string, events: ReaderEvents) {
    this.#events = events;
    this.#socket = connect({
      host: url.hostname,
      port: Number(url.port),
      onread: { buffer: shared, callback: (count) => this.#read(shared.subarray(0, count)) },
    });
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.#events.closed());
    this.#socket.write(request);
  }

  /** Cuts the connection as a network that is gone does. Nothing is told any more; no port is left waiting. */
  cut(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.resetAndDestroy();
  }

  #read(chunk: Buffer): boolean {
    let body = chunk;
    if (this.#head !== null) {
      this.#head += chunk.toString('latin1');
      const end = this.#head.indexOf(HEAD_END);
      if (end === -1) return true;
      const surplus = this.#head.length - end - HEAD_END.length;
      const head = this.#head.slice(0, end);
      this.#head = null;
      body = chunk.subarray(chunk.length - surplus);
      const retryAfter = /^retry-after: (\d+)/im.exec(head)?.[1];
      this.#events.answered(
        Number(head.slice(9, 12)),
        retryAfter === undefined ? undefined : Number(retryAfter) * 1_000,
      );
    }
    this.#look(body);
    return true;
  }

  #look(body: Buffer): void {
    if (this.#tail !== '') this.#tell(this.#tail + body.toString('latin1', 0, TOLD_BY - 1));
    for (let at = body.indexOf(MARK_BYTES); at !== -1; at = body.indexOf(MARK_BYTES, at + 1)) {
      if (at + TOLD_BY <= body.length) this.#tell(body.toString('latin1', at, at + TOLD_BY));
    }
    // What ends with a line was not cut inside a mark.
    this.#tail =
      body.length === 0 || body[body.length - 1] === 10 ? '' : body.subarray(-(TOLD_BY - 1)).toString('latin1');
  }

  #tell(text: string): void {
    const at = text.indexOf(MARK);
    const kind = at === -1 ? undefined : KINDS[text.slice(at + MARK.length, at + TOLD_BY)];
    if (kind !== undefined) this.#events.event(kind);
  }
}
