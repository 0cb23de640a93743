import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SqliteDatabase } from '../src/store/sqlite/database.ts';
import { MIGRATIONS } from '../src/store/sqlite/migrations.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { longLog, storeContract } from './store-contract.ts';

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

  it('finds changes of a file that an older version has written, and makes what it searches by meanwhile', async () => {
    const store = await open();
    await longLog(store);
    const query = { by: 'jörg', limit: 100 };
    const found = await store.history(query);
    await store.close();
    const sqlite = new Sqlite(file);
    const blocks = () => sqlite.prepare('SELECT count(*) FROM change_blocks').pluck().get();
    sqlite.exec('DELETE FROM change_blocks');
    const again = await open();
    expect(await again.history(query)).toEqual(found);
    await vi.waitFor(() => expect(blocks()).toBe(3));
    expect(await again.history(query)).toEqual(found);
    sqlite.close();
    await again.close();
  });

  it('refuses a file that a newer version has written', async () => {
    await (await open()).close();
    const sqlite = new Sqlite(file);
    sqlite.exec('INSERT INTO schema_version VALUES (999)');
    sqlite.close();
    await expect(open()).rejects.toMatchObject({ code: 'STORE_NEWER', message: expect.stringContaining('999') });
  });

  it.each([1, 2])(
    'brings a file that a server of schema %i has written up to date, with what is in it',
    async (schema) => {
      mkdirSync(dirname(file));
      const sqlite = new Sqlite(file);
      sqlite.exec('CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT');
      for (const { version, statements } of MIGRATIONS.filter(({ version }) => version <= schema)) {
        for (const statement of statements) sqlite.exec(statement);
        sqlite.prepare('INSERT INTO schema_version VALUES (?)').run(version);
      }
      if (schema === 2) sqlite.exec("INSERT INTO last_evaluations VALUES ('shop', 'production', 'checkout', 7)");
      sqlite.close();
      await (await open()).close();
      const after = new Sqlite(file);
      const versions = after.prepare('SELECT version FROM schema_version ORDER BY version').pluck().all();
      expect(versions).toEqual(MIGRATIONS.map(({ version }) => version));
      expect(after.prepare('SELECT count(*) FROM launch_minutes').pluck().get()).toBe(0);
      expect(after.prepare('SELECT at_ms FROM last_evaluations').pluck().all()).toEqual(schema === 2 ? [7] : []);
      after.close();
    },
  );

  it('leaves a file as the older version wrote it where a step of the upgrade fails', async () => {
    await (await open()).close();
    // As version 5 wrote it, but for a table of somebody else's with the name that step 7 wants to make.
    const sqlite = new Sqlite(file);
    sqlite.exec('DELETE FROM schema_version WHERE version > 5; DROP TABLE change_blocks');
    sqlite.close();
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(/day_totals already exists/),
    });
    const left = new Sqlite(file, { readonly: true });
    expect(left.prepare('SELECT max(version) FROM schema_version').pluck().get()).toBe(5);
    expect(left.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'change_blocks'").get()).toBeUndefined();
    left.close();
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
