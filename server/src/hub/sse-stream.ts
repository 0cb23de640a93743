import type { ServerResponse } from 'node:http';
import { goodbyeFrame } from './frames.ts';

// Why: decision 0021.
/**
 * Why a stream ended: the client went away; it read too slowly; its key was revoked or has expired; the server is going
 * down; it has been open for long enough.
 */
export type CloseReason = 'client' | 'stalled' | 'key' | 'drain' | 'age';

/** More than this unsent: the stream is behind. It is sent nothing until it has drained, and then only the newest. */
const BEHIND_BYTES = 256 * 1024;

/** More than this unsent, beyond a snapshot of whatever size: the reader has stopped. */
const STALLED_BYTES = 1024 * 1024;

/**
 * A stream that is behind and takes not one byte for this long: the reader has stopped. Node looks once in this time
 * whether the queue has become shorter, so it is cut after one to two of them.
 */
const STALLED_MS = 15_000;

/** After a goodbye a client has this long to take what is left and close. */
const GOODBYE_MS = 2_000;

interface StreamEvents {
  /** The reader has caught up with what was written; it lacks what came meanwhile. */
  readonly drained: (stream: SseStream) => void;
  /** Called once. */
  readonly closed: (stream: SseStream, reason: CloseReason) => void;
}

/**
 * Backpressure: one client's stream writes shared buffers straight to the response, and watches that the client keeps
 * up.
 *
 * The buffers are shared by all streams, so a slow reader costs no copy; but it would keep old ones alive, and so it is
 * skipped to the newest state, and cut if it stops reading.
 */
export class SseStream {
  readonly #out: ServerResponse;
  readonly #events: StreamEvents;
  #id: string | null = null;
  #state: 'open' | 'behind' | 'leaving' | 'closed' = 'open';
  #reason: CloseReason = 'client';
  #snapshotBytes = 0;

  constructor(out: ServerResponse, events: StreamEvents) {
    this.#out = out;
    this.#events = events;
    // Both may come, in either order, more than once; `#closed` is idempotent.
    out.on('close', () => this.#closed());
    out.on('error', () => this.#closed());
    out.on('timeout', () => this.#timedOut());
    out.on('drain', () => this.#drained());
  }

  /** The id of the ruleset that the client has been sent, or `null` before the first. */
  get id(): string | null {
    return this.#id;
  }

  /** False when nothing may be sent now: the reader is behind, or the stream is ending. Cuts a reader that has stopped. */
  takesMore(): boolean {
    if (this.#state === 'behind' && this.#out.writableLength > STALLED_BYTES + this.#snapshotBytes)
      this.destroy('stalled');
    return this.#state === 'open';
  }

  /** Writes status, headers and the first frames in one packet if they fit. */
  open(headers: Readonly<Record<string, string>>, frames: readonly (Buffer | string)[], id: string): void {
    this.#id = id;
    // A stream ends because somebody has to go: its connection goes with it, and is not kept for another request.
    this.#out.shouldKeepAlive = false;
    this.#out.cork();
    this.#out.writeHead(200, headers);
    for (const frame of frames) this.#out.write(frame);
    this.#out.uncork();
    this.#snapshotBytes = frames.reduce((bytes, frame) => bytes + frame.length, 0);
    this.#out.setTimeout(STALLED_MS);
    this.#watch();
  }

  /** Sends a snapshot or patch that leads to `id`. Ask `takesMore` before; a reader that is behind calls back when it is not. */
  send(frame: Buffer, id: string, kind: 'snapshot' | 'patch'): void {
    if (kind === 'snapshot') this.#snapshotBytes = frame.length;
    this.#id = id;
    this.#out.write(frame);
    this.#watch();
  }

  /** Sends a ping. Ask `takesMore` before. */
  ping(frame: Buffer): void {
    this.#out.write(frame);
  }

  /** Says when to come back, and ends. */
  goodbye(reconnectInMs: number, reason: CloseReason): void {
    if (this.#state === 'closed' || this.#state === 'leaving') return;
    this.#reason = reason;
    if (this.#state === 'behind') {
      this.#out.destroy();
      return;
    }
    this.#state = 'leaving';
    this.#out.end(goodbyeFrame(reconnectInMs));
    // One that does not take its goodbye is cut. `timeout` counts from the last byte that went out.
    this.#out.setTimeout(GOODBYE_MS);
  }

  destroy(reason: CloseReason): void {
    if (this.#state === 'closed') return;
    if (this.#state !== 'leaving') this.#reason = reason;
    this.#out.destroy();
    this.#closed();
  }

  #watch(): void {
    if (this.#state !== 'open' || this.#out.writableLength <= BEHIND_BYTES) return;
    this.#state = 'behind';
  }

  /**
   * Nothing has gone out for a while. Node counts a socket as active while its queue shrinks, so a slow reader lives and
   * one that has stopped does not; one that has taken everything waits for the next event.
   */
  #timedOut(): void {
    if (this.#state === 'leaving' || this.#out.writableLength > 0) this.destroy('stalled');
  }

  #drained(): void {
    this.#snapshotBytes = 0;
    if (this.#state !== 'behind') return;
    this.#state = 'open';
    this.#events.drained(this);
  }

  #closed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#events.closed(this, this.#reason);
  }
}
