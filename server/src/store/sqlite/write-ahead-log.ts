import { statSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import type { FilePlace } from './file-place.ts';
import type { FileStamp } from './file-stamp.ts';

// Why: decision 0087.
/** Pause in writing after which the log is checkpointed. */
const LOOK_MS = 1_000;

/**
 * Size that the log file keeps when it is reset. Never less on purpose: a disk that others have filled still has the
 * room of the log, so that a kill goes through.
 */
const KEEP_BYTES = 16 * 1024 * 1024;

interface Beside {
  readonly place: FilePlace;
  readonly stamp: FileStamp;
  /** Told when another program has written to the file, by SQLite's rules. */
  readonly othersWrote: () => void;
}

interface Checkpoint {
  readonly busy: number;
  readonly log: number;
  readonly checkpointed: number;
}

/**
 * Checkpointing: moves the write-ahead log into the database while nobody writes. SQLite itself does it every 1,000
 * pages, at the cost of the commit that happens to be the thousandth; and it never makes the log smaller that has grown
 * while somebody else read (a backup, a query by hand): as long as a reader is there, nothing can be overwritten.
 */
export class WriteAheadLog {
  readonly #sqlite: Sqlite.Database;
  readonly #place: FilePlace;
  readonly #stamp: FileStamp;
  readonly #othersWrote: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #changes: Sqlite.Statement<[], number>;
  /** Rows that had been changed by this process at the last look, and when everything was last moved. */
  #seen: number;
  #moved = 0;
  /** SQLite's count of what other programs have committed, as of the last look. */
  #byOthers: unknown;

  constructor(sqlite: Sqlite.Database, { place, stamp, othersWrote }: Beside) {
    this.#sqlite = sqlite;
    this.#place = place;
    this.#stamp = stamp;
    this.#othersWrote = othersWrote;
    this.#byOthers = this.#countOfOthers();
    sqlite.pragma(`journal_size_limit = ${KEEP_BYTES}`);
    this.#changes = sqlite.prepare<[], number>('SELECT total_changes()').pluck();
    this.#seen = this.#changes.get() ?? 0;
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    try {
      // Also where nobody writes: nothing may be moved into a file that is another by now, or lies elsewhere.
      this.#place.check();
      this.#stamp.check();
      const byOthers = this.#countOfOthers();
      if (byOthers !== this.#byOthers) this.#othersWrote();
      this.#byOthers = byOthers;
      const changes = this.#changes.get() ?? 0;
      const isIdle = changes === this.#seen;
      this.#seen = changes;
      if (isIdle && changes !== this.#moved && this.#checkpoint()) this.#moved = changes;
    } catch {
      // A disk that fails is reported to the next writer; what is in the log is not lost by staying there.
    }
  }

  #countOfOthers(): unknown {
    return this.#sqlite.pragma('data_version', { simple: true });
  }

  /** True when nothing is left to do. */
  #checkpoint(): boolean {
    const hasGrown = this.#bytes() > KEEP_BYTES;
    this.#stamp.renew();
    if (!isDone(this.#run('PASSIVE'))) return false;
    return !hasGrown || isDone(this.#withoutWaiting(() => this.#run('TRUNCATE')));
  }

  #run(mode: 'PASSIVE' | 'TRUNCATE'): Checkpoint | undefined {
    return (this.#sqlite.pragma(`wal_checkpoint(${mode})`) as Checkpoint[])[0];
  }

  /** Readers are not waited for: a wait in here is a wait for every stream. */
  #withoutWaiting<Result>(work: () => Result): Result {
    const before = this.#sqlite.pragma('busy_timeout', { simple: true });
    this.#sqlite.pragma('busy_timeout = 0');
    try {
      return work();
    } finally {
      this.#sqlite.pragma(`busy_timeout = ${before}`);
    }
  }

  #bytes(): number {
    return statSync(`${this.#sqlite.name}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  }
}

function isDone(checkpoint: Checkpoint | undefined): boolean {
  return checkpoint?.busy === 0 && checkpoint.log === checkpoint.checkpointed;
}
