import type { Audience } from '@dimmer/core';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LaunchStore } from '../../src/launches/launch-store.ts';
import { type LaunchSummary, launchSummary } from '../../src/launches/launch-summary.ts';
import { Launches } from '../../src/launches/launches.ts';
import { Observed } from '../../src/launches/observed.ts';
import { type Logger, silentLogger } from '../../src/logger.ts';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';
import { SqliteLaunchStore } from '../../src/store/sqlite/launch-store.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The start of a minute. */
const NOON = Date.UTC(2026, 5, 1, 12);

let database: SqliteDatabase;
let now = NOON;
const opened: Launches[] = [];

beforeEach(() => {
  database = SqliteDatabase.open(':memory:');
  now = NOON;
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((launches) => launches.close()));
  database.close();
});

function open(
  store: LaunchStore = new SqliteLaunchStore(database),
  logger: Logger = silentLogger,
  dayBytes?: Readonly<Record<Audience, number>>,
): Launches {
  const knowsLaunch = (_: string, flag: string) => flag !== 'typo';
  const launches = new Launches({ store, knowsLaunch, now: () => now, logger, ...(dayBytes && { dayBytes }) });
  opened.push(launches);
  return launches;
}

const scope = (audience: Audience = 'server') => ({ project: 'shop', environment: 'production', audience });

function summary(calls: number, at = now, more: object = {}): LaunchSummary {
  const none = { same: 0, different: 0, ignored: 0, failed: 0 };
  return launchSummary.parse({
    flag: 'prices',
    id: '1.aaaaaaaaaaaa',
    from: at - 10_000,
    to: at,
    compared: none,
    noise: none,
    shed: {},
    clusters: [],
    paths: [{ variation: 'dark', path: 'control', role: 'answer', calls, errors: {}, latency: [] }],
    ...more,
  });
}

/** Calls by the start of their minute, and how many rows they came from. */
async function kept(launches: Launches, flag = 'prices') {
  const calls: Record<number, number> = {};
  let rows = 0;
  const query = { project: 'shop', environment: 'production', flag, from: 0, to: now + DAY };
  for await (const { minute, observation } of launches.read(query)) {
    const observed = new Observed();
    observed.add(observation);
    for (const path of observed.paths.values()) calls[minute] = (calls[minute] ?? 0) + path.calls;
    rows += 1;
  }
  return { calls, rows };
}

describe('what was observed of launches', () => {
  it('is one row a minute, however many instances tell of it and however often it is written', async () => {
    const launches = open();
    for (let each = 0; each < 10; each += 1) {
      launches.add(scope(), summary(3));
      await launches.flush();
    }
    expect(await kept(launches)).toEqual({ calls: { [NOON]: 30 }, rows: 1 });
  });

  it('is added up over server processes on one database, none of which overwrites another', async () => {
    const [one, other] = [open(), open()];
    one.add(scope(), summary(1));
    other.add(scope(), summary(2));
    await one.flush();
    await other.flush();
    one.add(scope(), summary(4));
    expect(await kept(one)).toEqual({ calls: { [NOON]: 7 }, rows: 2 });
    expect(await kept(other)).toEqual({ calls: { [NOON]: 7 }, rows: 2 });
  });

  it('is still added to a minute that has left memory', async () => {
    const launches = open();
    launches.add(scope(), summary(1));
    await launches.flush();
    now += 5 * MINUTE;
    await launches.flush();
    launches.add(scope(), summary(2, NOON));
    expect(await kept(launches)).toEqual({ calls: { [NOON]: 3 }, rows: 2 });
  });

  it('has no row for each late word about one minute, so long as they keep coming', async () => {
    const launches = open();
    for (let each = 0; each < 20; each += 1) {
      launches.add(scope(), summary(1, NOON - 60 * MINUTE));
      await launches.flush();
      now += 5_000;
    }
    expect(await kept(launches)).toEqual({ calls: { [NOON - 60 * MINUTE]: 20 }, rows: 1 });
  });

  it.each([
    ['a server, an hour late', 'server', NOON - 60 * MINUTE, NOON - 60 * MINUTE],
    ['a server, two days late', 'server', NOON - 2 * DAY, NOON],
    ['a page, a minute late', 'browser', NOON - MINUTE, NOON - MINUTE],
    ['a page, an hour late', 'browser', NOON - 60 * MINUTE, NOON],
    ['anybody, from the future', 'server', NOON + MINUTE, NOON],
  ] as const)('by %s, stands at a minute that makes sense', async (_, audience, at, minute) => {
    const launches = open();
    launches.add(scope(audience), summary(1, at));
    expect((await kept(launches)).calls).toEqual({ [minute]: 1 });
  });

  it('is forgotten after a week', async () => {
    const launches = open();
    launches.add(scope(), summary(1));
    await launches.flush();
    now += 7 * DAY;
    launches.add(scope(), summary(2));
    await launches.flush();
    await launches.prune();
    expect((await kept(launches)).calls).toEqual({ [NOON]: 1, [now]: 2 });
    now += 1;
    await launches.prune();
    expect((await kept(launches)).calls).toEqual({ [now - 1]: 2 });
  });

  it('outlasts a store that fails for a while, and the failure is told of once', async () => {
    const errors: string[] = [];
    const sqlite = new SqliteLaunchStore(database);
    let fails = true;
    const store: LaunchStore = {
      put: (minutes) => (fails ? Promise.reject(new Error('disk full')) : sqlite.put(minutes)),
      read: (...query) => sqlite.read(...query),
      prune: (...before) => sqlite.prune(...before),
    };
    const launches = open(store, { ...silentLogger, error: (message) => void errors.push(message) });
    for (let each = 0; each < 3; each += 1) {
      launches.add(scope(), summary(1));
      await launches.flush();
      now += MINUTE;
    }
    expect((await kept(launches)).rows).toBe(0);
    expect(errors).toEqual(['Observations of launches cannot be written; they are kept in memory for now']);
    fails = false;
    expect((await kept(launches)).calls).toEqual({ [NOON]: 1, [NOON + MINUTE]: 1, [NOON + 2 * MINUTE]: 1 });
  });

  it('is dropped, and said to be, when very much waits to be written; what is merged already goes on', async () => {
    const warned: unknown[] = [];
    const logger = { ...silentLogger, warn: (_: string, details?: unknown) => void warned.push(details) };
    const launches = open(
      {
        put: () => Promise.reject(new Error()),
        read: async () => ({ minutes: [], next: undefined }),
        prune: async () => 0,
      },
      logger,
    );
    const name = (each: number) => summary(1, now, { flag: `flag-${each}` });
    for (let each = 0; each < 2_000; each += 1) expect(launches.add(scope(), name(each))).toBe('counted');
    expect(launches.add(scope(), name(2_000))).toBe('full');
    expect(launches.add(scope(), name(5))).toBe('counted');
    await launches.flush();
    expect(warned).toEqual([{ summaries: 1 }]);
  });

  it('is bounded in its paths as well, whose histograms are large', () => {
    const launches = open();
    const roles = Array.from({ length: 40 }, (_, each) => ({
      variation: 'dark',
      path: 'control',
      role: `role-${each}`,
      calls: 1,
      errors: {},
      latency: [0, 1],
    }));
    const name = (each: number, paths: unknown = roles) => summary(1, now, { flag: `flag-${each}`, paths });
    for (let each = 0; each < 125; each += 1) expect(launches.add(scope(), name(each))).toBe('counted');
    expect(launches.add(scope(), name(125))).toBe('full');
    expect(launches.add(scope(), name(0))).toBe('counted');
  });

  it('of browsers, whose key anybody has, takes no room of what servers say', () => {
    const launches = open();
    const roles = Array.from({ length: 40 }, (_, each) => ({
      variation: 'dark',
      path: 'control',
      role: `role-${each}`,
      calls: 1,
      errors: {},
      latency: [0, 1],
    }));
    const name = (each: number) => summary(1, now, { flag: `flag-${each}`, paths: roles });
    for (let each = 0; each < 12; each += 1) expect(launches.add(scope('browser'), name(each))).toBe('counted');
    expect(launches.add(scope('browser'), name(12))).toBe('full');
    expect(launches.add(scope(), name(12))).toBe('counted');
  });

  it('is at most 64 KiB a row, whatever is reported, and the row says what is missing', async () => {
    const launches = open();
    const buckets = Array.from({ length: 1_024 }, (_, bucket) => [bucket, 1]).flat();
    for (let each = 0; each < 50; each += 1) {
      const errorUnits = Array.from({ length: 1_000 }, (_, unit) =>
        (each * 1_000 + unit).toString(16).padStart(8, '0'),
      );
      const path = {
        variation: 'live',
        path: 'candidate',
        role: `r${each % 40}`,
        calls: 1_024,
        errors: { [`E${each}`]: 1 },
      };
      const samples = [{ control: '"'.repeat(500), candidate: '\u4e2d'.repeat(500), at: 1 }];
      const clusters = [{ path: `/${each}`, kind: 'value', count: 1, samples }];
      launches.add(
        scope(),
        summary(1, now, { paths: [{ ...path, latency: buckets, cpu: buckets, errorUnits }], clusters }),
      );
    }
    await launches.flush();
    const rows = database.drizzle.all(sql`SELECT length(CAST(body AS BLOB)) AS bytes, body FROM launch_minutes`);
    const [row] = rows as { bytes: number; body: string }[];
    expect(rows).toHaveLength(1);
    expect(row?.bytes).toBeLessThanOrEqual(64 * 1024);
    const { left } = JSON.parse(row?.body ?? '');
    expect(left).toEqual({
      calls: expect.any(Number),
      times: expect.any(Number),
      units: expect.any(Number),
      samples: expect.any(Number),
    });
  });

  it('is a bounded number of rows a minute, whoever tells of it and whenever', async () => {
    const launches = open();
    for (let each = 0; each < 500; each += 1) {
      const teller = { application: `shop@1.${each}`, instance: `shop-${each}` };
      launches.add(scope(), summary(1, now + each, { from: now + each }), teller);
      launches.add(scope('browser'), summary(1, now + each, { from: now + each }), teller);
    }
    const rows = { server: 0, browser: 0 };
    const query = { project: 'shop', environment: 'production', flag: 'prices', from: 0, to: now + DAY };
    let calls = 0;
    for await (const { audience, observation } of launches.read(query)) {
      rows[audience] += 1;
      calls += observation.paths.reduce((sum, path) => sum + path.calls, 0);
    }
    expect(rows).toEqual({ server: 25, browser: 9 });
    expect(calls).toBe(1_000);
  });

  it('keeps instances apart for a quarter of the day’s total only, at its pace, and applications besides', async () => {
    const launches = open(undefined, undefined, { server: 200_000, browser: 2_000 });
    for (let each = 0; each < 12; each += 1) {
      for (const instance of ['a', 'b']) launches.add(scope(), summary(1), { application: 'shop@1', instance });
      now += MINUTE;
    }
    const tellers = new Map<number, unknown[]>();
    const query = { project: 'shop', environment: 'production', flag: 'prices', from: 0, to: now + DAY };
    for await (const { minute, observation } of launches.read(query)) {
      tellers.set(minute, [...(tellers.get(minute) ?? []), observation.source?.instance]);
    }
    expect([...tellers.values()].at(0)).toEqual(['a', 'b']);
    expect([...tellers.values()].at(-1)).toEqual(['(other)']);
    expect((await kept(launches)).calls[NOON + 11 * MINUTE]).toBe(2);
    // Later in the day there is room again.
    now += 10 * 60 * MINUTE;
    for (const instance of ['a', 'b']) launches.add(scope(), summary(1), { application: 'shop@1', instance });
    expect((await kept(launches)).rows).toBeGreaterThan(10);
    const last: unknown[] = [];
    for await (const { observation } of launches.read({ ...query, from: now })) last.push(observation.source?.instance);
    expect(last).toEqual(['a', 'b']);
  });

  it('is so much in a day by environment; beyond it what is dropped is counted, in a row an hour', async () => {
    const launches = open(undefined, undefined, { server: 20_000, browser: 2_000 });
    const other = { ...scope('browser'), environment: 'staging' };
    const outcomes = new Set<string>();
    for (let each = 0; each < 300; each += 1) {
      outcomes.add(launches.add(scope('browser'), summary(1, now, { flag: `flag-${each % 3}` })));
      now += 20_000;
      await launches.flush();
    }
    expect([...outcomes]).toEqual(['counted', 'day']);
    expect(launches.add(scope(), summary(1))).toBe('counted');
    expect(launches.add(other, summary(1))).toBe('counted');
    const left = [];
    const query = { project: 'shop', environment: 'production', flag: 'flag-1', from: 0, to: now + DAY };
    for await (const { observation } of launches.read(query)) left.push(observation.left?.summaries ?? 0);
    expect(left.length).toBeLessThan(10);
    expect(left.reduce((sum, each) => sum + each, 0)).toBeGreaterThan(90);
    now += DAY;
    expect(launches.add(scope('browser'), summary(1))).toBe('counted');
  });

  it('of a flag that is no launch is not counted', () => {
    expect(open().add(scope(), summary(1, now, { flag: 'typo' }))).toBe('unknown');
  });
});

describe('what is too much to be kept by name', () => {
  it('is counted as (other), so that sums stay right', () => {
    const observed = new Observed();
    const none = { same: 0, different: 0, ignored: 0, failed: 0 };
    for (let each = 0; each < 500; each += 1) {
      const clusters = [{ path: `/${each}`, kind: 'value', count: 2, samples: [] }];
      observed.add({ paths: [], compared: none, noise: none, shed: { [`cause${each}`]: 3 }, clusters });
    }
    const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
    expect(sum([...observed.shed.values()])).toBe(1_500);
    expect(sum([...observed.clusters.values()].map(({ count }) => count))).toBe(1_000);
    expect(observed.shed.get('(other)')).toBe(3 * 451);
  });
});
