import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { PostgresDatabase } from '../../src/store/postgres/database.ts';
import { PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { TestServer } from '../running-server.ts';
import { PostgresCluster } from './postgres-cluster.ts';

let cluster: PostgresCluster;
let url = '';
let other: Client;

beforeAll(async () => {
  cluster = await PostgresCluster.start();
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  url = await cluster.createDatabase();
  other = new Client({ connectionString: url, application_name: 'a console' });
  await other.connect();
});
afterEach(() => other.end());

describe('A lock that somebody holds in the database', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await TestServer.start({ env: { DATABASE_URL: url } });
    await server.admin('POST', 'flags', { key: 'cart' });
  });
  afterEach(() => server.stop());

  const kill = () =>
    server.call('POST', '/api/v1/projects/default/flags/cart/environments/production/kill', { reason: 'errors' });
  const readiness = async () => (await fetch(`${server.url}/health/ready`)).json();

  it.each([
    ['on the head of the log', 'SELECT FROM dimmer.head FOR UPDATE'],
    ['on a whole table', 'LOCK TABLE dimmer.changes IN EXCLUSIVE MODE'],
  ])('%s is said to who wants to write, with who holds it, until it is gone', async (_, lock) => {
    await other.query('BEGIN');
    await other.query(lock);
    const { rows } = await other.query('SELECT pg_backend_pid() AS pid');
    const { status, body } = await kill();
    expect([status, body.error.code]).toEqual([503, 'STORE_HELD']);
    expect(body.error.message).toContain(`process ${rows[0].pid} of PostgreSQL, "a console" as user "dimmer"`);
    expect(body.error.details).toMatchObject({ pid: rows[0].pid, state: 'idle in transaction' });
    expect(body.error.fix).toContain('pg_terminate_backend');
    await other.query('ROLLBACK');
    expect((await kill()).status).toBe(200);
  });

  it('stands in readiness, without who it is, which is open to everybody', async () => {
    await other.query('BEGIN');
    await other.query('SELECT FROM dimmer.head FOR UPDATE');
    await vi.waitFor(async () =>
      expect(await readiness()).toEqual({
        status: 'degraded',
        reason:
          'the database cannot be written: somebody else holds a lock in it; streams and rulesets are served from memory',
      }),
    );
    await other.query('ROLLBACK');
    await vi.waitFor(async () => expect(await readiness()).toEqual({ status: 'ready' }));
  });
});

it('Commands have connections of their own, however many reads wait', async () => {
  const database = await PostgresDatabase.open(url);
  const store = new PostgresStore(database);
  await other.query('SELECT pg_advisory_lock(17)');
  const reads = Array.from({ length: 20 }, () =>
    database.attempt((db) => db.execute('SELECT pg_advisory_lock_shared(17)')).catch(() => {}),
  );
  expect(await store.head()).toMatchObject({ revision: 0 });
  await expect(store.inTurn(async () => 'turn')).resolves.toBe('turn');
  await other.query('SELECT pg_advisory_unlock(17)');
  await Promise.all(reads);
  await store.close();
});
