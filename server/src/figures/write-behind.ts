import type { Logger } from '../logger.ts';
import { turn } from '../turn.ts';

// Why: decision 0193.

interface WriteBehindOptions<Row> {
  /** How long something is held before it is written, ms: a crash loses that much. */
  readonly withinMs: number;
  /** How long after a failure it is tried again, ms. Default: as soon as something new is written. */
  readonly retryMs?: number;
  /** Rows in one transaction: commits of changes wait for it, a few milliseconds at most. */
  readonly rowsAtOnce: number;
  /** Rows held at most, also while the store fails. */
  readonly mostRows: number;
  /** Two rows of one name as one. */
  readonly merge: (before: Row, after: Row) => Row;
  /** Written in the order of names: servers that write the same rows must not wait for each other in a ring. Default: no. */
  readonly isOrdered?: boolean;
  /** Writes some rows, all or none. */
  readonly write: (rows: readonly Row[]) => Promise<void>;
  /** Told of each row that found no room when it was put back after a failure. Default: nobody is. */
  readonly dropped?: (row: Row) => void;
  /** Says once that writing fails. Default: somebody else does. */
  readonly failed?: (error: unknown, rows: number) => void;
}

/**
 * Write-behind: rows are held by name, merged, and written a little later in portions, one writing at a time. What
 * cannot be written is kept, merged with what came meanwhile: nothing is written twice, and nothing is lost but what
 * finds no room.
 *
 * It knows nothing of what the rows are: counts, histograms, instants, words of instances. Rows of several servers are
 * merged by the store.
 */
export class WriteBehind<Row> {
  readonly #options: WriteBehindOptions<Row>;
  #held = new Map<string, Row>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isFailing = false;
  #isClosed = false;

  constructor(options: WriteBehindOptions<Row>) {
    this.#options = options;
  }

  /**
   * Holds a row until it is written.
   *
   * @param mostRows that may be held for this one to find room; fewer than for others
   * @returns false if there is no room, or nothing is written any more
   */
  add(name: string, row: Row, mostRows = this.#options.mostRows): boolean {
    const before = this.#held.get(name);
    if (this.#isClosed || (before === undefined && this.#held.size >= mostRows)) return false;
    this.#held.set(name, before === undefined ? row : this.#options.merge(before, row));
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.withinMs);
    return true;
  }

  /** What is held of a name; undefined: nothing is, or it has been written. */
  get(name: string): Row | undefined {
    return this.#held.get(name);
  }

  /** Writes what is held. Never rejects: what cannot be written is kept for the next time. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** Writes what is held, once, and takes nothing more. Never rejects. */
  async close(): Promise<void> {
    await this.flush();
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { rowsAtOnce, write, isOrdered = false } = this.#options;
    const held = [...this.#held];
    if (isOrdered) held.sort(([one], [other]) => (one < other ? -1 : 1));
    this.#held = new Map();
    for (let start = 0; start < held.length; start += rowsAtOnce) {
      try {
        await write(held.slice(start, start + rowsAtOnce).map(([, row]) => row));
      } catch (error) {
        this.#putBack(held.slice(start), error);
        return;
      }
      await turn();
    }
    if (held.length > 0) this.#isFailing = false;
  }

  #putBack(rows: readonly (readonly [string, Row])[], error: unknown): void {
    const { merge, mostRows, dropped, failed, retryMs } = this.#options;
    for (const [name, row] of rows) {
      const after = this.#held.get(name);
      if (after !== undefined) this.#held.set(name, merge(row, after));
      else if (this.#held.size < mostRows) this.#held.set(name, row);
      else dropped?.(row);
    }
    if (retryMs !== undefined && !this.#isClosed) this.#timer ??= setTimeout(() => void this.flush(), retryMs);
    if (this.#isFailing) return;
    this.#isFailing = true;
    failed?.(error, rows.length);
  }
}

interface PruningOptions {
  readonly everyMs: number;
  /** Whether it is for this server to remove what is old. Default: it is. */
  readonly may: (() => Promise<boolean>) | undefined;
  /** Removes some of what is old; true while there may be more. */
  readonly removeSome: () => Promise<boolean>;
  /** What it is, in the log: `counts of evaluations`. */
  readonly what: string;
  readonly logger: Logger;
}

/** Removes what is too old, now and then, in portions between which others have their turn. */
export class Pruning {
  readonly #options: PruningOptions;
  readonly #timer: NodeJS.Timeout;

  constructor(options: PruningOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.now(), options.everyMs);
  }

  /** Never rejects. */
  async now(): Promise<void> {
    const { may, removeSome, what, logger } = this.#options;
    if (!((await may?.()) ?? true)) return;
    try {
      while (await removeSome()) await turn();
    } catch (error) {
      logger.warn(`Old ${what} could not be removed`, { error: String(error) });
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
