import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../src/logger.ts';
import { NodePresence } from '../../src/nodes/node-presence.ts';
import { PostgresDatabase } from '../../src/store/postgres/database.ts';
import { TestServer } from '../running-server.ts';
import { PostgresCluster, statement } from './postgres-cluster.ts';

let cluster: PostgresCluster;
const endings: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  cluster = await PostgresCluster.start();
});
afterAll(() => cluster?.stop());
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function presence(url: string, node: string, forgotten = () => {}): Promise<NodePresence> {
  const database = await PostgresDatabase.open(url);
  const found = new NodePresence({ database, node, version: '1', now: Date.now, logger: silentLogger, forgotten });
  endings.push(
    () => database.close(),
    () => found.close(),
  );
  return found;
}

describe('Servers on one database', () => {
  it('share out the work that one of them must do, and take it over from one that has gone', async () => {
    const url = await cluster.createDatabase();
    const [a, b] = [await presence(url, 'a'), await presence(url, 'b')];
    expect(await Promise.all([a.holds('prune'), a.holds('prune')])).toEqual([true, true]);
    expect(await b.holds('prune')).toBe(false);
    expect(await b.holds('other work')).toBe(true);
    // 15 s later, by the database's clock.
    await statement(url, 'UPDATE dimmer.leases SET until_ms = until_ms - 15001');
    expect(await b.holds('prune')).toBe(true);
    expect(await a.holds('prune')).toBe(false);
    await b.close();
    expect(await a.holds('prune')).toBe(true);
  });

  it('are told when what they had said is gone, as after a crash of the database', async () => {
    const url = await cluster.createDatabase();
    const forgotten = vi.fn();
    const a = await presence(url, 'a', forgotten);
    await a.beat();
    await a.beat();
    expect(forgotten).not.toHaveBeenCalled();
    await statement(url, 'TRUNCATE dimmer.nodes');
    await a.beat();
    expect(forgotten).toHaveBeenCalledOnce();
  });

  it('do no work that needs a lease while the database does not answer', async () => {
    const url = await cluster.createDatabase();
    const a = await presence(url, 'a');
    expect(await a.holds('prune')).toBe(true);
    await cluster.crash();
    expect(await a.holds('prune')).toBe(false);
    await cluster.resume();
  });

  it('notice within seconds that notifications never arrive, as through a pooler, and say so', async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    const server = await TestServer.start({
      env: { DATABASE_URL: await cluster.createDatabase(), DATABASE_LISTEN_URL: await cluster.createDatabase() },
      logger,
    });
    endings.push(() => server.stop());
    await vi.waitFor(async () => expect(await server.metric('dimmer_notifications_arrive')).toBe(0), {
      interval: 100,
    });
    expect(warnings).toEqual([expect.stringContaining('DATABASE_LISTEN_URL')]);
  });
});
