import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GENESIS, type Write, withHash } from '../../src/changes/change.ts';
import { place } from '../../src/documents/document.ts';
import { PostgresDatabase } from '../../src/store/postgres/database.ts';
import { MIGRATIONS } from '../../src/store/postgres/migrations.ts';
import { CHANNEL, PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { storeContract } from '../store-contract.ts';
import { PostgresCluster, statement } from './postgres-cluster.ts';

let cluster: PostgresCluster;
let url = '';

beforeAll(async () => {
  cluster = await PostgresCluster.start();
});
beforeEach(async () => {
  url = await cluster.createDatabase();
});
afterAll(() => cluster?.stop());

const open = async () => new PostgresStore(await PostgresDatabase.open(url));

/** The first change of a log, on a segment of its own. */
function firstChange(key: string) {
  const body = { key, name: key, description: '', included: [], excluded: [], rules: [], archived: false };
  const write = { ...place.segment('shop', key), version: 1, body } as Write;
  return withHash({
    revision: 1,
    at: 1,
    actor: { kind: 'system', id: 's', name: 's' },
    command: 'segment.create',
    project: 'shop',
    environment: null,
    subject: key,
    reason: null,
    writes: [write],
    prevHash: GENESIS.hash,
  });
}

describe('The store on PostgreSQL', () => {
  storeContract(open, open);

  it('gives each revision to one of many servers that commit at once; the others conflict', async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, open));
    const outcomes = await Promise.all(stores.map((store, index) => store.commit(firstChange(`s${index}`))));
    expect(outcomes.toSorted()).toEqual(['committed', 'conflict', 'conflict', 'conflict', 'conflict']);
    const { head, documents } = await stores[0]!.load();
    expect(head.revision).toBe(1);
    expect(documents).toHaveLength(1);
    await Promise.all(stores.map((store) => store.close()));
  });

  it('tells everybody of a commit, and of none that was rolled back', async () => {
    const listener = new Client({ connectionString: url });
    await listener.connect();
    await listener.query(`LISTEN ${CHANNEL}`);
    const heard: (string | undefined)[] = [];
    const arrived = new Promise<void>((resolve) => {
      listener.on('notification', ({ payload }) => {
        heard.push(payload);
        if (payload === 'end') resolve();
      });
    });
    const store = await open();
    await store.commit(firstChange('a'));
    await store.commit(firstChange('b'));
    await statement(url, `NOTIFY ${CHANNEL}, 'end'`);
    await arrived;
    expect(heard).toEqual(['1', 'end']);
    await store.close();
    await listener.end();
  });

  it('lets several servers that start at once on an empty database make its schema once', async () => {
    const databases = await Promise.all(Array.from({ length: 4 }, () => PostgresDatabase.open(url)));
    const rows = await statement(url, 'SELECT count(*)::int AS n FROM dimmer.schema_version');
    expect(rows).toEqual([{ n: MIGRATIONS.length }]);
    await Promise.all(databases.map((database) => database.close()));
  });

  it('heals a database that steps 1 and 2 made before they were edited', async () => {
    const asNew = await cluster.createDatabase();
    await (await PostgresDatabase.open(asNew)).close();
    const columns = `SELECT table_name, column_name, data_type FROM information_schema.columns
      WHERE table_schema = 'dimmer' ORDER BY 1, 2`;
    await statement(
      url,
      'CREATE SCHEMA dimmer; CREATE TABLE dimmer.schema_version (version INTEGER PRIMARY KEY, works_from INTEGER NOT NULL)',
    );
    for (const { version, worksFrom, statements } of MIGRATIONS.slice(0, 2)) {
      await statement(url, `SET search_path TO dimmer; ${statements.join(';')}`);
      await statement(url, `INSERT INTO dimmer.schema_version VALUES (${version}, ${worksFrom})`);
    }
    await statement(
      url,
      `SET search_path TO dimmer; ALTER TABLE changes DROP COLUMN seal; DROP TABLE key_uses;
       ALTER TABLE instances DROP COLUMN evaluated_id, DROP COLUMN evaluated_ms, DROP COLUMN roll_call, DROP COLUMN roll_call_ms`,
    );
    await (await open()).close();
    expect(await statement(url, columns)).toEqual(await statement(asNew, columns));
  });

  it('works on a schema that a newer server has added to, and refuses one that it could not work on', async () => {
    await (await open()).close();
    const newest = MIGRATIONS.at(-1)!.version;
    await statement(url, `ALTER TABLE dimmer.documents ADD COLUMN mood TEXT`);
    await statement(url, `INSERT INTO dimmer.schema_version VALUES (${newest + 1}, ${newest})`);
    const beside = await open();
    expect(await beside.commit(firstChange('a'))).toBe('committed');
    await beside.close();
    await statement(url, `INSERT INTO dimmer.schema_version VALUES (${newest + 2}, ${newest + 1})`);
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_NEWER',
      message: expect.stringContaining('newer server'),
    });
  });

  it('acknowledges no commit that is not on the disk, also where the database would', async () => {
    await statement(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit TO off`);
    const database = await PostgresDatabase.open(url);
    expect(database.asksForSync).toBe(true);
    expect(await new PostgresStore(database).commit(firstChange('a'))).toBe('committed');
    await database.close();
  });

  it('says what to do when it cannot be reached, and shows no password', async () => {
    const wrong = url.replace(/:\d+\//, ':1/');
    const failure = PostgresDatabase.open(wrong);
    await expect(failure).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('DATABASE_URL'),
    });
    await expect(failure).rejects.toMatchObject({ message: expect.not.stringContaining('for-tests-only') });
  });

  it('is unavailable while the database is away, and by itself back when it is', async () => {
    const store = await open();
    await store.commit(firstChange('a'));
    await cluster.crash();
    await expect(store.head()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await cluster.resume();
    expect((await store.head()).revision).toBe(1);
    await store.close();
  });
});
