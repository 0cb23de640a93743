import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';

// Why: decision 0155.
/** The database's own mode: the copy holds the same. */
const MODE = 0o600;
/** All in one step: a copy made in several starts over whenever the server writes in between. */
const ALL_PAGES = 0x7fff_ffff;
/** File systems that know no hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EXDEV']);

/** A copy that was made. */
export interface Backup {
  /** The database that was copied: the one path that it has. */
  readonly from: string;
  readonly bytes: number;
  /** Of the last change in it. */
  readonly revision: number;
  /** Where the secret of sessions was copied to; `null` if there is none beside the database. */
  readonly secret: string | null;
}

/** No copy was made. The message says the fix. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/**
 * Copies an SQLite database into one file, as it is at one moment, also while a server writes to it, and reads the copy
 * before it is given its name. Nothing is overwritten; if anything fails, nothing is left behind.
 *
 * @param file the database; it must exist
 * @param to the copy; must not exist, its folder must
 * @param withSecret whether the secret that lies beside the database goes beside the copy as `<to>.secret`
 * @throws BackupError
 */
export async function backUpSqlite(file: string, to: string, withSecret: boolean): Promise<Backup> {
  if (!existsSync(file)) {
    throw new BackupError(`There is no database at ${file}. Set DATABASE_URL as it is for the server.`);
  }
  const from = realpathSync(file);
  const secretFrom = withSecret && existsSync(`${from}.secret`) ? `${from}.secret` : null;
  const folder = dirname(to);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new BackupError(`There is no folder ${folder}. Make it, or name another one.`);
  }
  for (const path of [to, ...(secretFrom ? [`${to}.secret`] : [])]) {
    if (existsSync(path)) throw taken(path);
  }
  const draft = join(folder, `.${basename(to)}.${process.pid}.partial`);
  const made: string[] = [];
  try {
    made.push(draft);
    closeSync(openSync(draft, 'wx', MODE));
    await copyPages(from, draft);
    const revision = readCopy(draft);
    sync(draft);
    if (secretFrom) {
      writeNew(`${to}.secret`, readFileSync(secretFrom));
      made.push(`${to}.secret`);
    }
    const { size: bytes } = statSync(draft);
    giveName(draft, to);
    sync(folder);
    return { from, bytes, revision, secret: secretFrom && `${to}.secret` };
  } catch (error) {
    for (const path of made) rmSync(path, { force: true });
    if (error instanceof BackupError) throw error;
    throw new BackupError(`Cannot copy ${from} to ${to}: ${(error as Error).message}. Nothing is left there.`, {
      cause: error,
    });
  } finally {
    for (const end of ['', '-journal', '-wal', '-shm']) rmSync(`${draft}${end}`, { force: true });
  }
}

async function copyPages(from: string, draft: string): Promise<void> {
  const source = new Sqlite(from, { readonly: true, fileMustExist: true });
  try {
    const isOurs = source.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'head'").get();
    if (isOurs === undefined) {
      throw new BackupError(`${from} is no database of a Dimmer server. Set DATABASE_URL as it is for the server.`);
    }
    await source.backup(draft, { progress: () => ALL_PAGES });
  } finally {
    source.close();
  }
}

/**
 * Reads all of the copy, and makes one file of it that needs no log beside it.
 *
 * @returns the revision of its last change
 */
function readCopy(draft: string): number {
  const copy = new Sqlite(draft, { fileMustExist: true });
  try {
    copy.pragma('journal_mode = DELETE');
    const found = copy.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok') throw new Error(`the copy is damaged (${found}), as the database itself may be`);
    const head = copy.prepare<[], { revision: number; hash: string }>('SELECT revision, hash FROM head').get();
    const last = copy
      .prepare<[], { revision: number; hash: string }>(
        'SELECT revision, hash FROM changes ORDER BY revision DESC LIMIT 1',
      )
      .get();
    if (!head || head.revision !== (last?.revision ?? 0) || (last && head.hash !== last.hash)) {
      throw new Error('the log in the copy does not end where the database says that it ends');
    }
    return head.revision;
  } finally {
    copy.close();
  }
}

/** Never over what somebody has put there meanwhile. */
function giveName(draft: string, to: string): void {
  chmodSync(draft, MODE);
  try {
    linkSync(draft, to);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || existsSync(to)) throw taken(to);
    if (!NO_LINKS.has(code)) throw error;
    renameSync(draft, to);
  }
}

function writeNew(path: string, content: Buffer): void {
  const descriptor = openSync(path, 'wx', MODE);
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function taken(path: string): BackupError {
  return new BackupError(`${path} is there already, and is not overwritten. Name a file that is not there.`);
}
