/**
 * How rules come to the replica, from best to worst: the stream; a fallback while there is none; the cache of a former
 * run; the bootstrap that the caller handed over. Whoever is better replaces what came from worse.
 */
import type { Snapshot } from '@dimmer/core';
import type { Fallback } from './fallback.ts';
import type { Platform } from './platform.ts';
import { type Reception, Replica, type Source } from './replica.ts';
import { isRefusal } from './retry-policy.ts';
import type { Change, ConnectionState, Status } from './status.ts';
import type { StreamFailure } from './stream-source.ts';
import { StreamSupervisor } from './stream-supervisor.ts';

/** Changes of so long are written to the cache together. */
const CACHE_DELAY_MS = 2_000;
/** From so many pings the server's clock is estimated: a minute, after which a clock that was set is forgotten too. */
const PINGS = 4;
/** A ping may have been on its way for so long. */
const MAX_LATENCY_MS = 1_000;

/** Who is told what happens. */
export interface Recipient {
  /** Before another id takes over. */
  readonly beforeChange: () => void;
  /** Another id has taken over; `keys` may be empty. */
  readonly changed: (change: Change) => void;
  readonly stateChanged: () => void;
}

export class Delivery {
  readonly replica: Replica;
  source: Source = 'default';
  readonly #platform: Platform;
  readonly #recipient: Recipient;
  readonly #supervisor: StreamSupervisor | undefined;
  readonly #fallback: Fallback | undefined;
  #state: ConnectionState = 'offline';
  #since: number;
  /** The server's clock at the last pings less ours when they came, ms. */
  #offsets: number[] = [];
  #heardAt = 0;
  #lastError: string | null = null;
  /** The state of which the log has heard, as long as it lasts. */
  #complaint: ConnectionState | '' | undefined;
  #cancelWrite: (() => void) | undefined;
  #writing: Promise<void> | void = undefined;

  constructor(platform: Platform, recipient: Recipient) {
    const { connection, log } = platform;
    this.#platform = platform;
    this.#recipient = recipient;
    this.#since = platform.now();
    this.replica = new Replica(
      this.now,
      ({ key, message }) => log('FLAG_INVALID', `${key}: ${message}`),
      recipient.beforeChange,
    );
    if (!connection) return;
    this.#state = 'connecting';
    this.#fallback = platform.fallback?.(this);
    this.#supervisor = new StreamSupervisor(connection.stream, platform, {
      id: () => this.replica.id,
      receive: this.#receive,
      live: () => {
        this.#fallback?.stop();
        this.enter('live');
      },
      left: () => this.enter('reconnecting'),
      lost: this.#lost,
    });
  }

  /**
   * The server's present instant as far as it is known, ms since 1970.
   *
   * Each ping tells the difference of the clocks less its own time on the way, so the largest of several is nearest to
   * the truth. If being on the way explains all of it, the clocks are taken to agree: were that time taken for a
   * difference, a change would seem to arrive sooner than it did, on one machine at once.
   */
  readonly now = (): number => {
    const skewMs = Math.max(...this.#offsets);
    const isLatency = skewMs < 0 && skewMs > -MAX_LATENCY_MS;
    return this.#platform.now() + (Number.isFinite(skewMs) && !isLatency ? skewMs : 0);
  };

  /** True once the server itself has said what the rules are. */
  get isReady(): boolean {
    return this.#heardAt > 0;
  }

  /** For how long the server has not been heard of, ms; large if it never was. */
  get silentMs(): number {
    return this.#platform.now() - this.#heardAt;
  }

  status(): Status {
    return {
      state: this.#state,
      since: this.#since,
      id: this.replica.id,
      source: this.source,
      lastEventAgeMs: this.isReady ? this.silentMs : null,
      lastError: this.#lastError,
    };
  }

  /** Takes what was kept or handed over, and connects. */
  start(bootstrap: Snapshot | string | undefined): void {
    if (!this.#load(this.#platform.cache?.read(), 'cache')) this.#load(bootstrap, 'bootstrap');
    this.#supervisor?.connect();
  }

  /** Ends everything. Resolves when the cache is written. */
  async close(): Promise<void> {
    this.#supervisor?.close();
    this.#fallback?.stop();
    this.enter('closed');
    if (this.#cancelWrite) this.#write();
    await this.#writing;
  }

  /** Takes note of what became of a payload. Answers why the replica cannot go on from here, if it cannot. */
  readonly accept = (
    { keys, problem }: Reception,
    source: Source,
    delayMs: number | null = null,
  ): string | undefined => {
    if (problem) return problem;
    this.#heardAt = this.#platform.now();
    this.source = source;
    if (keys) {
      this.#recipient.changed({ keys, id: this.replica.id, delayMs });
      if (this.#platform.cache) this.#cancelWrite ??= this.#platform.after(CACHE_DELAY_MS, () => this.#write());
    }
    return undefined;
  };

  /** Changes the state. `error` says why, if something is wrong; the log hears of it once, not at each attempt. */
  readonly enter = (state: ConnectionState, error?: string): void => {
    this.#lastError = error ?? this.#lastError;
    if (error && state !== this.#complaint) {
      this.#platform.log(state === 'refused' ? 'STREAM_REFUSED' : 'STREAM_LOST', error);
    }
    this.#complaint = error && state;
    if (state === this.#state) return;
    this.#state = state;
    this.#since = this.#platform.now();
    this.#recipient.stateChanged();
  };

  /** Takes rules that were kept or handed over. True if they decide now. */
  #load(kept: Snapshot | string | null | undefined, source: 'cache' | 'bootstrap'): boolean {
    if (!kept) return false;
    let problem: unknown;
    try {
      problem = this.replica.replace(typeof kept === 'string' ? JSON.parse(kept) : kept).problem;
    } catch (error) {
      problem = error;
    }
    if (problem) this.#platform.log(source === 'cache' ? 'CACHE_INVALID' : 'BOOTSTRAP_INVALID', `${problem}`);
    else this.source = source;
    return !problem;
  }

  readonly #receive = (type: string, data: string): string | undefined => {
    const { replica } = this;
    try {
      const payload = JSON.parse(data);
      if (type === 'snapshot') return this.accept(replica.replace(payload), 'stream');
      if (type === 'patch') {
        // What comes before the first ping is from before this stream: how long ago says nothing about delivery.
        const delayMs = this.#state === 'live' ? Math.max(0, this.now() - payload.at) : null;
        return this.accept(replica.patch(payload), 'stream', delayMs);
      }
      if (type === 'ping') {
        if (payload.at > 0) this.#offsets = [...this.#offsets, payload.at - this.#platform.now()].slice(-PINGS);
        return this.accept(replica.compare(payload), 'stream');
      }
    } catch (error) {
      return `${type}: ${error}`;
    }
    // An event that a newer server sends and this version does not know.
    return undefined;
  };

  readonly #lost = (failure: StreamFailure, failures: number): void => {
    // While rules come another way, one lost stream more is no news.
    if (this.#fallback?.lost(failure, failures)) this.#lastError = failure.message;
    else this.enter(isRefusal(failure) ? 'refused' : 'reconnecting', failure.message);
  };

  #write(): void {
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
    const snapshot = this.replica.snapshot();
    this.#writing = Promise.resolve(this.#writing).then(() => this.#platform.cache!.write(snapshot));
  }
}
