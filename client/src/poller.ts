/** Fetches the whole ruleset from time to time while no stream works. Stands still while one does. */
import type { Answer, Connection, Platform } from './platform.ts';
import { isRefusal, retryDelayMs } from './retry-policy.ts';

export class Poller {
  readonly #connection: Connection;
  readonly #platform: Platform;
  readonly #intervalMs: number;
  readonly #id: () => string;
  readonly #receive: (answer: Answer) => void;
  /** Cancels the next poll; undefined while standing still. */
  #cancel: (() => void) | undefined;

  constructor(
    connection: Connection,
    platform: Platform,
    intervalMs: number,
    id: () => string,
    receive: (answer: Answer) => void,
  ) {
    this.#connection = connection;
    this.#platform = platform;
    this.#intervalMs = intervalMs;
    this.#id = id;
    this.#receive = receive;
  }

  /** Polls after `delayMs` and then every interval ± 10 %, until `stop`. Does nothing if it is to poll already, sooner. */
  start(delayMs: number): void {
    this.#cancel ??= this.#platform.after(delayMs, () => void this.#poll());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #poll(): Promise<void> {
    const turn = this.#cancel;
    const answer = await this.#connection.request('ruleset', undefined, this.#id());
    // A stream that has come meanwhile knows better than this answer.
    if (turn !== this.#cancel) return;
    this.#receive(answer);
    this.#cancel = this.#platform.after(this.#delayMs(answer), () => void this.#poll());
  }

  #delayMs(answer: Answer): number {
    const { random } = this.#platform;
    if (answer.status !== 200 && answer.status !== 304 && isRefusal(answer))
      return retryDelayMs({ ...answer, failures: 0 }, random);
    return this.#intervalMs * (0.9 + random() * 0.2) + answer.retryAfterMs;
  }
}
