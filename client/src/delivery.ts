/**
 * How rules come to the replica, from best to worst: the stream; polling while there is none; the cache of a former
 * run; the bootstrap that the caller handed over. Whoever is better replaces what came from worse.
 */
import type { Snapshot } from '@dimmer/core';
import type { ClientOptions } from './options.ts';
import type { Answer, Platform } from './platform.ts';
import { Poller } from './poller.ts';
import { type Reception, Replica, type Source } from './replica.ts';
import { isKeyRefused, isRefusal } from './retry-policy.ts';
import type { Change, ConnectionState, Status } from './status.ts';
import type { StreamFailure } from './stream-source.ts';
import { StreamSupervisor } from './stream-supervisor.ts';

const POLL_MS = 30_000;
const POLL_AFTER_FAILURES = 3;
/** Changes of so long are written to the cache together. */
const CACHE_DELAY_MS = 2_000;

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
  readonly #platform: Platform;
  readonly #recipient: Recipient;
  #bootstrap: Snapshot | string | undefined;
  #supervisor: StreamSupervisor | undefined;
  #poller: Poller | undefined;
  #state: ConnectionState = 'offline';
  #since: number;
  #source: Source = 'default';
  /** The server's clock less ours, ms; undefined until the first ping. */
  #skewMs: number | undefined;
  #heardAt = 0;
  #lastError: string | null = null;
  #cancelWrite: (() => void) | undefined;
  #writing: Promise<void> | void = undefined;

  constructor(options: Partial<ClientOptions>, platform: Platform, recipient: Recipient) {
    this.#platform = platform;
    this.#recipient = recipient;
    this.#since = platform.now();
    this.replica = new Replica(
      this.now,
      ({ key, message }) => platform.log('FLAG_INVALID', `${key}: ${message}`),
      recipient.beforeChange,
    );
    this.#bootstrap = options.bootstrap;
    const { connection } = platform;
    if (!connection) return;

    this.#state = 'connecting';
    const id = () => this.replica.id;
    const pollMs = Math.max(POLL_MS, options.pollIntervalMs ?? 0);
    this.#poller = new Poller(connection, platform, pollMs, id, this.#polled);
    this.#supervisor = new StreamSupervisor(connection.stream, platform, {
      id,
      receive: this.#receive,
      live: () => {
        this.#poller!.stop();
        this.#enter('live');
      },
      lost: this.#lost,
    });
  }

  /** Loads what was kept or handed over, and connects. */
  start(): void {
    if (!this.#load(this.#platform.cache?.read(), 'cache')) this.#load(this.#bootstrap, 'bootstrap');
    this.#bootstrap = undefined;
    this.#supervisor?.connect();
  }

  /** The server's present instant as far as it is known, ms since 1970. */
  readonly now = (): number => this.#platform.now() + (this.#skewMs ?? 0);

  get source(): Source {
    return this.#source;
  }

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
      source: this.#source,
      lastEventAgeMs: this.isReady ? this.silentMs : null,
      lastError: this.#lastError,
    };
  }

  /** Ends everything. Resolves when the cache is written. */
  async close(): Promise<void> {
    this.#supervisor?.close();
    this.#poller?.stop();
    this.#enter('closed');
    if (this.#cancelWrite) this.#write();
    await this.#writing;
  }

  /** Takes rules that were kept or handed over. True if they decide now. */
  #load(kept: Snapshot | string | null | undefined, source: 'cache' | 'bootstrap'): boolean {
    if (!kept) return false;
    let problem: string;
    try {
      const reception = this.replica.take(typeof kept === 'string' ? JSON.parse(kept) : kept, false);
      if (reception.kind !== 'unfit') {
        this.#source = source;
        return true;
      }
      problem = reception.problem;
    } catch (error) {
      problem = String(error);
    }
    this.#platform.log(source === 'cache' ? 'CACHE_INVALID' : 'BOOTSTRAP_INVALID', problem);
    return false;
  }

  /** An event of the stream. Answers why the replica cannot go on from here, if it cannot. */
  readonly #receive = (type: string, data: string): string | undefined => {
    const isPatch = type === 'patch';
    const isPing = type === 'ping';
    if (!isPatch && !isPing && type !== 'snapshot') return undefined;
    try {
      const payload = JSON.parse(data);
      if (isPing) this.#skewMs = payload.at - this.#platform.now();
      const reception = isPing ? this.replica.compare(payload.id) : this.replica.take(payload, isPatch);
      const isTimed = isPatch && this.#state === 'live' && this.#skewMs !== undefined;
      return this.#accept(reception, 'stream', isTimed ? Math.max(0, this.now() - payload.at) : null);
    } catch (error) {
      return `a ${type} that cannot be read: ${error}`;
    }
  };

  readonly #polled = ({ status, text }: Answer): void => {
    let problem: string | undefined;
    try {
      if (status === 200) problem = this.#accept(this.replica.take(JSON.parse(text), false), 'poll', null);
      else if (status === 304) problem = this.#accept(this.replica.compare(this.replica.id), 'poll', null);
      else problem = `HTTP ${status}`;
    } catch (error) {
      problem = String(error);
    }
    if (problem) this.#lastError = problem;
    if (!problem) this.#enter('polling');
    else if (this.#state === 'polling') this.#enter('reconnecting');
  };

  #accept(reception: Reception, source: Source, delayMs: number | null): string | undefined {
    if (reception.kind === 'unfit') return reception.problem;
    this.#heardAt = this.#platform.now();
    this.#source = source;
    if (reception.kind === 'applied') {
      this.#recipient.changed({ keys: reception.keys, id: this.replica.id, delayMs });
      if (this.#platform.cache) this.#cancelWrite ??= this.#platform.after(CACHE_DELAY_MS, () => this.#write());
    }
    return undefined;
  }

  readonly #lost = (failure: StreamFailure, failures: number): void => {
    this.#lastError = failure.message;
    if (isRefusal(failure)) this.#enter('refused');
    else if (this.#state !== 'polling') this.#enter('reconnecting');
    // Where the key is refused, polling would be refused too.
    if (isKeyRefused(failure.status) || failures === POLL_AFTER_FAILURES) this.#poller!.stop();
    if (!isKeyRefused(failure.status)) this.#poller!.start(failures < POLL_AFTER_FAILURES ? POLL_MS : 0);
  };

  #enter(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = this.#platform.now();
    // Once for each change of state, not for each attempt.
    if (state === 'reconnecting') this.#platform.log('STREAM_LOST', this.#lastError!);
    if (state === 'refused') this.#platform.log('STREAM_REFUSED', this.#lastError!);
    this.#recipient.stateChanged();
  }

  #write(): void {
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
    const snapshot = this.replica.snapshot()!;
    this.#writing = Promise.resolve(this.#writing).then(() => this.#platform.cache!.write(snapshot));
  }
}
