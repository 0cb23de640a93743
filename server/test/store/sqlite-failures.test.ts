import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';

let folder = '';
let file = '';
let database: SqliteDatabase;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dimmer-sqlite-'));
  file = join(folder, 'dimmer.db');
});
afterEach(() => {
  vi.useRealTimers();
  database.close();
  rmSync(folder, { recursive: true });
});

let minute = 0;

/** One commit of about so many bytes. */
function write(bytes = 10): void {
  database.write(() =>
    database.drizzle.run(
      sql`INSERT INTO evaluation_counts VALUES (${'x'.repeat(bytes)}, 'e', 'f', ${++minute}, 'on', 1)`,
    ),
  );
}

describe('A SQLite file that is no longer where it was', () => {
  beforeEach(() => {
    database = SqliteDatabase.open(file);
    write();
  });

  it.each(['dimmer.db', 'dimmer.db-wal'])(
    'is not written when its %s is gone, and is again when that is back',
    (name) => {
      renameSync(join(folder, name), join(folder, 'elsewhere'));
      expect(() => write()).toThrow(
        expect.objectContaining({ code: 'STORE_MOVED', message: expect.stringContaining(file) }),
      );
      renameSync(join(folder, 'elsewhere'), join(folder, name));
      write();
    },
  );

  it('is not written when another file is in its place', () => {
    renameSync(file, join(folder, 'elsewhere'));
    new Sqlite(file).close();
    expect(() => write()).toThrow(expect.objectContaining({ code: 'STORE_MOVED' }));
  });
});

describe('A SQLite file into which another one is copied while it is open', () => {
  /** As `sqlite3 dimmer.db ".backup copy.db"` makes it. */
  const backedUp = async (): Promise<string> => {
    const copy = join(folder, 'copy.db');
    const reader = new Sqlite(file, { readonly: true });
    await reader.backup(copy);
    reader.close();
    return copy;
  };
  const minutes = () => {
    const sqlite = new Sqlite(file);
    const found = sqlite.prepare('SELECT count(*) FROM evaluation_counts').pluck().get();
    const whole = sqlite.pragma('integrity_check', { simple: true });
    sqlite.close();
    return { found, whole };
  };
  const overwritten = expect.objectContaining({
    code: 'STORE_OVERWRITTEN',
    message: expect.stringMatching(/remove .*-wal and .*-shm, copy .* once more, and start again/),
  });

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    database = SqliteDatabase.open(file);
  });

  it.each([
    ['small', 10],
    ['so large that the log is moved into the file by the commits themselves', 3_000_000],
  ])('is not written any more, and stays as it was copied; writes were %s', async (_, bytes) => {
    for (let each = 0; each < 5; each += 1) write();
    const backup = await backedUp();
    for (let each = 0; each < 5; each += 1) write(bytes);
    vi.advanceTimersByTime(3_000);
    write();
    copyFileSync(backup, file);
    expect(() => write()).toThrow(overwritten);
    expect(() => database.touch()).toThrow(overwritten);
    // Sign-in writes past `write`.
    expect(() => database.drizzle.run(sql`DELETE FROM evaluation_counts`)).toThrow();
    vi.advanceTimersByTime(3_000);
    database.close();
    expect(minutes()).toEqual({ found: 5, whole: 'ok' });
    expect(existsSync(`${file}-wal.before`)).toBe(true);
    database = SqliteDatabase.open(file);
    write();
  });

  it('is noticed where nobody writes, before anything is moved into it', async () => {
    write();
    vi.advanceTimersByTime(3_000);
    const backup = await backedUp();
    for (let each = 0; each < 5; each += 1) write();
    vi.advanceTimersByTime(3_000);
    for (let each = 0; each < 5; each += 1) write();
    copyFileSync(backup, file);
    vi.advanceTimersByTime(3_000);
    database.close();
    expect(minutes()).toEqual({ found: 1, whole: 'ok' });
  });

  it.each(['moved away', 'replaced by another'])('is told from one that is %s for a while', async (how) => {
    write();
    const backup = await backedUp();
    write();
    renameSync(file, `${file}.elsewhere`);
    if (how !== 'moved away') copyFileSync(backup, file);
    vi.advanceTimersByTime(5_000);
    expect(() => write()).toThrow(expect.objectContaining({ code: 'STORE_MOVED' }));
    renameSync(`${file}.elsewhere`, file);
    vi.advanceTimersByTime(5_000);
    write();
    database.close();
    expect(minutes()).toEqual({ found: 3, whole: 'ok' });
    database = SqliteDatabase.open(file);
  });

  it('is noticed when it is another database altogether, or none', () => {
    write();
    writeFileSync(file, 'this is no database');
    expect(() => write()).toThrow(overwritten);
  });

  it('is told from one that other programs read, back up, check and write by SQLite’s rules', async () => {
    let told = 0;
    database.othersWrote = () => (told += 1);
    for (let each = 0; each < 5; each += 1) write();
    await backedUp();
    const other = new Sqlite(file);
    other.pragma('wal_checkpoint(TRUNCATE)');
    write();
    expect(told).toBe(0);
    other.exec('DELETE FROM evaluation_counts');
    other.pragma('wal_checkpoint(TRUNCATE)');
    other.close();
    vi.advanceTimersByTime(1_000);
    expect(told).toBe(1);
    write();
    vi.advanceTimersByTime(3_000);
    write();
    expect(told).toBe(1);
  });

  it('is told from one that somebody touches, or whose mode is changed', () => {
    write();
    utimesSync(file, 1, 1);
    write();
    chmodSync(file, 0o640);
    write();
  });
});

describe('A SQLite file that another program holds', () => {
  const waitMs = () => database.drizzle.$client.pragma('busy_timeout', { simple: true });

  it('is waited for once, and not again until it is free: streams wait as well', () => {
    database = SqliteDatabase.open(file);
    const other = new Sqlite(file);
    other.exec('BEGIN IMMEDIATE');
    expect(waitMs()).toBe(500);
    expect(() => write()).toThrow(expect.objectContaining({ code: 'STORE_HELD' }));
    expect(waitMs()).toBe(0);
    expect(() => write()).toThrow();
    other.close();
    write();
    expect(waitMs()).toBe(500);
  });
});

describe('A SQLite file on a full disk', () => {
  it('says that it is full, in words that hold no data, and is written again when there is room', () => {
    database = SqliteDatabase.open(file);
    const { page_count: pages } = database.drizzle.get<{ page_count: number }>(sql`PRAGMA page_count`);
    database.drizzle.$client.pragma(`max_page_count = ${pages}`);
    const problem = { code: 'STORE_FULL', message: 'The database failed: database or disk is full' };
    expect(() => write(100_000)).toThrow(expect.objectContaining(problem));
    database.drizzle.$client.pragma('max_page_count = 1000000');
    write(100_000);
  });
});

describe('The write-ahead log', () => {
  const bytes = () => statSync(`${file}-wal`).size;
  /** Pages that have been moved into the database; all of them: nothing is left to do. */
  const isMoved = () => {
    const other = new Sqlite(file);
    const [{ log, checkpointed }] = other.pragma('wal_checkpoint(NOOP)') as [{ log: number; checkpointed: number }];
    other.close();
    return log === checkpointed;
  };

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    database = SqliteDatabase.open(file);
  });

  it('is moved into the database when nobody has written for a second', () => {
    write();
    vi.advanceTimersByTime(1_000);
    expect(isMoved()).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(isMoved()).toBe(true);
  });

  it('keeps the room that it has, for a disk that others fill', () => {
    for (let each = 0; each < 20; each += 1) write(100_000);
    const before = bytes();
    vi.advanceTimersByTime(5_000);
    expect(bytes()).toBe(before);
    expect(before).toBeGreaterThan(1_000_000);
  });

  it('gives back what it has grown by while somebody else read, when the reader is gone', () => {
    const reader = new Sqlite(file, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM changes').get();
    for (let each = 0; each < 200; each += 1) write(100_000);
    vi.advanceTimersByTime(5_000);
    expect(bytes()).toBeGreaterThan(16 * 1024 * 1024);
    reader.close();
    vi.advanceTimersByTime(1_000);
    expect(bytes()).toBe(0);
    write();
    expect(existsSync(`${file}-wal`)).toBe(true);
  });
});
