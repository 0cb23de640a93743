import { statSync } from 'node:fs';
import { StoreError } from '../../change-log/store.ts';

// Why: decision 0086.
/**
 * Inode check: where an open database file and its log lie. SQLite goes on writing into files that somebody has removed
 * or put others in the place of, and says that all is well: what is acknowledged then is gone with the process.
 */
export class FilePlace {
  readonly #file: string;
  readonly #database: string | null;
  #log: string | null;

  /** @param file of a database that has just been opened, in WAL mode */
  constructor(file: string) {
    this.#file = file;
    this.#database = identityOf(file);
    this.#log = identityOf(`${file}-wal`);
  }

  /**
   * Two `stat`: microseconds, beside an `fsync`.
   *
   * @throws StoreError `STORE_MOVED` if the path leads to another file than the one that is open, or to none
   */
  check(): void {
    // SQLite makes the log when it is first written.
    this.#log ??= identityOf(`${this.#file}-wal`);
    if (identityOf(this.#file) === this.#database && identityOf(`${this.#file}-wal`) === this.#log) return;
    throw new StoreError(
      'STORE_MOVED',
      `The open database is no longer at ${this.#file}: it, or its write-ahead log, was moved, removed or replaced. Put it back, or start the server again on the file that is there now.`,
    );
  }
}

/** Device and inode; `null` if there is nothing, or nobody can say. */
function identityOf(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev}:${found.ino}` : null;
}
