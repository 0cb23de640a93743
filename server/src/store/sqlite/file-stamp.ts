import { randomInt } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  copyFileSync,
  fstatSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
} from 'node:fs';
import type Sqlite from 'better-sqlite3';
import { StoreError } from '../../change-log/store.ts';

// Why: decision 0149.
/** Of the header of an SQLite file: where `user_version` stands in it, and by what it begins. */
const HEADER_BYTES = 100;
const STAMP_AT = 60;
const MAGIC = 'SQLite format 3\0';

/** The lowest bit is free for a harmless write: see `SqliteDatabase.touch`. */
const STAMPS = 2 ** 30;

/**
 * Overwrite detection: another file was copied into the open one (`cp backup.db dimmer.db` while the server runs). Path
 * and inode stay as they were, SQLite's locks are not asked, and SQLite goes on with pages of both: what is acknowledged
 * then is a mixture that nobody can use.
 *
 * Whenever pages have been moved from the write-ahead log into the file, a random number goes with them into its header. A
 * file that has changed and has another number is not the one that was opened: a backup has the number of its day. Other
 * programs that write by SQLite's own rules are recognised by SQLite's own counter, and let be.
 */
export class FileStamp {
  readonly #sqlite: Sqlite.Database;
  readonly #file: string;
  /** Device and inode. What is at the path may be another file for a while, or none: that is `FilePlace`'s to say. */
  readonly #identity: string;
  /** Size and time of the last change, as of the last look at the header. */
  #seen: string | null = null;
  /** What the header may hold: the number that was written last, and before, as long as that has not been moved yet. */
  #stamps: readonly number[] = [];
  #dataVersion = 0;
  #isOverwritten = false;

  /** @param sqlite a file that has just been opened, in WAL mode */
  constructor(sqlite: Sqlite.Database) {
    this.#sqlite = sqlite;
    this.#file = sqlite.name;
    this.#identity = identityOf(statSync(this.#file, { bigint: true }));
    this.#begin();
  }

  /** For `pragma user_version`: another number each time, with the same stamp. */
  get other(): number {
    return this.#written() ^ 1;
  }

  /**
   * One `stat`, and a look at the header when the file has changed.
   *
   * @throws StoreError `STORE_OVERWRITTEN` if another file was copied into it; once it was, for ever
   */
  check(): void {
    if (this.#isOverwritten) throw this.#overwritten();
    const seen = this.#look();
    if (seen === null || seen === this.#seen) return;
    const found = this.#inFile();
    if (found === 'elsewhere') return;
    // By this process, past `written`; or by a program that replicates the log.
    if (found !== null && this.#stamps.includes(found)) this.renew();
    else if (found !== null && this.#isWrittenBySqlite()) this.#begin();
    else {
      this.#isOverwritten = true;
      this.#leaveAlone();
      throw this.#overwritten();
    }
  }

  /** To be called when this process has written: if that has moved pages into the file, it gets another number. */
  written(): void {
    const seen = this.#isOverwritten ? null : this.#look();
    if (seen !== null && seen !== this.#seen) this.renew();
  }

  /**
   * Moves what is in the log into the file, with another number. While somebody reads, not everything can be moved, and the
   * last number waits until it is. Never throws: on a disk that fails the numbers stay, and the next writer is told.
   */
  renew(): void {
    const waitMs = this.#sqlite.pragma('busy_timeout', { simple: true });
    try {
      // A program that holds the file is not waited for: a wait in here is a wait for every stream.
      this.#sqlite.pragma('busy_timeout = 0');
      const wasWaiting = this.#stamps.length > 1;
      if (!wasWaiting) this.#stamp();
      this.#move();
      // Pages that came after the number have been moved with it.
      if (!wasWaiting || this.#stamps.length > 1) return;
      this.#stamp();
      this.#move();
    } catch {
      // The next writer is told.
    } finally {
      this.#sqlite.pragma(`busy_timeout = ${waitMs}`);
      this.#seen = this.#look() ?? this.#seen;
    }
  }

  #stamp(): void {
    const stamp = randomInt(STAMPS);
    this.#sqlite.pragma(`user_version = ${stamp * 2}`);
    this.#stamps = [...this.#stamps, stamp];
  }

  #move(): void {
    this.#sqlite.pragma('wal_checkpoint(PASSIVE)');
    const [last] = this.#stamps.slice(-1);
    if (last !== undefined && this.#inFile() === last) this.#stamps = [last];
  }

  #begin(): void {
    this.#dataVersion = this.#countedBySqlite();
    this.#stamps = [...new Set([this.#inFile(), this.#written() >>> 1])].filter((stamp) => typeof stamp === 'number');
    this.renew();
  }

  /** Whether another program has committed by SQLite's rules since the last time: a restore by its tools, for one. */
  #isWrittenBySqlite(): boolean {
    const before = this.#dataVersion;
    this.#dataVersion = this.#countedBySqlite();
    return this.#dataVersion !== before;
  }

  #countedBySqlite(): number {
    return this.#sqlite.pragma('data_version', { simple: true }) as number;
  }

  /** As this process sees it: in the log, if it is there. */
  #written(): number {
    return this.#sqlite.pragma('user_version', { simple: true }) as number;
  }

  /** As it stands in the file itself; `null` if that is none of SQLite's, or in the middle of being one. */
  #inFile(): number | null | 'elsewhere' {
    const header = Buffer.alloc(HEADER_BYTES);
    let handle: number | null = null;
    try {
      handle = openSync(this.#file, 'r');
      if (identityOf(fstatSync(handle, { bigint: true })) !== this.#identity) return 'elsewhere';
      if (readSync(handle, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return null;
      return header.toString('latin1', 0, MAGIC.length) === MAGIC ? header.readUInt32BE(STAMP_AT) >>> 1 : null;
    } catch {
      // It is gone, or nobody can read it now.
      return 'elsewhere';
    } finally {
      if (handle !== null) closeSync(handle);
    }
  }

  /** `null`: the file is not where it was. */
  #look(): string | null {
    const found = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
    return found && identityOf(found) === this.#identity ? `${found.size} ${found.mtimeNs}` : null;
  }

  /**
   * Nothing more goes into the file: pages of the log would be put among those of the other database, now, at the end of
   * this process, and at the next start. The log is kept beside.
   */
  #leaveAlone(): void {
    try {
      this.#sqlite.pragma('wal_autocheckpoint = 0');
      this.#sqlite.pragma('query_only = ON');
      copyFileSync(`${this.#file}-wal`, `${this.#file}-wal.before`);
      truncateSync(`${this.#file}-wal`);
    } catch {
      // It is refused all the same.
    }
  }

  #overwritten(): StoreError {
    return new StoreError(
      'STORE_OVERWRITTEN',
      `Another file was copied into the open database ${this.#file}. Nothing is written any more. Stop the server, remove ${this.#file}-wal and ${this.#file}-shm, copy the file that is to be used once more, and start again. What had not been moved into the former database is in ${this.#file}-wal.before.`,
    );
  }
}

function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}
