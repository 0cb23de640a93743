import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { MIGRATIONS as POSTGRES } from '../../src/store/postgres/migrations.ts';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';
import { MIGRATIONS as SQLITE } from '../../src/store/sqlite/migrations.ts';

/**
 * SHA-256 of each step that has landed. A new step is added to the end of its list. A hash that no longer fits says that
 * a step was edited: put it back, and write a new step.
 */
const LANDED = {
  SQLite: [
    'd904a975e36a951fc7716c605c1b29528c5738d36a6c2a81e125d15ebb2449c6',
    'e04762195e9d099364f24c7f2928f066b3d36a9f8189cd343d4744478db4600e',
    '0621f9478c9f0d05d4007f87442ba07a8fdf1930e9b86dd529e5b41e5dc0beef',
    '976d8b4dbea5609a0fe36d27582a733164318714cde9b48ff86e2014ed0d4067',
    '548c15edae2471fee8fcf84e8eeca6463ccea3044d6049352aa9b5b73c9b60af',
    'bfe8f521c659a3ae1b2f9c9179f713e3c88e1e00ef72854822ef07ed264e3dd2',
    '70c62ee3fcfb48c56ad4c889171bef762fb7d2ddde6f6662fefcc38efaa0acba',
  ],
  PostgreSQL: [
    'b08a0e6257352217f2748156234cd4810e8d4b1b40e65402c4ae4736196d629d',
    'd9ad1ae31ccc2babae3bf1683964d8fb208197ad5e6aa19e302d20fab3f15093',
    '0030287c88eec2c2044bbf79bbfc220f5a248fc0b457dbf6280217a864165072',
    'e0d5269b021bad07ca219e5618a0be04c63e405fe9044f3780b5982cf5d3d9b9',
    'cfe310428a8a5150781803022dd76e2b32dd473b457e49907133925bfe9739de',
    'd9b7a65ee07cf2928ed7e65d78a63dc7c46bc2a3f1473a6f40e5f3f92d7c68fe',
  ],
} as const;

const OPERATIONS = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'dimmer-migrations-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  ['SQLite', SQLITE],
  ['PostgreSQL', POSTGRES],
] as const)('The steps of the schema on %s', (name, steps) => {
  it('are as they landed', () => {
    const hashes = steps.map((step) => createHash('sha256').update(JSON.stringify(step)).digest('hex'));
    expect(hashes).toEqual(LANDED[name]);
  });

  it('are as many as the table of versions in docs/operations.md says', () => {
    const [, sqlite, postgres] = /^\| 0\.1\.0[^|]*\| (\d+) \| (\d+) \|/m.exec(OPERATIONS) ?? [];
    expect(steps.length).toBe(Number(name === 'SQLite' ? sqlite : postgres));
  });

  it('are counted from 1, without gaps', () => {
    expect(steps.map(({ version }) => version)).toEqual(steps.map((_, index) => index + 1));
  });
});

describe('A file that was made by step 4 as it was before it was edited', () => {
  it.each([
    ['without both', []],
    [
      'without seals',
      ['CREATE TABLE key_uses (selector TEXT PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID'],
    ],
  ])('is brought to what a new one is: %s', (which, statementsOfThen) => {
    const file = join(folder, `${which.replaceAll(' ', '-')}.db`);
    const old = new Sqlite(file);
    old.exec('CREATE TABLE schema_version (version INTEGER NOT NULL) STRICT');
    for (const { version, statements } of SQLITE.slice(0, 4)) {
      const wasThere = statements.filter((each) => !/seal TEXT|key_uses/.test(each));
      for (const statement of wasThere) old.exec(statement);
      old.prepare('INSERT INTO schema_version VALUES (?)').run(version);
    }
    for (const statement of statementsOfThen) old.exec(statement);
    old.close();
    SqliteDatabase.open(file).close();
    const fresh = join(folder, `${which.replaceAll(' ', '-')}-new.db`);
    SqliteDatabase.open(fresh).close();
    expect(columnsOf(file)).toEqual(columnsOf(fresh));
  });
});

function columnsOf(file: string): unknown[] {
  const sqlite = new Sqlite(file);
  const columns = sqlite
    .prepare(
      `SELECT m.name AS "table", i.name AS "column", i.type FROM sqlite_schema m, pragma_table_info(m.name) i
       WHERE m.type = 'table' ORDER BY 1, 2`,
    )
    .all();
  sqlite.close();
  return columns;
}
