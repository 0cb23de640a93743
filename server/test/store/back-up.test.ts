import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backUp } from '../../src/back-up-command.ts';
import { type ConfigOutcome, readConfig } from '../../src/config.ts';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';
import { TestServer } from '../running-server.ts';

let server: TestServer;
let folder: string;
let database: string;

beforeAll(async () => {
  // Without a secret of its own a server makes one beside its database.
  server = await TestServer.start({ env: { DIMMER_AUTH_SECRET: '' } });
  database = join(server.folder, 'dimmer.db');
});
afterAll(() => server.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dimmer-back-up-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function configOf(env: Record<string, string>) {
  const outcome: ConfigOutcome = readConfig(env);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.config;
}

const ours = () => configOf({ DATABASE_URL: `file:${database}` });
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('`dimmer-server backup`', () => {
  it('copies the database of a running server into one file, with its secret beside it, for their owner alone', async () => {
    await server.admin('POST', 'flags', { key: 'before' });
    const { revision } = await server.admin('POST', 'flags', { key: 'last' });
    const said = await backUp(ours(), join(folder, 'copy.db'));
    expect(said).toContain(`revision ${revision}. The copy was read, and is whole.`);
    expect(said).toContain(`Its secret is ${join(folder, 'copy.db.secret')}: who has both`);
    expect(readdirSync(folder).sort()).toEqual(['copy.db', 'copy.db.secret']);
    expect(readdirSync(folder).map((name) => modeOf(join(folder, name)))).toEqual(['600', '600']);
    expect(readFileSync(join(folder, 'copy.db.secret'))).toEqual(readFileSync(`${database}.secret`));
    // The server has gone on, and the copy has not.
    await server.admin('POST', 'flags', { key: 'after' });
    const copy = new Sqlite(join(folder, 'copy.db'), { readonly: true });
    const keys = copy.prepare("SELECT id FROM documents WHERE kind = 'flag'").pluck().all().join();
    expect(copy.pragma('journal_mode', { simple: true })).toBe('delete');
    copy.close();
    expect(keys).toContain('last');
    expect(keys).not.toContain('after');
  });

  it('makes what a server starts on: the log is whole, and whoever was signed in still is', async () => {
    await backUp(ours(), join(folder, 'dimmer.db'));
    const restored = SqliteDatabase.open(join(folder, 'dimmer.db'));
    expect(restored.file).toBe(join(folder, 'dimmer.db'));
    restored.close();
    const again = await TestServer.start({ env: { DATABASE_URL: `file:${join(folder, 'dimmer.db')}` } });
    try {
      const { body } = await again.call('GET', '/api/v1/changes/verify');
      expect(body).toMatchObject({ ok: true });
    } finally {
      await again.stop();
    }
  });

  it('leaves out a secret that is set by DIMMER_AUTH_SECRET, and says so', async () => {
    const config = configOf({ DATABASE_URL: `file:${database}`, DIMMER_AUTH_SECRET: 's'.repeat(32) });
    expect(await backUp(config, join(folder, 'copy.db'))).toContain(
      'need DIMMER_AUTH_SECRET as well, which is not in it',
    );
    expect(readdirSync(folder)).toEqual(['copy.db']);
  });

  it.each(['copy.db', 'copy.db.secret'])('overwrites nothing: a file %s that is there stays as it is', async (name) => {
    writeFileSync(join(folder, name), 'mine');
    await expect(backUp(ours(), join(folder, 'copy.db'))).rejects.toThrow(
      `${join(folder, name)} is there already, and is not overwritten.`,
    );
    expect(readdirSync(folder)).toEqual([name]);
    expect(readFileSync(join(folder, name), 'utf8')).toBe('mine');
  });

  it('never takes its own database for the copy', async () => {
    await expect(backUp(ours(), database)).rejects.toThrow('is there already');
  });

  it('leaves nothing of a copy that is not whole', async () => {
    const damaged = join(folder, 'damaged.db');
    await backUp(ours(), damaged);
    const open = new Sqlite(damaged);
    open.exec('UPDATE head SET revision = revision + 1');
    open.close();
    const config = configOf({ DATABASE_URL: `file:${damaged}` });
    await expect(backUp(config, join(folder, 'copy.db'))).rejects.toThrow('does not end where the database says');
    expect(readdirSync(folder).filter((name) => /copy\.db/.test(name))).toEqual([]);
  });

  it.each([
    ['a file that is not there', 'file:nowhere/dimmer.db', 'There is no database at nowhere/dimmer.db.'],
    ['a database in memory', 'file::memory:', 'cannot be copied from outside'],
    ['PostgreSQL', 'postgres://u:p@db:5432/dimmer', 'pg_dump -n dimmer "$DATABASE_URL"'],
  ])('says of %s what to do instead, and makes nothing', async (_, url, said) => {
    await expect(backUp(configOf({ DATABASE_URL: url }), join(folder, 'copy.db'))).rejects.toThrow(said);
    expect([existsSync('nowhere'), readdirSync(folder)]).toEqual([false, []]);
  });

  it('says of a relay, and of a file of somebody else, what to do instead', async () => {
    const relay = configOf({ DIMMER_UPSTREAM: 'https://flags.example' });
    await expect(backUp(relay, join(folder, 'copy.db'))).rejects.toThrow('back up the server above it');
    new Sqlite(join(folder, 'other.db')).exec('CREATE TABLE cats (name TEXT)').close();
    const other = configOf({ DATABASE_URL: `file:${join(folder, 'other.db')}` });
    await expect(backUp(other, join(folder, 'copy.db'))).rejects.toThrow('is no database of a Dimmer server');
    await expect(backUp(ours(), join(folder, 'no', 'copy.db'))).rejects.toThrow(
      `There is no folder ${join(folder, 'no')}`,
    );
  });
});
