const WINDOW_MS = 15 * 60_000;
const MOST_FAILURES = 5;
/** Addresses remembered at once; guesses at random addresses must not fill the memory. */
const MOST_ACCOUNTS = 10_000;

interface Failures {
  count: number;
  readonly since: number;
}

/**
 * Five wrong passwords for one account within a quarter of an hour, and nobody may try it until that is over: whoever
 * guesses from a thousand addresses is held up as well. Kept in this process: behind several servers a guesser has as
 * many tries at each.
 */
export class FailedAttempts {
  readonly #now: () => number;
  readonly #accounts = new Map<string, Failures>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds until the account may be tried again; 0 = now. */
  retryAfterS(account: string): number {
    const failures = this.#current(account);
    if (!failures || failures.count < MOST_FAILURES) return 0;
    return Math.ceil((failures.since + WINDOW_MS - this.#now()) / 1_000);
  }

  failed(account: string): void {
    const failures = this.#current(account);
    if (failures) {
      failures.count++;
      return;
    }
    const [oldest] = this.#accounts.keys();
    if (this.#accounts.size >= MOST_ACCOUNTS && oldest !== undefined) this.#accounts.delete(oldest);
    this.#accounts.set(account, { count: 1, since: this.#now() });
  }

  succeeded(account: string): void {
    this.#accounts.delete(account);
  }

  #current(account: string): Failures | undefined {
    const failures = this.#accounts.get(account);
    if (failures && failures.since + WINDOW_MS <= this.#now()) {
      this.#accounts.delete(account);
      return undefined;
    }
    return failures;
  }
}
