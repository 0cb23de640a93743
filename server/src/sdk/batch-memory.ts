import { createHash } from 'node:crypto';

const REMEMBER_MS = 24 * 60 * 60_000;

/**
 * Batches remembered. 10,000 instances that send every 10 s fill it in about 3 minutes, and an SDK tries again within
 * seconds; the day is for the few that were cut off for long.
 */
const MAX_BATCHES = 200_000;

/**
 * Bytes of a name's hash that are kept, as a number: among a quarter of a million, two collide once in 10,000 memories.
 */
const HASH_BYTES = 6;

/**
 * Deduplication (idempotency keys): which batches of events have been counted, so that one sent twice is counted once.
 * In memory: a batch that is sent again across a restart of the server may count twice, which is a figure and not a
 * change. Only a hash of each name is kept, so that long names take no more room than short ones.
 */
export class BatchMemory {
  readonly #now: () => number;
  readonly #limit: number;
  /** In the order in which they came, so the oldest are first. */
  readonly #seen = new Map<number, number>();

  constructor(now: () => number, limit = MAX_BATCHES) {
    this.#now = now;
    this.#limit = limit;
  }

  /** True the first time, false ever after (for a day, or for as long as there is room). */
  isNew(batch: string): boolean {
    const now = this.#now();
    const name = createHash('sha256').update(batch).digest().readUIntBE(0, HASH_BYTES);
    const at = this.#seen.get(name);
    if (at !== undefined && now - at < REMEMBER_MS) return false;
    this.#seen.delete(name);
    this.#seen.set(name, now);
    this.#forget(now);
    return true;
  }

  #forget(now: number): void {
    for (const [name, at] of this.#seen) {
      if (this.#seen.size <= this.#limit && now - at < REMEMBER_MS) return;
      this.#seen.delete(name);
    }
  }
}
