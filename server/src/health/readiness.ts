import { StoreError } from '../change-log/store.ts';

// Why: decision 0092.
/** Probes are asked for by anybody; the store is asked at most this often, so what fails is known within a second. */
const FRESH_MS = 500;

const ANSWER_MS = 1_000;

/**
 * - `ready`: send it everything
 * - `degraded`: streams, rulesets and reads are served from memory; writes are refused
 * - `not ready`: send it nothing, it is going down
 */
export type Readiness =
  | { readonly status: 'ready' }
  | { readonly status: 'degraded' | 'not ready'; readonly reason: string };

/** What is missing, in words for everybody who can reach the port. */
export class Degraded extends Error {
  override readonly name = 'Degraded';
}

interface ReadinessOptions {
  readonly isDraining: () => boolean;
  /** Rejects when something is missing that is not needed to serve streams; with `StoreError` or `Degraded`, if it knows what. */
  readonly probeStore: () => Promise<void>;
  /**
   * Ms, by a clock that nobody sets: after the wall clock has gone back an hour, the last answer would stay for an hour.
   * Default: `performance.now`.
   */
  readonly now?: () => number;
}

/**
 * Whether this server should be sent requests. Alive and ready differ; and one that has lost its database is not taken
 * out of service, because all servers lose it together, and nobody would be left to stream the last good rules.
 */
export class ReadinessCheck {
  readonly #options: ReadinessOptions;
  #store: { readonly at: number; readonly answer: Promise<Readiness> } | null = null;

  constructor(options: ReadinessOptions) {
    this.#options = options;
  }

  async check(): Promise<Readiness> {
    const { isDraining, now = () => performance.now() } = this.#options;
    if (isDraining()) return { status: 'not ready', reason: 'draining: this server is going down' };
    if (this.#store === null || now() - this.#store.at >= FRESH_MS) this.#store = { at: now(), answer: this.#probe() };
    return this.#store.answer;
  }

  async #probe(): Promise<Readiness> {
    let timer: NodeJS.Timeout | undefined;
    // Who asks gives up after a second or two, and would take the server for dead.
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('no answer')), ANSWER_MS);
    });
    try {
      await Promise.race([this.#options.probeStore(), tooLate]);
      return { status: 'ready' };
    } catch (error) {
      return { status: 'degraded', reason: `${problemOf(error)}; streams and rulesets are served from memory` };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** In our own words: the database's message is for the log, not for everybody who can reach the port. */
function problemOf(error: unknown): string {
  if (error instanceof Degraded) return error.message;
  const code = error instanceof StoreError ? error.code : null;
  if (code === 'STORE_FULL') return 'the database cannot be written: its disk is full';
  if (code === 'STORE_HELD') return 'the database cannot be written: somebody else holds a lock in it';
  if (code === 'STORE_MOVED') return 'the database cannot be written: its file is no longer where it was';
  if (code === 'STORE_OVERWRITTEN')
    return 'the database cannot be written: another file was copied into it; see the server’s log for what to do';
  return 'the database cannot be written';
}
