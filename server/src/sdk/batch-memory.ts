const REMEMBER_MS = 24 * 60 * 60_000;

/**
 * Batches remembered. 10,000 instances that send every 10 s fill it in about 3 minutes, and an SDK tries again within
 * seconds; the day is for the few that were cut off for long.
 */
const MAX_BATCHES = 200_000;

/**
 * Which batches of events have been counted, so that one sent twice is counted once. In memory: a batch that is sent
 * again across a restart of the server may count twice, which is a figure and not a change.
 */
export class BatchMemory {
  readonly #now: () => number;
  readonly #limit: number;
  /** In the order in which they came, so the oldest are first. */
  readonly #seen = new Map<string, number>();

  constructor(now: () => number, limit = MAX_BATCHES) {
    this.#now = now;
    this.#limit = limit;
  }

  /** True the first time, false ever after (for a day, or for as long as there is room). */
  isNew(batch: string): boolean {
    const now = this.#now();
    const at = this.#seen.get(batch);
    if (at !== undefined && now - at < REMEMBER_MS) return false;
    this.#seen.delete(batch);
    this.#seen.set(batch, now);
    this.#forget(now);
    return true;
  }

  #forget(now: number): void {
    for (const [batch, at] of this.#seen) {
      if (this.#seen.size <= this.#limit && now - at < REMEMBER_MS) return;
      this.#seen.delete(batch);
    }
  }
}
