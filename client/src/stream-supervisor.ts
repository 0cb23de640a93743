/**
 * Keeps one stream alive for ever. The sources below it give up after a single failure (that is what `EventSource` does
 * on a 503); this decides whether it was a failure, how long to wait, and never stops.
 */
import type { Platform } from './platform.ts';
import { retryDelayMs } from './retry-policy.ts';
import type { StreamFailure, StreamSink, StreamSource } from './stream-source.ts';

/** To the answer's headers, and from there to the first event. */
const OPENING_MS = 10_000;
/** The server pings every 15 s ± 20 %: two lost in a row, and a third late. */
const IDLE_MS = 45_000;
/** A stream that has worked for so long may forget the failures before it. */
const HEALTHY_MS = 60_000;
const MAX_GOODBYE_MS = 60_000;

/** What the owner of a supervisor is told, and is asked. */
export interface Supervised {
  /** What the replica holds; empty asks for a snapshot. */
  readonly id: () => string;
  /** Takes an event; answers why the replica cannot go on from here, if it cannot. */
  readonly receive: (type: string, data: string) => string | undefined;
  /** The stream works: called at the first event of each. */
  readonly live: () => void;
  /** The server has asked to come back later; the next attempt comes by itself. */
  readonly left: () => void;
  /** The stream is lost; the next attempt comes by itself. */
  readonly lost: (failure: StreamFailure, failures: number) => void;
}

export class StreamSupervisor {
  readonly #source: StreamSource;
  readonly #platform: Platform;
  readonly #owner: Supervised;
  /** Failures in a row. */
  #failures = 0;
  /** When the first event of the present stream came; 0 before it. */
  #liveSince = 0;
  /** The next attempt asks for a snapshot, because the last payload could not be used. */
  #forget = false;
  #closeStream: (() => void) | undefined;
  #cancelTimer: (() => void) | undefined;

  constructor(source: StreamSource, platform: Platform, owner: Supervised) {
    this.#source = source;
    this.#platform = platform;
    this.#owner = owner;
  }

  /** Opens the stream now, in the place of any that is open. */
  readonly connect = (): void => {
    this.close();
    this.#expect(OPENING_MS);
    const sink: StreamSink = {
      alive: () => this.#expect(this.#liveSince ? IDLE_MS : OPENING_MS),
      event: (type, data) => this.#take(type, data),
      failed: (failure) => this.#lose(failure),
    };
    try {
      this.#closeStream = this.#source.open(this.#forget ? '' : this.#owner.id(), sink);
    } catch (error) {
      // `EventSource` throws at an address that is none.
      this.#lose({ status: 0, retryAfterMs: 0, refused: true, message: `${error}` });
    }
  };

  /** Closes the stream and tries no more. */
  close(): void {
    this.#cancelTimer?.();
    this.#closeStream?.();
    this.#closeStream = undefined;
    if (this.#liveSince && this.#platform.now() - this.#liveSince >= HEALTHY_MS) this.#failures = 0;
    this.#liveSince = 0;
  }

  #take(type: string, data: string): void {
    if (type === 'goodbye') {
      this.#leave(data);
      return;
    }
    this.#expect(IDLE_MS);
    const problem = this.#owner.receive(type, data);
    if (problem) {
      this.#forget = true;
      this.#lose({ status: 0, retryAfterMs: 0, message: problem }, true);
    } else if (!this.#liveSince) {
      this.#liveSince = this.#platform.now();
      this.#forget = false;
      this.#owner.live();
    }
  }

  /** The server asks to come back later, to itself or to whoever takes over. That is no failure. */
  #leave(data: string): void {
    // A goodbye that cannot be read is still one.
    const waitMs = Number(/"reconnectInMs":\s*(\d+)/.exec(data)?.[1] ?? 0);
    this.close();
    this.#wait(Math.min(MAX_GOODBYE_MS, waitMs));
    this.#owner.left();
  }

  #lose(failure: StreamFailure, resync = false): void {
    const delivered = this.#liveSince > 0 || resync;
    this.close();
    this.#wait(retryDelayMs({ ...failure, failures: this.#failures, delivered, resync }, this.#platform.random));
    this.#failures++;
    this.#owner.lost(failure, this.#failures);
  }

  #wait(delayMs: number): void {
    this.#cancelTimer = this.#platform.after(delayMs, this.connect);
  }

  /** Gives the stream up if nothing arrives in the given time. */
  #expect(withinMs: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#platform.after(withinMs, () =>
      this.#lose({ status: 0, retryAfterMs: 0, message: `silent for ${withinMs} ms` }),
    );
  }
}
