const WINDOW_MS = 15 * 60_000;
/** Names remembered at once; guesses at random addresses must not fill the memory. */
const MOST_NAMES = 10_000;

interface Tries {
  count: number;
  readonly since: number;
}

/**
 * Brute-force protection: after so many wrong passwords within a quarter of an hour, for one account or from one
 * address, no password is checked until that time is over. A try counts from its beginning, until it has turned out
 * right: of a hundred that are sent at once, no more are checked than of a hundred one after another. Kept in this
 * process: with several servers a guesser has as many tries at each.
 */
export class FailedAttempts {
  readonly #most: number;
  readonly #now: () => number;
  readonly #names = new Map<string, Tries>();

  constructor(most: number, now: () => number) {
    this.#most = most;
    this.#now = now;
  }

  /** Counts a try. @returns seconds until there may be one; 0 = now */
  begin(name: string): number {
    const tries = this.#current(name);
    if (tries === undefined) this.#remember(name);
    else if (tries.count < this.#most) tries.count++;
    else return Math.ceil((tries.since + WINDOW_MS - this.#now()) / 1_000);
    return 0;
  }

  /** A try was neither right nor wrong, or is not to be held against the name. */
  takeBack(name: string): void {
    const tries = this.#current(name);
    if (tries === undefined) return;
    if (tries.count > 1) tries.count--;
    else this.#names.delete(name);
  }

  /** After a correct password all tries are free again. */
  forget(name: string): void {
    this.#names.delete(name);
  }

  #remember(name: string): void {
    const [oldest] = this.#names.keys();
    if (this.#names.size >= MOST_NAMES && oldest !== undefined) this.#names.delete(oldest);
    this.#names.set(name, { count: 1, since: this.#now() });
  }

  #current(name: string): Tries | undefined {
    const tries = this.#names.get(name);
    if (tries === undefined || tries.since + WINDOW_MS > this.#now()) return tries;
    this.#names.delete(name);
    return undefined;
  }
}
