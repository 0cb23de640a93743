import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/change-log/store.ts';
import { healthRoutes } from '../../src/health/health-routes.ts';
import { ReadinessCheck } from '../../src/health/readiness.ts';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';
import { probeSqlite } from '../../src/store/sqlite/probe.ts';

/** A check over things that a test can break. */
function checkable() {
  const world = { now: 0, isDraining: false, storeFails: false, probes: 0 };
  const readiness = new ReadinessCheck({
    isDraining: () => world.isDraining,
    probeStore: async () => {
      world.probes += 1;
      if (world.storeFails) throw new Error('SQLITE_FULL: /secret/path');
    },
    now: () => world.now,
  });
  return { world, readiness };
}

describe('readiness', () => {
  it('is lost while draining', async () => {
    const { world, readiness } = checkable();
    expect(await readiness.check()).toEqual({ status: 'ready' });
    world.isDraining = true;
    expect(await readiness.check()).toEqual({ status: 'not ready', reason: expect.stringContaining('draining') });
  });

  it('is degraded without the database, and comes back with it', async () => {
    const { world, readiness } = checkable();
    world.storeFails = true;
    expect(await readiness.check()).toEqual({
      status: 'degraded',
      reason: expect.stringContaining('cannot be written'),
    });
    world.storeFails = false;
    world.now += 1_000;
    expect(await readiness.check()).toEqual({ status: 'ready' });
  });

  it.each([
    ['STORE_FULL', 'disk is full'],
    ['STORE_MOVED', 'no longer where it was'],
    ['STORE_OVERWRITTEN', 'another file was copied into it'],
    ['STORE_UNAVAILABLE', 'cannot be written'],
    ['STORE_HELD', 'somebody else holds a lock in it'],
  ] as const)('says why, at %s', async (code, why) => {
    const readiness = new ReadinessCheck({
      isDraining: () => false,
      probeStore: () => Promise.reject(new StoreError(code, '/secret/path')),
    });
    const reason = expect.stringMatching(new RegExp(`${why}.*served from memory`));
    expect(await readiness.check()).toEqual({ status: 'degraded', reason });
  });

  it('asks the database at most twice a second, however many ask', async () => {
    const { world, readiness } = checkable();
    await Promise.all(Array.from({ length: 100 }, () => readiness.check()));
    expect(world.probes).toBe(1);
  });

  it('keeps a server that only lacks its database in service for all but writes', async () => {
    const { world, readiness } = checkable();
    const ask = async (query = '') => (await healthRoutes(readiness).request(`/ready${query}`)).status;
    expect([await ask(), await ask('?for=writes')]).toEqual([200, 200]);
    world.now += 1_000;
    world.storeFails = true;
    expect([await ask(), await ask('?for=writes')]).toEqual([200, 503]);
    world.isDraining = true;
    expect([await ask(), await ask('?for=writes')]).toEqual([503, 503]);
  });

  it('is answered with a reason that gives nothing away', async () => {
    const { world, readiness } = checkable();
    world.storeFails = true;
    const response = await healthRoutes(readiness).request('/ready?for=writes');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    const text = await response.text();
    expect(text).toContain('degraded');
    expect(text).not.toContain('secret');
    expect((await healthRoutes(readiness).request('/live')).status).toBe(200);
  });
});

describe('the probe of a database', () => {
  it('finds one that can be written', async () => {
    const database = SqliteDatabase.open(':memory:');
    await expect(probeSqlite(database)).resolves.toBeUndefined();
    database.close();
  });

  it('writes each time: setting what is there already would find nothing out', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dimmer-probe-'));
    const database = SqliteDatabase.open(join(folder, 'dimmer.db'));
    const written = () => readFile(join(folder, 'dimmer.db-wal'), 'latin1');
    for (let each = 0; each < 3; each += 1) {
      const before = await written();
      await probeSqlite(database);
      expect((await written()) === before).toBe(false);
    }
    database.close();
    await rm(folder, { recursive: true });
  });

  it('finds one whose disk has no room left for a change', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dimmer-probe-'));
    const database = SqliteDatabase.open(join(folder, 'dimmer.db'));
    const asked: string[] = [];
    const free = (bytes: number) => async (file: string) => {
      asked.push(file);
      return bytes;
    };
    await expect(probeSqlite(database)).resolves.toBeUndefined();
    await expect(probeSqlite(database, free(2_000_000))).resolves.toBeUndefined();
    await expect(probeSqlite(database, free(500_000))).rejects.toMatchObject({ code: 'STORE_FULL' });
    expect(asked).toEqual(Array(2).fill(join(folder, 'dimmer.db')));
    database.close();
    await rm(folder, { recursive: true });
  });

  it('finds one that cannot, because somebody else holds it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dimmer-probe-'));
    const database = SqliteDatabase.open(join(folder, 'dimmer.db'));
    database.drizzle.run('PRAGMA busy_timeout = 0');
    const other = new Sqlite(join(folder, 'dimmer.db'));
    other.exec('BEGIN IMMEDIATE');
    await expect(probeSqlite(database)).rejects.toThrow();
    other.close();
    database.close();
    await rm(folder, { recursive: true });
  });
});
