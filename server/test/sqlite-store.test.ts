import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '../src/store/sqlite/database.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { storeContract } from './store-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'dimmer-store-'));
let file = '';
let count = 0;

beforeEach(() => {
  file = join(folder, `${++count}`, 'dimmer.db');
});

afterAll(() => rmSync(folder, { recursive: true }));

const open = async () => new SqliteStore(SqliteDatabase.open(file));

describe('The store on a SQLite file', () => {
  storeContract(open, open);

  it('refuses a second server on the same file, and lets it in when the first is gone', async () => {
    const first = await open();
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringContaining('DATABASE_URL'),
    });
    await first.close();
    const second = await open();
    await second.close();
  });

  it('refuses a second server on the same file by another name', async () => {
    await (await open()).close();
    const link = join(folder, 'link.db');
    symlinkSync(file, link);
    const first = await open();
    expect(() => SqliteDatabase.open(link)).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }));
    await first.close();
    const second = SqliteDatabase.open(link);
    await expect(open()).rejects.toMatchObject({ code: 'STORE_LOCKED' });
    second.close();
  });

  it('refuses a file that a newer version has written', async () => {
    await (await open()).close();
    const sqlite = new Sqlite(file);
    sqlite.exec('INSERT INTO schema_version VALUES (999)');
    sqlite.close();
    await expect(open()).rejects.toMatchObject({ code: 'STORE_NEWER', message: expect.stringContaining('999') });
  });

  it('refuses a file that is no database', async () => {
    const directory = join(folder, 'directory.db');
    expect(() => SqliteDatabase.open(join(directory, '..'))).toThrow(
      expect.objectContaining({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('Set DATABASE_URL') }),
    );
  });

  it('syncs every commit to the disk before it is acknowledged', async () => {
    const database = SqliteDatabase.open(file);
    const pragma = (name: string) => database.drizzle.$client.pragma(name, { simple: true });
    expect(pragma('synchronous')).toBe(2);
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('foreign_keys')).toBe(1);
    // Everything waits while a statement waits.
    expect(pragma('busy_timeout')).toBeLessThanOrEqual(500);
    database.close();
  });
});

describe('The store in memory', () => {
  storeContract(async () => new SqliteStore(SqliteDatabase.open(':memory:')), null);
});
