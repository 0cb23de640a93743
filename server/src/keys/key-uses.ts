import type { Logger } from '../logger.ts';
import type { KeyUseStore } from './key-use-store.ts';

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

/**
 * Write-behind: when each key was last used, to the minute. Before a rotated key ends one wants to know who still uses
 * it.
 */
export class KeyUses {
  readonly #terms: Terms;
  readonly #timer: NodeJS.Timeout;
  #held = new Map<string, number>();

  constructor(terms: Terms) {
    this.#terms = terms;
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS);
  }

  used(selector: string): void {
    if (this.#held.has(selector) || this.#held.size < MOST_HELD) this.#held.set(selector, this.#terms.now());
  }

  /** Ms since 1970 by selector; those that never were used are absent. */
  async lastUses(selectors: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const uses = new Map<string, number>();
    for (let start = 0; start < selectors.length; start += ROWS_AT_ONCE) {
      const stored = await this.#terms.store.read(selectors.slice(start, start + ROWS_AT_ONCE));
      for (const { selector, atMs } of stored) uses.set(selector, atMs);
    }
    for (const selector of selectors) {
      const held = this.#held.get(selector);
      if (held !== undefined) uses.set(selector, Math.max(held, uses.get(selector) ?? 0));
    }
    return uses;
  }

  /** Writes what has been noted. Never rejects: what cannot be written is noted again when the key is used again. */
  async flush(): Promise<void> {
    const held = [...this.#held].map(([selector, atMs]) => ({ selector, atMs }));
    this.#held = new Map();
    try {
      for (let start = 0; start < held.length; start += ROWS_AT_ONCE)
        await this.#terms.store.put(held.slice(start, start + ROWS_AT_ONCE));
    } catch (error) {
      this.#terms.logger.debug('When keys were used could not be written', { error: String(error) });
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }
}
