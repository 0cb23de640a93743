import { Ruleset, type Snapshot, slotOf } from '@dimmer/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFlag } from '../src/commands/flags.ts';
import { rollOut } from '../src/commands/rollout.ts';
import { addRule } from '../src/commands/rules.ts';
import { killFlag, toggleFlag } from '../src/commands/switches.ts';
import { RulesetView } from '../src/ruleset/ruleset-view.ts';
import { openShop } from './change-log-fixture.ts';

const CART = { project: 'shop', flag: 'cart', environment: 'production' };
const ENGINE = { ...CART, flag: 'engine' };
const THEME = { ...CART, flag: 'theme' };
const PEOPLE = Array.from({ length: 5_000 }, (_, index) => `person-${index}`);

let shop: Awaited<ReturnType<typeof openShop>>;

beforeEach(async () => {
  shop = await openShop();
  await shop.act(createFlag('shop', { key: 'cart' }));
  await shop.act(createFlag('shop', { key: 'engine', type: 'launch' }));
  const variations = ['blue', 'green', 'red'].map((key) => ({ key, value: key }));
  await shop.act(createFlag('shop', { key: 'theme', type: 'string', variations }));
});

const targeting = (flag: string) => shop.state.targeting('shop', flag, 'production')!.body;

/** Who is served a variation, as an SDK would decide it. */
function servedTo(flag: string, variation: string): Set<string> {
  const view = new RulesetView(shop.state, { project: 'shop', environment: 'production', audience: 'server' });
  const ruleset = new Ruleset();
  ruleset.replace(JSON.parse(view.snapshotJson()) as Snapshot);
  const compiled = ruleset.get(flag)!;
  return new Set(
    PEOPLE.filter((targetingKey) => compiled.variation(slotOf(compiled.decide({ targetingKey })))?.key === variation),
  );
}

describe('A rollout', () => {
  it('of a boolean flag gives its true to a percentage, the rest its off variation, and turns it on', async () => {
    await shop.act(rollOut(CART, { percent: 12.345 }));
    expect(targeting('cart')).toMatchObject({
      on: true,
      fallthrough: {
        slices: [
          { variation: 'on', parts: 12_345 },
          { variation: 'off', parts: 87_655 },
        ],
      },
    });
  });

  it('can be prepared without turning the flag on', async () => {
    const { warnings } = await shop.act(rollOut(CART, { percent: 10, on: false }));
    expect(targeting('cart').on).toBe(false);
    expect(warnings).toMatchObject([{ code: 'FLAG_OFF' }]);
  });

  it('of a killed flag is refused, unless it stays off', async () => {
    await shop.act(killFlag(CART), { reason: 'errors' });
    expect((await shop.refused(rollOut(CART, { percent: 10 }))).code).toBe('FLAG_KILLED');
    await shop.act(rollOut(CART, { percent: 10, on: false }));
    expect(targeting('cart').killed?.reason).toBe('errors');
  });

  it('only ever adds people on the way up, and gives the same people back on the way down, over 100 % and 0 % too', async () => {
    const seen = new Map<number, Set<string>>();
    let before = new Set<string>();
    for (const percent of [1, 10, 25, 50, 100]) {
      await shop.act(rollOut(CART, { percent }));
      const lit = servedTo('cart', 'on');
      expect([...before].filter((person) => !lit.has(person))).toEqual([]);
      seen.set(percent, lit);
      before = lit;
    }
    expect(before.size).toBe(PEOPLE.length);
    for (const percent of [50, 10, 0, 10, 100, 25]) {
      await shop.act(rollOut(CART, { percent }));
      expect(servedTo('cart', 'on')).toEqual(seen.get(percent) ?? new Set());
    }
  });

  it('to everybody or nobody is written as one variation, so that it needs no targeting key', async () => {
    await shop.act(rollOut(CART, { percent: 100 }));
    expect(targeting('cart').fallthrough).toEqual({ variation: 'on' });
    await shop.act(rollOut(CART, { percent: 0 }));
    expect(targeting('cart').fallthrough).toEqual({ variation: 'off' });
  });

  it('remembers what it hashes by, and its seed, whatever the percentage', async () => {
    await shop.act(rollOut(CART, { percent: 100, by: 'company', seed: 'canaries' }));
    await shop.act(rollOut(CART, { percent: 5 }));
    expect(targeting('cart').fallthrough).toMatchObject({ by: 'company', seed: 'canaries' });
  });

  it('of a launch sets the shares of dark and live', async () => {
    await shop.act(rollOut(ENGINE, { dark: 10 }));
    const slices = () => {
      const { fallthrough } = targeting('engine');
      const parts = new Map<string, number>();
      if (!('slices' in fallthrough)) return fallthrough;
      for (const slice of fallthrough.slices)
        parts.set(slice.variation, (parts.get(slice.variation) ?? 0) + slice.parts);
      return Object.fromEntries([...parts].sort());
    };
    expect(slices()).toEqual({ dark: 10_000, off: 90_000 });
    await shop.act(rollOut(ENGINE, { dark: 99, live: 1 }));
    expect(slices()).toEqual({ dark: 99_000, live: 1_000 });
    await shop.act(rollOut(ENGINE, { live: 100 }));
    expect(slices()).toEqual({ variation: 'live' });
    expect(await shop.refused(rollOut(ENGINE, { percent: 10 }))).toMatchObject({
      code: 'ROLLOUT_INVALID',
      fix: 'Send dark and live, e.g. {"live": 10}.',
    });
  });

  it('of any flag sets the share of every variation, and moves as few people as possible', async () => {
    const shares = (blue: number, green: number, red: number) =>
      rollOut(THEME, {
        shares: [
          { variation: 'blue', percent: blue },
          { variation: 'green', percent: green },
          { variation: 'red', percent: red },
        ],
      });
    await shop.act(shares(10, 10, 80));
    const [blue, green] = [servedTo('theme', 'blue'), servedTo('theme', 'green')];
    await shop.act(shares(20, 20, 60));
    const [bluer, greener] = [servedTo('theme', 'blue'), servedTo('theme', 'green')];
    expect([...blue].filter((person) => !bluer.has(person))).toEqual([]);
    expect([...green].filter((person) => !greener.has(person))).toEqual([]);
    expect(bluer.size).toBeGreaterThan(blue.size);
  });

  it('of a rule lets the rest go on to the next rule, and leaves the switch as it is', async () => {
    await shop.act(addRule(CART, { rule: { id: 'pros', when: [], serve: { variation: 'off' } } }));
    await shop.act(rollOut(CART, { percent: 20, rule: 'pros' }));
    expect(targeting('cart')).toMatchObject({
      on: false,
      rules: [{ id: 'pros', serve: { slices: [{ variation: 'on', parts: 20_000 }] } }],
    });
    expect((await shop.refused(rollOut(CART, { percent: 20, rule: 'nobody' }))).code).toBe('RULE_NOT_FOUND');
  });

  it('says the fix when it cannot be', async () => {
    const cases = [
      [CART, {}, undefined],
      [CART, { percent: 10, live: 10 }, undefined],
      [CART, { live: 10 }, 'live'],
      [CART, { percent: 10.0001 }, 'percent'],
      [CART, { percent: 10, variation: 'blue' }, 'percent'],
      [CART, { percent: 10, variation: 'off' }, undefined],
      [THEME, { percent: 10 }, 'variation'],
      [THEME, { shares: [{ variation: 'blue', percent: 10 }] }, undefined],
      [
        THEME,
        {
          shares: [
            { variation: 'blue', percent: 60 },
            { variation: 'red', percent: 60 },
          ],
        },
        undefined,
      ],
      [
        THEME,
        {
          shares: [
            { variation: 'blue', percent: 50 },
            { variation: 'blue', percent: 50 },
          ],
        },
        'shares[1]',
      ],
    ] as const;
    for (const [where, input, path] of cases) {
      const refusal = await shop.refused(rollOut(where, input));
      expect(refusal).toMatchObject({ code: 'ROLLOUT_INVALID', ...(path && { path }) });
    }
  });

  it('after a toggle off keeps its people', async () => {
    await shop.act(rollOut(CART, { percent: 10 }));
    const lit = servedTo('cart', 'on');
    await shop.act(toggleFlag(CART, { on: false }));
    expect(servedTo('cart', 'on').size).toBe(0);
    await shop.act(toggleFlag(CART, { on: true }));
    expect(servedTo('cart', 'on')).toEqual(lit);
  });
});
