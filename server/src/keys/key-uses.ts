import { WriteBehind } from '../figures/write-behind.ts';
import type { Logger } from '../logger.ts';
import type { KeyUse, KeyUseStore } from './key-use-store.ts';

const FLUSH_MS = 60_000;
/** More keys than this in a minute are not remembered; there are 100 live ones of a kind in an environment at most. */
const MOST_HELD = 10_000;
const ROWS_AT_ONCE = 500;

interface Terms {
  readonly store: KeyUseStore;
  /** Ms since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** When each key was last used, to the minute. Before a rotated key ends one wants to know who still uses it. */
export class KeyUses {
  readonly #terms: Terms;
  readonly #behind: WriteBehind<KeyUse>;

  constructor(terms: Terms) {
    this.#terms = terms;
    const { store, logger } = terms;
    this.#behind = new WriteBehind({
      withinMs: FLUSH_MS,
      rowsAtOnce: ROWS_AT_ONCE,
      mostRows: MOST_HELD,
      merge: (before, after) => (after.atMs > before.atMs ? after : before),
      write: (rows) => store.put(rows),
      failed: (error) =>
        logger.debug('When keys were used cannot be written; it is kept in memory for now', { error: String(error) }),
    });
  }

  used(selector: string): void {
    this.#behind.add(selector, { selector, atMs: this.#terms.now() });
  }

  /** Ms since 1970 by selector; those that never were used are absent. */
  async lastUses(selectors: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const uses = new Map<string, number>();
    for (let start = 0; start < selectors.length; start += ROWS_AT_ONCE) {
      const stored = await this.#terms.store.read(selectors.slice(start, start + ROWS_AT_ONCE));
      for (const { selector, atMs } of stored) uses.set(selector, atMs);
    }
    for (const selector of selectors) {
      const held = this.#behind.get(selector);
      if (held !== undefined) uses.set(selector, Math.max(held.atMs, uses.get(selector) ?? 0));
    }
    return uses;
  }

  /** Writes what has been noted. Never rejects. */
  flush(): Promise<void> {
    return this.#behind.flush();
  }

  close(): Promise<void> {
    return this.#behind.close();
  }
}
