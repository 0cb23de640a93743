import type { Audience } from '@dimmer/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EvaluationStore } from '../../src/evaluations/evaluation-store.ts';
import { Evaluations } from '../../src/evaluations/evaluations.ts';
import { type Logger, silentLogger } from '../../src/logger.ts';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';
import { SqliteEvaluationStore } from '../../src/store/sqlite/evaluation-store.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** The start of a minute. */
const NOON = Date.UTC(2026, 5, 1, 12);
const production = { project: 'shop', environment: 'production' };
const staging = { project: 'shop', environment: 'staging' };

let database: SqliteDatabase;
let now = NOON;
const opened: Evaluations[] = [];

beforeEach(() => {
  database = SqliteDatabase.open(':memory:');
  now = NOON;
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((evaluations) => evaluations.close()));
  database.close();
});

function open(
  store: EvaluationStore = new SqliteEvaluationStore(database),
  logger: Logger = silentLogger,
  more: { dayRows?: Readonly<Record<Audience, number>>; dropped?: (evaluations: number) => void } = {},
): Evaluations {
  const evaluations = new Evaluations({
    ...more,
    store,
    knowsFlag: (_project, flag) => ['checkout', 'theme', '__proto__'].includes(flag),
    knowsVariation: (_project, _flag, variation) => ['on', 'off'].includes(variation),
    keepDays: 30,
    now: () => now,
    logger,
  });
  opened.push(evaluations);
  return evaluations;
}

const summary = (counts: { flag: string; variation: string | null; count: number }[], at = now) => ({
  id: '1.aaaaaaaaaaaa',
  from: at - 10_000,
  to: at,
  counts,
});
const on = (count: number) => [{ flag: 'checkout', variation: 'on', count }];
const all = (flag: string, environment = production) => ({ ...environment, flag, from: 0, to: NOON + DAY });

describe('counts of evaluations', () => {
  it('stop at the largest safe integer, so that no client can make a sum that cannot be written', async () => {
    const evaluations = open();
    for (let round = 0; round < 3; round += 1) {
      evaluations.add({ ...production, audience: 'server' }, summary([...on(Number.MAX_SAFE_INTEGER), ...on(1)]));
      const rows = await evaluations.read(all('checkout'));
      expect(rows.map(({ count }) => count)).toEqual([Number.MAX_SAFE_INTEGER]);
    }
  });

  it('are merged by flag, variation and minute', async () => {
    const evaluations = open();
    evaluations.add(
      { ...production, audience: 'server' },
      summary([...on(3), { flag: 'checkout', variation: null, count: 1 }]),
    );
    evaluations.add({ ...production, audience: 'server' }, summary(on(4)));
    now += MINUTE;
    evaluations.add({ ...production, audience: 'server' }, summary(on(5)));
    expect(await evaluations.read(all('checkout'))).toEqual([
      { ...production, flag: 'checkout', variation: null, minute: NOON, count: 1 },
      { ...production, flag: 'checkout', variation: 'on', minute: NOON, count: 7 },
      { ...production, flag: 'checkout', variation: 'on', minute: NOON + MINUTE, count: 5 },
    ]);
  });

  it('are added to what was written before, also by an earlier run of the server', async () => {
    const before = open();
    before.add({ ...production, audience: 'server' }, summary(on(3)));
    await before.close();
    const after = open();
    after.add({ ...production, audience: 'server' }, summary(on(4)));
    expect(await after.read(all('checkout'))).toMatchObject([{ count: 7 }]);
  });

  it('are kept apart by environment, and cut by time', async () => {
    const evaluations = open();
    evaluations.add({ ...production, audience: 'server' }, summary(on(1)));
    evaluations.add({ ...staging, audience: 'server' }, summary(on(2)));
    now += MINUTE;
    evaluations.add({ ...staging, audience: 'server' }, summary(on(3)));
    expect(await evaluations.read({ ...all('checkout', staging), to: now })).toMatchObject([{ count: 2 }]);
    expect(await evaluations.read({ ...all('checkout', staging), from: now })).toMatchObject([{ count: 3 }]);
  });

  it('tell of the total', () => {
    expect(
      open().add(
        { ...production, audience: 'server' },
        summary([...on(3), { flag: 'nonsense', variation: 'x', count: 4 }]),
      ),
    ).toBe(7);
  });

  it('of flags and variations that the server does not know go under (other)', async () => {
    const evaluations = open();
    for (let each = 0; each < 100; each += 1)
      evaluations.add(
        { ...production, audience: 'server' },
        summary([{ flag: `typo-${each}`, variation: `v-${each}`, count: 1 }]),
      );
    evaluations.add(
      { ...production, audience: 'server' },
      summary([{ flag: 'checkout', variation: 'purple', count: 2 }]),
    );
    expect(await evaluations.read(all('(other)'))).toMatchObject([{ variation: '(other)', count: 100 }]);
    expect(await evaluations.read(all('checkout'))).toMatchObject([{ variation: '(other)', count: 2 }]);
  });

  it('of a flag named __proto__ are as good as any', async () => {
    const evaluations = open();
    evaluations.add({ ...production, audience: 'server' }, summary([{ flag: '__proto__', variation: 'on', count: 2 }]));
    expect(await evaluations.read(all('__proto__'))).toMatchObject([{ count: 2 }]);
  });

  it.each([
    ['from the future', NOON + DAY, NOON],
    ['from long ago', NOON - 2 * DAY, NOON],
    ['an hour late', NOON - 60 * MINUTE, NOON - 60 * MINUTE],
  ])('%s stand at a minute that makes sense', async (_what, at, minute) => {
    const evaluations = open();
    evaluations.add({ ...production, audience: 'server' }, summary(on(1), at));
    expect(await evaluations.read(all('checkout'))).toMatchObject([{ minute }]);
  });

  it('are forgotten after the days they are kept, but not when a flag was last evaluated', async () => {
    const evaluations = open();
    evaluations.add({ ...production, audience: 'server' }, summary(on(1)));
    await evaluations.flush();
    now += 31 * DAY;
    evaluations.add({ ...production, audience: 'server' }, summary([{ flag: 'theme', variation: 'on', count: 1 }]));
    await evaluations.flush();
    await evaluations.prune();
    expect(await evaluations.read({ ...all('checkout'), to: now + 1 })).toEqual([]);
    expect(await evaluations.read({ ...all('theme'), to: now + 1 })).toHaveLength(1);
    expect(await evaluations.lastEvaluations(production)).toEqual(
      new Map([
        ['checkout', NOON],
        ['theme', NOON + 31 * DAY],
      ]),
    );
  });

  it('never go back in when a flag was last evaluated', async () => {
    const evaluations = open();
    evaluations.add({ ...production, audience: 'server' }, summary(on(1)));
    await evaluations.flush();
    evaluations.add({ ...production, audience: 'server' }, summary(on(1), NOON - MINUTE));
    expect((await evaluations.lastEvaluations(production)).get('checkout')).toBe(NOON);
  });

  it('survive a store that fails for a while, and say so once', async () => {
    const errors: string[] = [];
    const real = new SqliteEvaluationStore(database);
    let broken = true;
    const store: EvaluationStore = {
      add: async (counts, last) => {
        if (broken) throw new Error('disk full');
        await real.add(counts, last);
      },
      read: (query, limit) => real.read(query, limit),
      lastEvaluations: (project, environment) => real.lastEvaluations(project, environment),
      prune: (before, limit) => real.prune(before, limit),
    };
    const evaluations = open(store, { ...silentLogger, error: (message) => void errors.push(message) });
    evaluations.add({ ...production, audience: 'server' }, summary(on(3)));
    await evaluations.flush();
    evaluations.add({ ...production, audience: 'server' }, summary(on(4)));
    await evaluations.flush();
    expect(errors).toHaveLength(1);
    broken = false;
    expect(await evaluations.read(all('checkout'))).toMatchObject([{ count: 7 }]);
  });

  it('of pages do not fill the minutes of a day: what is said of longer ago counts at the present', async () => {
    const evaluations = open();
    const page = { ...production, audience: 'browser' } as const;
    evaluations.add(page, summary(on(1), NOON - 9 * MINUTE));
    evaluations.add(page, summary(on(2), NOON - 11 * MINUTE));
    expect(await evaluations.read(all('checkout'))).toMatchObject([
      { minute: NOON - 9 * MINUTE, count: 1 },
      { minute: NOON, count: 2 },
    ]);
  });

  it('make so many rows in a day by environment and audience; beyond it they are dropped, and counted as such', async () => {
    let dropped = 0;
    const evaluations = open(undefined, undefined, {
      dayRows: { server: 100, browser: 2 },
      dropped: (count) => (dropped += count),
    });
    const page = { ...production, audience: 'browser' } as const;
    for (let minute = 0; minute < 4; minute++) {
      // The second of each minute adds to the row of the first.
      evaluations.add(page, summary(on(10)));
      await evaluations.flush();
      evaluations.add(page, summary(on(1)));
      now += MINUTE;
    }
    expect((await evaluations.read(all('checkout'))).map(({ count }) => count)).toEqual([11, 11]);
    expect(dropped).toBe(22);
    evaluations.add({ ...staging, audience: 'browser' }, summary(on(1)));
    evaluations.add({ ...production, audience: 'server' }, summary(on(1)));
    now += DAY;
    evaluations.add(page, summary(on(1)));
    expect(dropped).toBe(22);
  });

  it('are bounded while they wait, and what finds no room is said', async () => {
    const warnings: unknown[] = [];
    const evaluations = open(undefined, { ...silentLogger, warn: (_message, fields) => void warnings.push(fields) });
    for (let environment = 0; environment <= 100_000; environment += 1)
      evaluations.add({ project: 'shop', environment: `e-${environment}`, audience: 'server' }, summary(on(3)));
    await evaluations.flush();
    expect(warnings).toEqual([{ evaluations: 3 }]);
  });
});
