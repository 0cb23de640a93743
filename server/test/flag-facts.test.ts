import { afterEach, describe, expect, it } from 'vitest';
import { FlagFactsReader } from '../src/api/flag-facts.ts';
import { archiveFlag, createFlag } from '../src/commands/flags.ts';
import { rollOut } from '../src/commands/rollout.ts';
import { openShop, START_MS } from './change-log-fixture.ts';

const DAY_MS = 86_400_000;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A shop with the flag `cart`, looked at when it is `age` old, last evaluated then too unless told otherwise. */
async function openFacts({
  ageMs = 40 * DAY_MS,
  evaluatedAgoMs = 0 as number | null,
  evaluatedIn = ['staging', 'production'],
  purpose = 'release' as const,
} = {}) {
  const shop = await openShop();
  closing.push(() => shop.store.close());
  const now = START_MS + ageMs;
  const reader = new FlagFactsReader({
    changeLog: shop.log,
    evaluations: {
      async lastEvaluations({ environment }) {
        const isThere = evaluatedAgoMs !== null && evaluatedIn.includes(environment);
        return new Map(isThere ? [['cart', now - evaluatedAgoMs]] : []);
      },
    },
    now: () => now,
  });
  await shop.act(createFlag('shop', { key: 'cart', purpose }));
  const ramp = (percent: number, environment: string) =>
    shop.act(rollOut({ project: 'shop', flag: 'cart', environment }, { percent } as never));
  const facts = async (environments = ['staging', 'production']) => {
    const flag = shop.state.flag('shop', 'cart');
    return (await reader.read('shop', flag ? [flag] : [], environments))[0];
  };
  return { ...shop, ramp, facts, now };
}

describe('What a list says of a flag', () => {
  it('is who changed it last, in any environment, and when it was last evaluated', async () => {
    const { ramp, facts, state, now } = await openFacts({ evaluatedAgoMs: 5_000 });
    await ramp(10, 'staging');
    expect(await facts()).toMatchObject({
      lastChange: { revision: state.head.revision, by: 'Ann', at: expect.any(Number) },
      lastEvaluatedAt: now - 5_000,
    });
  });

  it('is that it looks done with, once everybody gets one variation everywhere for 30 days', async () => {
    const { ramp, facts } = await openFacts();
    await ramp(100, 'staging');
    expect(await facts()).toMatchObject({ stale: null });
    await ramp(100, 'production');
    expect(await facts()).toMatchObject({ stale: 'served-to-all' });
    await ramp(99, 'production');
    expect(await facts()).toMatchObject({ stale: null });
  });

  it('is of the environments that the reader may see, and tells no time and no name of another', async () => {
    const { ramp, facts, state } = await openFacts({ evaluatedIn: ['production'] });
    await ramp(100, 'staging');
    const { revision } = state.head;
    await ramp(10, 'production');
    expect(await facts(['staging'])).toMatchObject({
      lastChange: { revision },
      lastEvaluatedAt: null,
      stale: 'not-evaluated',
    });
    expect(await facts(['production'])).toMatchObject({
      lastChange: { revision: state.head.revision },
      lastEvaluatedAt: expect.any(Number),
    });
    const nowhere = await facts([]);
    expect(nowhere).toMatchObject({ lastChange: { revision: revision - 1 }, lastEvaluatedAt: null, stale: null });
  });

  it('is that nobody asks for it', async () => {
    const { facts } = await openFacts({ evaluatedAgoMs: 31 * DAY_MS });
    expect(await facts()).toMatchObject({ stale: 'not-evaluated' });
    const never = await openFacts({ evaluatedAgoMs: null });
    expect(await never.facts()).toMatchObject({ stale: 'not-evaluated', lastEvaluatedAt: null });
  });

  it('is left out while the database is away', async () => {
    const { log, state } = await openFacts();
    const lastEvaluations = () => Promise.reject(new Error('away'));
    const reader = new FlagFactsReader({
      changeLog: log,
      evaluations: { lastEvaluations },
      now: () => START_MS + 40 * DAY_MS,
    });
    const flag = state.flag('shop', 'cart');
    expect(await reader.read('shop', flag ? [flag] : [], ['staging'])).toMatchObject([
      { lastEvaluatedAt: null, stale: null },
    ]);
  });

  it('is neither of what is young, of what is meant to stay, and of what is archived', async () => {
    const young = await openFacts({ ageMs: 29 * DAY_MS, evaluatedAgoMs: null });
    expect(await young.facts()).toMatchObject({ stale: null });
    const permission = await openFacts({ evaluatedAgoMs: null, purpose: 'permission' as never });
    expect(await permission.facts()).toMatchObject({ stale: null });
    const archived = await openFacts({ evaluatedAgoMs: null });
    await archived.act(archiveFlag('shop', 'cart'));
    expect(await archived.facts()).toMatchObject({ stale: null });
  });
});
