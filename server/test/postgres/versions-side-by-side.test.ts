import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Write, withHash } from '../../src/changes/change.ts';
import { PostgresDatabase } from '../../src/store/postgres/database.ts';
import { MIGRATIONS } from '../../src/store/postgres/migrations.ts';
import { PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { TestServer } from '../running-server.ts';
import { PostgresCluster, statement } from './postgres-cluster.ts';

const ROUNDS = process.env.DIMMER_FAULTS === 'long' ? 300 : 25;

let cluster: PostgresCluster;
beforeAll(async () => {
  cluster = await PostgresCluster.start();
});
afterAll(() => cluster?.stop());

it('F20 a server beside a newer one on one database: both write, no field of the newer is lost, and the schema may grow under it', async () => {
  const url = await cluster.createDatabase();
  const server = await TestServer.start({ env: { DATABASE_URL: url }, isBesideNewer: true });
  const newer = new PostgresStore(await PostgresDatabase.open(url));
  try {
    await server.admin('POST', 'flags', { key: 'cart' });
    // The newer server expands the schema; the older one goes on.
    const version = MIGRATIONS.at(-1)!.version + 1;
    await statement(
      url,
      `ALTER TABLE dimmer.documents ADD COLUMN mood TEXT; INSERT INTO dimmer.schema_version VALUES (${version}, 1)`,
    );
    for (let round = 1; round <= ROUNDS; round += 1) {
      await newerWrites(newer, round);
      const path = 'flags/cart/environments/production';
      if (round % 3 === 0) await server.admin('POST', `${path}/kill`, { reason: 'errors' });
      else if (round % 3 === 1) await server.admin('POST', `${path}/restore`, {});
      else await server.admin('POST', `${path}/rollout`, { percent: round % 100 });
    }
    const { head, documents } = await newer.load();
    const targeting = documents.find(({ id }) => id === 'default/cart/production');
    expect(targeting?.body).toMatchObject({ schedule: { round: ROUNDS }, nested: [{ unknown: true }] });
    await vi.waitFor(async () =>
      expect((await server.call('GET', '/api/v1/changes/verify')).body).toMatchObject({
        ok: true,
        revision: head.revision,
      }),
    );
    // An older server can still be started on it, as one that is restarted in the middle of the upgrade.
    const third = await TestServer.start({ env: { DATABASE_URL: url }, isBesideNewer: true });
    expect((await third.call('GET', '/api/v1/changes/verify')).body).toMatchObject({ ok: true });
    await third.stop();
  } finally {
    await newer.close();
    await server.stop();
  }
});

/** Writes to the targeting what this version has never heard of, over and over if somebody else is faster. */
async function newerWrites(store: PostgresStore, round: number): Promise<void> {
  for (;;) {
    const { head, documents } = await store.load();
    const found = documents.find(({ id }) => id === 'default/cart/production');
    if (!found) throw new Error('There is no targeting.');
    const { revision: _, ...targeting } = found;
    const body = { ...(targeting.body as object), schedule: { round }, nested: [{ unknown: true }] };
    const write = { ...targeting, version: targeting.version + 1, body } as unknown as Write;
    const change = withHash({
      revision: head.revision + 1,
      at: Date.now(),
      actor: { kind: 'system', id: 'newer', name: 'newer' },
      command: 'from.the.future',
      project: 'default',
      environment: 'production',
      subject: 'cart',
      reason: null,
      writes: [write],
      prevHash: head.hash,
    });
    if ((await store.commit(change)) === 'committed') return;
  }
}
