import type { Logger } from '../logger.ts';

// Why: decision 0091.
/** Half of what a lost notification may cost. */
const POLL_MS = { min: 1_600, max: 2_400 } as const;

/** The part of the change log that is needed. */
interface Log {
  catchUp(revision?: number): Promise<number>;
  readonly state: { readonly head: { readonly revision: number } };
}

interface FollowerOptions {
  readonly log: Log;
  readonly logger: Logger;
  readonly now: () => number;
  readonly random: () => number;
  /** Called when the database answers again after it had not. */
  readonly recovered?: () => void;
}

/**
 * Log follower: keeps this server at what others on the same database have committed, by polling every 2 s, and at once
 * after a notification. Polling makes it correct; notifications only make it fast.
 */
export class Follower {
  readonly #options: FollowerOptions;
  #timer: NodeJS.Timeout | null = null;
  #lostSince: number | null = null;
  #looking = false;
  /** Something was heard of while a look was under way. */
  #looksAgain = false;
  #isClosed = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#later();
  }

  /** Since when the database has not answered, ms since 1970; `null` while it does. */
  get lostSince(): number | null {
    return this.#lostSince;
  }

  /** @param revision what has been committed; `null`: something may have been missed */
  hint(revision: number | null): void {
    if (revision !== null && revision <= this.#options.log.state.head.revision) return;
    void this.#look(revision ?? undefined);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #later(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const waitMs = POLL_MS.min + this.#options.random() * (POLL_MS.max - POLL_MS.min);
    this.#timer = setTimeout(() => void this.#look(), waitMs);
  }

  async #look(revision?: number): Promise<void> {
    if (this.#looking) {
      this.#looksAgain = true;
      return;
    }
    this.#looking = true;
    const { log, logger, now, recovered } = this.#options;
    try {
      await log.catchUp(revision);
      if (this.#lostSince !== null) {
        logger.info('The database is back', { awayMs: now() - this.#lostSince });
        this.#lostSince = null;
        recovered?.();
      }
    } catch (error) {
      if (this.#lostSince === null && !this.#isClosed) {
        this.#lostSince = now();
        logger.error('The database is away; streams and rulesets are served from memory, writes are refused', {
          error: (error as Error).message,
        });
      }
    }
    this.#looking = false;
    const again = this.#looksAgain && this.#lostSince === null;
    this.#looksAgain = false;
    if (again) void this.#look();
    else this.#later();
  }
}
