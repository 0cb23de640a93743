import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestServer } from '../running-server.ts';
import { firstAdmin, join } from '../sign-in/browser.ts';
import { PostgresCluster, statement } from './postgres-cluster.ts';

/** What docs/security.md tells to run. */
const [, GRANTS = ''] =
  /```sql\n([\s\S]+?)```/.exec(readFileSync(new URL('../../../docs/security.md', import.meta.url), 'utf8')) ?? [];
const PASSWORD = /PASSWORD '([^']+)'/.exec(GRANTS)?.[1] ?? '';

/** What the database answers somebody who tries it. */
async function refusal(url: string, text: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
    return 'done';
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end();
  }
}

let cluster: PostgresCluster;
beforeAll(async () => {
  cluster = await PostgresCluster.start();
});
afterAll(() => cluster?.stop());

describe('A user of PostgreSQL who keeps the log', () => {
  it('does all that a server does, and cannot alter what is in the log', async () => {
    const owner = await cluster.createDatabase();
    const maker = await TestServer.start({ env: { DATABASE_URL: owner } });
    const { setUpLink } = maker;
    await maker.stop();
    await statement(owner, GRANTS);
    const keeper = new URL(owner);
    [keeper.username, keeper.password] = ['dimmer_server', encodeURIComponent(PASSWORD)];
    const audited = { DATABASE_URL: keeper.href, DIMMER_AUDIT_KEY: 'a key that is in no database, 32+' };
    const server = await TestServer.start({ env: audited });
    try {
      const ann = await firstAdmin(Object.assign(server, { setUpLink }));
      await join(server, ann, 'bob@shop.example', { role: 'viewer' });
      await server.admin('POST', 'flags', { key: 'cart' });
      await server.admin('POST', 'flags/cart/environments/production/toggle', { on: true });
      expect((await (await fetch(`${server.url}/health/ready`)).json()).status).toBe('ready');
      for (const tampering of [
        "UPDATE dimmer.changes SET reason = 'another'",
        'DELETE FROM dimmer.changes WHERE revision > 3',
        "UPDATE dimmer.writes SET body = '{}'",
        'DELETE FROM dimmer.writes',
        'TRUNCATE dimmer.writes',
        'DROP TABLE dimmer.changes CASCADE',
        'ALTER TABLE dimmer.changes DISABLE TRIGGER ALL',
        'CREATE TABLE dimmer.other (one INTEGER)',
      ]) {
        expect(await refusal(keeper.href, tampering), tampering).toMatch(/permission denied|must be owner/);
      }
      const { body } = await server.call('GET', '/api/v1/changes/verify');
      expect(body).toMatchObject({ ok: true, sealed: true });
    } finally {
      await server.stop();
    }
  });
});
