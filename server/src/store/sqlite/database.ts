import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { SqliteDialect } from 'kysely';
import { StoreError } from '../../change-log/store.ts';
import { databaseFile } from './database-file.ts';
import { FilePlace } from './file-place.ts';
import { FileStamp } from './file-stamp.ts';
import { folderHint } from './folder-hint.ts';
import { MIGRATIONS } from './migrations.ts';
import { attemptSqlite, isHeldByAnother } from './sqlite-failure.ts';
import { WriteAheadLog } from './write-ahead-log.ts';

// Why: decision 0016.
/**
 * How long a statement waits for another process that writes to the file, which only a person with a tool would do; a
 * backup reads, and holds nobody up. Streams wait meanwhile, so it is short: who is refused asks again after a second.
 */
const BUSY_TIMEOUT_MS = 500;

/** An open SQLite file that belongs to this server alone. Several stores may work on it. */
export class SqliteDatabase {
  readonly drizzle: ReturnType<typeof drizzle>;
  readonly #sqlite: Sqlite.Database;
  readonly #lock: Sqlite.Database | null;
  /** `null`: in memory. */
  readonly #place: FilePlace | null;
  readonly #stamp: FileStamp | null;
  readonly #log: WriteAheadLog | null;
  #waitMs = BUSY_TIMEOUT_MS;
  /** Called within a second after another program has written to the file, as somebody's tools do that restore a backup. */
  othersWrote: () => void = () => {};

  private constructor(sqlite: Sqlite.Database, lock: Sqlite.Database | null) {
    this.#sqlite = sqlite;
    this.#lock = lock;
    const place = sqlite.memory ? null : new FilePlace(sqlite.name);
    const stamp = place && new FileStamp(sqlite);
    this.#place = place;
    this.#stamp = stamp;
    this.#log = place && stamp && new WriteAheadLog(sqlite, { place, stamp, othersWrote: () => this.othersWrote() });
    this.drizzle = drizzle(sqlite);
  }

  /**
   * Opens or makes the file (and its folder), takes it for this server alone, and brings its schema up to date.
   *
   * @param file a path, or `:memory:`
   * @throws StoreError `STORE_LOCKED` if another server has it, `STORE_NEWER` if a newer version of the server wrote it,
   * `STORE_UNAVAILABLE` if it cannot be opened
   */
  static open(file: string): SqliteDatabase {
    let lock: Sqlite.Database | null = null;
    let sqlite: Sqlite.Database | null = null;
    try {
      const real = file === ':memory:' ? file : databaseFile(file);
      if (real !== ':memory:') lock = takeLock(real);
      sqlite = new Sqlite(real, { timeout: BUSY_TIMEOUT_MS });
      sqlite.pragma('journal_mode = WAL');
      // FULL: in a simulated power cut NORMAL lost 605 of 54,461 acknowledged writes, FULL none.
      sqlite.pragma('synchronous = FULL');
      sqlite.pragma('foreign_keys = ON');
      migrate(sqlite, file);
      return new SqliteDatabase(sqlite, lock);
    } catch (error) {
      sqlite?.close();
      lock?.close();
      if (error instanceof StoreError) throw error;
      throw new StoreError(
        'STORE_UNAVAILABLE',
        `Cannot open the database ${file}: ${(error as Error).message}. Set DATABASE_URL to an SQLite file in a folder that this process can write.${folderHint(file)}`,
        { cause: error },
      );
    }
  }

  /** The one path of the file, whatever it was opened by; `:memory:` has none. */
  get file(): string {
    return this.#sqlite.name;
  }

  /** For sign-in, which speaks by Kysely: the same connection. */
  kyselyDialect(): SqliteDialect {
    return new SqliteDialect({ database: this.#sqlite });
  }

  /**
   * Runs `work`, which writes, if what it writes can be found again. Once another program has held the file for longer
   * than we wait, nobody waits for it any more until a write succeeds.
   *
   * @throws StoreError `STORE_FULL` if the disk has no room left, `STORE_MOVED` if the file is no longer where it was,
   * `STORE_OVERWRITTEN` if another one was copied into it, `STORE_HELD` if another program is writing to it, `STORE_UNAVAILABLE` for anything else; nothing has been written then
   */
  write<Result>(work: () => Result): Result {
    return attemptSqlite(() => {
      this.#place?.check();
      this.#stamp?.check();
      try {
        const result = work();
        this.#stamp?.written();
        this.#waitAtMost(BUSY_TIMEOUT_MS);
        return result;
      } catch (error) {
        if (isHeldByAnother(error as Error)) this.#waitAtMost(0);
        else this.#cover();
        throw error;
      }
    });
  }

  /**
   * Writes a number into the header that nobody reads: the least that reaches the disk.
   *
   * @throws StoreError as `write`
   */
  touch(): void {
    this.write(() => this.#touch());
  }

  #touch(): void {
    // Another number: what is there already is not written.
    this.#sqlite.pragma(`user_version = ${this.#stamp?.other ?? 0}`);
  }

  /**
   * Puts something harmless where a commit was written that could not be synced. It has been refused; but it stands whole
   * in the log, and were the process killed now, the next start would take it for good.
   */
  #cover(): void {
    try {
      this.#touch();
    } catch {
      // The disk still fails. Written it is all the same, if anything can be.
    }
  }

  #waitAtMost(ms: number): void {
    if (ms === this.#waitMs) return;
    this.#waitMs = ms;
    this.#sqlite.pragma(`busy_timeout = ${ms}`);
  }

  close(): void {
    this.#log?.close();
    this.#sqlite.close();
    this.#lock?.close();
  }
}

/**
 * Holds an exclusive SQLite lock on `<file>.lock` for as long as the process lives. The operating system releases it even
 * after `kill -9`; a file with a process id in it would stay behind. Not the database itself is locked, so that it can be
 * backed up while the server runs.
 */
function takeLock(file: string): Sqlite.Database {
  const path = databaseFile(`${file}.lock`);
  const lock = new Sqlite(path, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
    throw new StoreError(
      'STORE_LOCKED',
      `Another Dimmer server is using ${file}. Stop it first, or give this one its own file with DATABASE_URL.`,
    );
  }
}

/** In one transaction: a new file costs one `fsync` instead of one for each step, and none is left halfway. */
function migrate(sqlite: Sqlite.Database, file: string): void {
  sqlite.transaction(() => {
    sqlite.exec('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT');
    const newest = MIGRATIONS.at(-1)?.version ?? 0;
    const current = sqlite.prepare('SELECT max(version) FROM schema_version').pluck().get() as number | null;
    if (current !== null && current > newest) {
      throw new StoreError(
        'STORE_NEWER',
        `${file} has schema ${current}, and this server knows schemas up to ${newest}. Start the newer server that wrote it.`,
      );
    }
    for (const { version, statements, columns = [] } of MIGRATIONS) {
      if (current !== null && version <= current) continue;
      for (const { table, column, type } of columns) addColumn(sqlite, table, column, type);
      for (const statement of statements) sqlite.exec(statement);
      sqlite.prepare('INSERT INTO schema_version VALUES (?)').run(version);
    }
  })();
}

function addColumn(sqlite: Sqlite.Database, table: string, column: string, type: string): void {
  const found = sqlite.prepare('SELECT 1 FROM pragma_table_info(?) WHERE name = ?').get(table, column);
  if (found === undefined) sqlite.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${type}`);
}
