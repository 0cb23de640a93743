/**
 * Fetches the whole ruleset from time to time while no stream works, and stands still while one does. For hosts that
 * need their rules at any price; the browser's bundle is spared it.
 */
import type { CreateFallback, Fallback } from './fallback.ts';
import type { Answer, Connection, Platform } from './platform.ts';
import type { Replica } from './replica.ts';
import { isKeyRefused, isRefusal, probeDelayMs, retryDelayMs } from './retry-policy.ts';
import type { StreamFailure } from './stream-source.ts';

const MIN_INTERVAL_MS = 30_000;
const AFTER_FAILURES = 3;

export class Poller implements Fallback {
  readonly #connection: Connection;
  readonly #platform: Pick<Platform, 'after' | 'random'>;
  readonly #intervalMs: number;
  readonly #replica: Replica;
  readonly #enter: Parameters<CreateFallback>[1];
  #isPolling = false;
  /** Cancels the next poll; undefined while standing still. */
  #cancel: (() => void) | undefined;

  /** @param intervalMs at least 30,000 */
  constructor(
    connection: Connection,
    platform: Pick<Platform, 'after' | 'random'>,
    intervalMs: number,
    replica: Replica,
    enter: Parameters<CreateFallback>[1],
  ) {
    this.#connection = connection;
    this.#platform = platform;
    this.#intervalMs = Math.max(MIN_INTERVAL_MS, intervalMs);
    this.#replica = replica;
    this.#enter = enter;
  }

  /** Begins at the third failure in a row, or 30 s after the first; not while the key is refused, as it would be here. */
  lost({ status, retryAfterMs }: StreamFailure, failures: number): number | undefined {
    if (isKeyRefused(status) || (failures === AFTER_FAILURES && !this.#isPolling)) this.stop();
    if (isKeyRefused(status)) return undefined;
    this.#cancel ??= this.#platform.after(failures < AFTER_FAILURES ? MIN_INTERVAL_MS : 0, () => void this.#poll());
    // Who says when to come back is a server that streams, and has no room at the moment.
    if (this.#isPolling) return retryAfterMs ? 0 : probeDelayMs(this.#platform.random);
    return undefined;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#isPolling = false;
  }

  async #poll(): Promise<void> {
    const turn = this.#cancel;
    const answer = await this.#connection.request('ruleset', undefined, this.#replica.ruleset.id);
    // A stream that has come meanwhile knows better than this answer.
    if (turn !== this.#cancel) return;
    const problem = this.#take(answer);
    this.#isPolling = problem === undefined;
    this.#enter(problem === undefined ? 'polling' : 'reconnecting', problem);
    this.#cancel = this.#platform.after(this.#delayMs(answer), () => void this.#poll());
  }

  #take({ status, text }: Answer): string | undefined {
    if (status === 304) return this.#replica.confirm('poll');
    if (status !== 200) return `HTTP ${status}`;
    try {
      return this.#replica.replace(JSON.parse(text), 'poll');
    } catch (error) {
      return `a ruleset that cannot be read: ${error}`;
    }
  }

  #delayMs(answer: Answer): number {
    const { random } = this.#platform;
    const isAnswered = answer.status === 200 || answer.status === 304;
    if (!isAnswered && isRefusal(answer)) return retryDelayMs({ ...answer, failures: 0 }, random);
    return this.#intervalMs * (0.9 + random() * 0.2) + answer.retryAfterMs;
  }
}
