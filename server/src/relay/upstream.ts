import {
  type Connection,
  createListeners,
  createServerClock,
  createStream,
  type Log,
  pollingEvery,
  type Signals,
  type Stream,
} from '@dimmer/client';
import type { FileCache } from '@dimmer/client-node';
import { mergePatches } from '../hub/merge-patches.ts';
import type { Logger } from '../logger.ts';
import type { RulesetSource } from '../ruleset/ruleset-source.ts';
import { RelayedRuleset } from './relayed-ruleset.ts';

/** Write-behind: changes within this time are written to the file together. */
const WRITE_MS = 2_000;

/**
 * - `unknown`: nobody has answered yet whether the key is one
 * - `live`: the stream works
 * - `kept`: it does not, but there are rules: of before, from memory or from a file, or fetched instead
 * - `refused`: the server above does not take the key
 */
export type UpstreamState = 'unknown' | 'live' | 'kept' | 'refused';

interface UpstreamOptions {
  readonly connection: Connection;
  readonly cache: FileCache;
  readonly now: () => number;
  readonly logger: Logger;
  /** For the log: tells keys apart without showing one. */
  readonly name: string;
  /** The state has changed. */
  readonly changed: () => void;
  /** What came cannot be taken, and why. */
  readonly failed: (why: string) => void;
  /** The ruleset has come to another id. */
  readonly moved: (id: string) => void;
}

/**
 * One key's ruleset, streamed from the server above. It is what an SDK's stream and replica are, without understanding
 * the rules: the stream is the SDK's own, with its one way to try again.
 */
export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #ruleset = new RelayedRuleset();
  readonly #stream: Stream;
  readonly #clock: ReturnType<typeof createServerClock>;
  readonly #wakes = new Set<Wake>();
  readonly #waiting = new Set<() => void>();
  #isConnected = false;
  #isRefused = false;
  #hasFailed = false;
  /** The server above answers, but not with a stream: the rules are asked for, and there is no answer yet. */
  #isFetching = false;
  #writing: NodeJS.Timeout | null = null;

  constructor(options: UpstreamOptions) {
    this.#options = options;
    const { connection, now, logger, name } = options;
    this.#clock = createServerClock(now);
    this.#load();
    const receiver = {
      ruleset: this.#ruleset,
      heardAt: 0,
      receive: (type: string, data: string) => {
        const problem = this.#receive(type, data);
        if (problem === undefined) receiver.heardAt = now();
        return problem;
      },
      replace: (snapshot: unknown) => {
        this.#moved(this.#ruleset.replace(snapshot));
        return receiver.confirm();
      },
      confirm: () => void (receiver.heardAt = now()),
    };
    const request: Connection['request'] = async (...asked) => {
      const answer = await connection.request(...asked);
      // After what is made of the answer.
      setImmediate(() => {
        this.#isFetching = false;
        this.#tell();
      });
      return answer;
    };
    const log: Log = (_, detail) =>
      logger.warn('The stream from the server above is lost', { key: name, error: detail });
    const signals = createListeners<Signals>(log);
    this.#stream = createStream({
      connection: { ...connection, request },
      replica: receiver,
      now,
      random: Math.random,
      after,
      log,
      emit: signals.emit,
      fallback: pollingEvery(0),
    });
    signals.add('state', () => this.#stateChanged());
    signals.add('refused', options.failed);
    this.#stream.connect();
  }

  get state(): UpstreamState {
    if (this.#isRefused) return 'refused';
    if (this.#isConnected) return 'live';
    return this.#ruleset.id === '' ? 'unknown' : 'kept';
  }

  /** `''`: there is none yet. */
  get id(): string {
    return this.#ruleset.id;
  }

  /** The present instant by the clock of the server that all revisions come from, ms since 1970. */
  now(): number {
    return this.#clock.now();
  }

  /** Resolves when it is known whether there are rules to be had by this key, or when the time is up. */
  settled(withinMs: number): Promise<void> {
    return this.#until(() => this.state !== 'unknown' || (this.#hasFailed && !this.#isFetching), withinMs);
  }

  /** Resolves when the ruleset has come to a revision, or when the time is up. */
  reached(revision: number, withinMs: number): Promise<void> {
    return this.#until(() => Number.parseInt(this.id, 10) >= revision, withinMs);
  }

  /** The ruleset as the hub wants it. Patches wait there until somebody asks. */
  open(wake: () => void, closed: () => void): RulesetSource {
    const ruleset = this.#ruleset;
    let { id } = ruleset;
    const entry: Wake = { wake, patches: [] };
    this.#wakes.add(entry);
    const wakes = this.#wakes;
    return {
      get id() {
        return id;
      },
      snapshotJson: () => ruleset.snapshotJson(),
      advance() {
        const patches = entry.patches;
        if (patches.length === 0) return null;
        entry.patches = [];
        id = ruleset.id;
        return patches.length === 1 ? (patches[0] as string) : mergePatches(patches);
      },
      close() {
        wakes.delete(entry);
        closed();
      },
    };
  }

  /** Ends the stream, and writes what is not written. */
  async close(): Promise<void> {
    this.#stream.close();
    if (this.#writing !== null) await this.#write();
  }

  #load(): void {
    try {
      const kept = this.#options.cache.read();
      if (kept) this.#ruleset.replace(JSON.parse(kept));
    } catch (error) {
      this.#options.logger.warn('A kept ruleset cannot be read', { key: this.#options.name, error: String(error) });
    }
  }

  /** Answers why the stream cannot go on, if it cannot; the SDK's replica does the same. */
  #receive(type: string, data: string): string | undefined {
    try {
      const payload = JSON.parse(data);
      if (type === 'snapshot') this.#moved(this.#ruleset.replace(payload));
      else if (type === 'ping') this.#clock.heard(payload.at);
      if (payload.id === this.#ruleset.id) return undefined;
      if (type !== 'patch' || payload.from !== this.#ruleset.id) return `a gap before this ${type}`;
      this.#ruleset.apply(payload);
      this.#moved(data);
    } catch (error) {
      return `${type}: ${(error as Error).message}`;
    }
    return undefined;
  }

  #moved(patch: string | null): void {
    this.#writing ??= setTimeout(() => void this.#write(), WRITE_MS);
    if (patch !== null) {
      for (const entry of this.#wakes) {
        entry.patches.push(patch);
        entry.wake();
      }
    }
    this.#options.moved(this.id);
    this.#tell();
  }

  #stateChanged(): void {
    const { state, lastError } = this.#stream.status();
    this.#isConnected = state === 'live';
    // The first time; from then on the rules are asked for from time to time.
    this.#isFetching = !this.#hasFailed && /^HTTP|^not an event stream/.test(lastError ?? '');
    this.#hasFailed = state !== 'live' && state !== 'connecting';
    // Whatever answers like that may be a proxy on a bad day: rules that are kept go on, unless it is the key.
    this.#isRefused = state === 'refused' && /^HTTP 40[13]\b/.test(lastError ?? '');
    if (this.#isRefused) void this.#options.cache.forget();
    this.#options.changed();
    this.#tell();
  }

  async #write(): Promise<void> {
    if (this.#writing !== null) clearTimeout(this.#writing);
    this.#writing = null;
    if (!this.#isRefused) await this.#options.cache.write(JSON.parse(this.#ruleset.snapshotJson()));
  }

  #tell(): void {
    for (const look of [...this.#waiting]) look();
  }

  #until(isSo: () => boolean, withinMs: number): Promise<void> {
    if (isSo()) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const look = (): void => {
        if (isSo()) done();
      };
      const timer = setTimeout(done, withinMs);
      this.#waiting.add(look);
    });
  }
}

interface Wake {
  readonly wake: () => void;
  patches: string[];
}

function after(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}
