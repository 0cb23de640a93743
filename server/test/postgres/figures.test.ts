import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EvaluationStore, MOST_COUNTED } from '../../src/evaluations/evaluation-store.ts';
import type { DayTotalStore } from '../../src/figures/day-total-store.ts';
import type { LaunchStore, WrittenMinute } from '../../src/launches/launch-store.ts';
import { PostgresDatabase } from '../../src/store/postgres/database.ts';
import { postgresDayTotals } from '../../src/store/postgres/day-total-store.ts';
import { PostgresEvaluationStore } from '../../src/store/postgres/evaluation-store.ts';
import { PostgresLaunchStore } from '../../src/store/postgres/launch-store.ts';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';
import { sqliteDayTotals } from '../../src/store/sqlite/day-total-store.ts';
import { SqliteEvaluationStore } from '../../src/store/sqlite/evaluation-store.ts';
import { SqliteLaunchStore } from '../../src/store/sqlite/launch-store.ts';
import { PostgresCluster } from './postgres-cluster.ts';

const MINUTE = 60_000;
const cart = { project: 'shop', environment: 'production', flag: 'cart' };
const all = { ...cart, from: 0, to: 100 * MINUTE };

let cluster: PostgresCluster;
beforeAll(async () => {
  cluster = await PostgresCluster.start();
});
afterAll(() => cluster?.stop());

interface Opened {
  readonly evaluations: EvaluationStore;
  readonly launches: LaunchStore;
  readonly dayTotals: DayTotalStore;
  close(): Promise<void> | void;
}

const DATABASES: Record<string, () => Promise<Opened>> = {
  async SQLite() {
    const database = SqliteDatabase.open(':memory:');
    return {
      evaluations: new SqliteEvaluationStore(database),
      launches: new SqliteLaunchStore(database),
      dayTotals: sqliteDayTotals(database),
      close: () => database.close(),
    };
  },
  async PostgreSQL() {
    const database = await PostgresDatabase.open(await cluster.createDatabase());
    return {
      evaluations: new PostgresEvaluationStore(database),
      launches: new PostgresLaunchStore(database),
      dayTotals: postgresDayTotals(database),
      close: () => database.close(),
    };
  },
};

describe.each(Object.keys(DATABASES))('On %s, figures', (name) => {
  let opened: Opened;
  beforeEach(async () => {
    opened = await (DATABASES[name] as () => Promise<Opened>)();
    return () => opened.close();
  });

  it('of evaluations add up by minute and variation, up to the largest safe integer', async () => {
    const { evaluations } = opened;
    const row = (minute: number, variation: string | null, count: number) => ({ ...cart, minute, variation, count });
    await evaluations.add([row(0, 'on', 3), row(0, null, 1), row(MINUTE, 'on', MOST_COUNTED)], []);
    await evaluations.add([row(MINUTE, 'on', 5), row(0, 'on', 4)], []);
    expect(await evaluations.read(all, 10)).toEqual([
      row(0, null, 1),
      row(0, 'on', 7),
      row(MINUTE, 'on', MOST_COUNTED),
    ]);
    expect(await evaluations.read({ ...all, from: MINUTE }, 10)).toHaveLength(1);
    expect(await evaluations.read(all, 2)).toHaveLength(2);
  });

  it('of evaluations know when each flag was last asked for, whatever comes late', async () => {
    const { evaluations } = opened;
    for (const at of [10, 30, 20]) await evaluations.add([], [{ ...cart, at }]);
    await evaluations.add([], [{ ...cart, flag: '__proto__', at: 5 }]);
    expect(await evaluations.lastEvaluations('shop', 'production')).toEqual([
      { ...cart, flag: '__proto__', at: 5 },
      { ...cart, at: 30 },
    ]);
  });

  it('of evaluations are forgotten by minutes, a slice at a time', async () => {
    const { evaluations } = opened;
    const rows = Array.from({ length: 5 }, (_, index) => ({
      ...cart,
      minute: index * MINUTE,
      variation: 'on',
      count: 1,
    }));
    await evaluations.add(rows, []);
    expect(await evaluations.prune(3 * MINUTE, 2)).toBe(2);
    expect(await evaluations.prune(3 * MINUTE, 2)).toBe(1);
    expect(await evaluations.read(all, 10)).toHaveLength(2);
  });

  it('of launches are written over by who wrote them, and read in pages by minute, audience and writer', async () => {
    const { launches } = opened;
    const observation = (same: number) =>
      ({ paths: [], compared: { same }, noise: {}, shed: {}, clusters: [] }) as unknown as WrittenMinute['observation'];
    const row = (minute: number, writer: string, same: number): WrittenMinute => {
      return { ...cart, minute, writer, audience: 'server', observation: observation(same) };
    };
    await launches.put([row(0, 'a', 1), row(0, 'b', 2), row(MINUTE, 'a', 3)]);
    await launches.put([row(0, 'a', 9)]);
    await launches.put([]);
    const first = await launches.read(all, 2);
    const second = await launches.read(all, 2, first.next);
    expect(
      [...first.minutes, ...second.minutes].map(({ minute, observation: { compared } }) => [minute, compared.same]),
    ).toEqual([
      [0, 9],
      [0, 2],
      [MINUTE, 3],
    ]);
    expect(second.next).toBeUndefined();
    expect(await launches.prune(MINUTE, 10)).toBe(2);
    expect((await launches.read(all, 10)).minutes).toHaveLength(1);
  });

  it('of a day are one sum, of as many servers as add to it', async () => {
    const { dayTotals } = opened;
    const of = (place: string, amount: number, day = 20_000) => ({ day, place, figures: 'launches' as const, amount });
    await Promise.all([1, 2, 3].map((amount) => dayTotals.add([of('b', amount), of('a', 2 ** 40)])));
    const sums = await dayTotals.add([of('b', 10), of('a', 0), of('b', 1, 20_001)]);
    expect(sums.map(({ day, place, amount }) => `${day} ${place} ${amount}`).sort()).toEqual([
      ...['20000 a 3298534883328', '20000 b 16', '20001 b 1'],
    ]);
    await dayTotals.forget(20_001);
    expect((await dayTotals.add([of('b', 5), of('b', 5, 20_001)])).map(({ amount }) => amount).sort()).toEqual([5, 6]);
  });
});
