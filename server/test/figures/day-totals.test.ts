import { describe, expect, it } from 'vitest';
import { DayTotals } from '../../src/figures/day-totals.ts';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';
import { sqliteDayTotals } from '../../src/store/sqlite/day-total-store.ts';

const DAY = 24 * 60 * 60_000;
const shop = { project: 'shop', environment: 'production', audience: 'browser' } as const;

/** Servers on one database, which may take 100 of browsers and 1,000 of servers in a day. */
function servers(database = SqliteDatabase.open(':memory:')) {
  const world = { now: 20_000 * DAY, fails: false };
  const stored = sqliteDayTotals(database);
  const store = {
    add: async (...amounts: Parameters<typeof stored.add>) => {
      if (world.fails) throw new Error('away');
      return stored.add(...amounts);
    },
    forget: stored.forget,
  };
  const start = (figures: 'launches' | 'evaluations' = 'launches') =>
    new DayTotals({ figures, most: { browser: 100, server: 1_000 }, now: () => world.now, store });
  return { world, start, stored };
}

describe('What an environment may add in a day', () => {
  it('is one sum of all servers', async () => {
    const { start } = servers();
    const [a, b] = [start(), start()];
    a.add(shop, 60);
    b.add(shop, 40);
    expect([a.isFull(shop), b.isFull(shop)]).toEqual([false, false]);
    await a.share();
    await b.share();
    expect([a.isFull(shop), b.isFull(shop)]).toEqual([false, true]);
    a.add(shop, 1);
    await a.share();
    expect(a.isFull(shop)).toBe(true);
  });

  it('is the same after a start', async () => {
    const { start } = servers();
    const before = start();
    before.add(shop, 100);
    await before.share();
    const after = start();
    after.add(shop, 1);
    await after.share();
    expect(after.isFull(shop)).toBe(true);
  });

  it('is apart for each environment, audience and kind of figures, and begins anew every day', async () => {
    const { world, start, stored } = servers();
    const [launches, evaluations] = [start('launches'), start('evaluations')];
    launches.add(shop, 100);
    await launches.share();
    for (const other of [{ ...shop, environment: 'staging' }, { ...shop, audience: 'server' } as const]) {
      launches.add(other, 1);
      await launches.share();
      expect(launches.isFull(other)).toBe(false);
    }
    evaluations.add(shop, 1);
    await evaluations.share();
    expect([launches.isFull(shop), evaluations.isFull(shop)]).toEqual([true, false]);
    world.now += DAY;
    expect(launches.isFull(shop)).toBe(false);
    await launches.prune();
    const sums = await stored.add([{ day: 20_000, place: 'shop/production/browser', figures: 'launches', amount: 1 }]);
    expect(sums[0]?.amount).toBe(1);
  });

  it('is counted by each for itself while the database is away, and added when it is back', async () => {
    const { world, start } = servers();
    const [a, b] = [start(), start()];
    world.fails = true;
    a.add(shop, 100);
    await a.share();
    expect(a.isFull(shop)).toBe(true);
    world.fails = false;
    await a.share();
    b.add(shop, 1);
    await b.share();
    expect([a.isFull(shop), b.isFull(shop)]).toEqual([true, true]);
  });
});
