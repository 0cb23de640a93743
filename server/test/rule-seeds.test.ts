/** Whom two percentages of one flag serve: each rule that is added has a seed of its own, unless it shares one. */
import { evaluate, Ruleset, type Snapshot } from '@dimmer/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFlag } from '../src/commands/flags.ts';
import { rollOut } from '../src/commands/rollout.ts';
import { addRule, updateRule } from '../src/commands/rules.ts';
import { toggleFlag } from '../src/commands/switches.ts';
import { replaceTargeting } from '../src/commands/targeting.ts';
import { RulesetView } from '../src/ruleset/ruleset-view.ts';
import { openShop } from './change-log-fixture.ts';

const CART = { project: 'shop', flag: 'cart', environment: 'production' };
const STAGING = { ...CART, environment: 'staging' };
const half = (more: object = {}) => ({ slices: [{ variation: 'on', parts: 50_000 }], ...more });
const rule = (id: string, more: object = {}) => ({ rule: { id, when: [], serve: half(more) } });

let shop: Awaited<ReturnType<typeof openShop>>;
beforeEach(async () => {
  shop = await openShop();
  await shop.act(createFlag('shop', { key: 'cart', seed: 'flag-seed' }));
  await shop.act(toggleFlag(CART, { on: true }));
});

const stored = (where = CART) => shop.state.targeting(where.project, where.flag, where.environment)!;
const serves = (where = CART) => stored(where).body.rules.map(({ serve }) => serve);

/** Which of 10,000 people are served `on`. */
function peopleWith(where = CART): Set<number> {
  const view = new RulesetView(shop.state, { ...where, audience: 'server' });
  const ruleset = new Ruleset();
  ruleset.replace(JSON.parse(view.snapshotJson()) as Snapshot);
  const people = Array.from({ length: 10_000 }, (_, i) => i);
  return new Set(people.filter((i) => evaluate(ruleset, 'cart', false, { targetingKey: `person-${i}` }).value));
}

describe('A rule that is added', () => {
  beforeEach(() => shop.act(rollOut(CART, { percent: 0 })));

  it('splits anew whom the rules before it leave: 50 % and 50 % are about 75 %', async () => {
    await shop.act(addRule(CART, rule('first')));
    await shop.act(addRule(CART, rule('second')));
    const share = peopleWith().size / 10_000;
    expect(share).toBeGreaterThan(0.72);
    expect(share).toBeLessThan(0.78);
  });

  it('shares the people of the flag if its seed is sent, and then 50 % and 50 % are 50 %', async () => {
    await shop.act(addRule(CART, rule('first', { seed: 'flag-seed' })));
    await shop.act(addRule(CART, rule('second', { seed: 'flag-seed' })));
    expect(serves()).toEqual([half(), half()]);
    expect(Math.abs(peopleWith().size / 10_000 - 0.5)).toBeLessThan(0.03);
  });

  it('has the same people in every environment, and those that were sent', async () => {
    await shop.act(addRule(CART, rule('first')));
    await shop.act(addRule(STAGING, rule('first')));
    await shop.act(addRule(STAGING, rule('other', { seed: 'mine' })));
    expect(serves(STAGING)).toEqual([...serves(), half({ seed: 'mine' })]);
  });
});

describe('A rule that is there', () => {
  it('keeps its seed through edits that do not speak of it, in part or as a whole', async () => {
    await shop.act(addRule(CART, rule('first')));
    const [first] = serves();
    await shop.act(updateRule(CART, 'first', { serve: half() }));
    expect(serves()).toEqual([first]);
    const { on, off, prerequisites, targets, fallthrough } = stored().body;
    const whole = { on, off, prerequisites, targets, fallthrough };
    const rules = [
      { id: 'first', when: [], serve: half() },
      { when: [], serve: half() },
    ];
    await shop.act(replaceTargeting(CART, { ...whole, rules }), { expectedVersion: stored().version });
    expect(serves()[0]).toEqual(first);
    expect(serves()[1]).not.toEqual(first);
    expect(serves()[1]).toHaveProperty('seed');
  });

  it('keeps its people if it was there before rules had seeds', async () => {
    await shop.act(addRule(CART, rule('old', { seed: 'flag-seed' })));
    const before = peopleWith();
    await shop.act(updateRule(CART, 'old', { serve: half() }));
    await shop.act(rollOut(CART, { percent: 50, rule: 'old' }));
    expect(serves()).toEqual([half()]);
    expect(peopleWith()).toEqual(before);
  });

  it('has the same people again after it has been served to all', async () => {
    await shop.act(addRule(CART, rule('first')));
    const before = [serves(), peopleWith()];
    await shop.act(rollOut(CART, { percent: 100, rule: 'first' }));
    expect(serves()).toEqual([{ variation: 'on' }]);
    await shop.act(rollOut(CART, { percent: 50, rule: 'first' }));
    expect([serves(), peopleWith()]).toEqual(before);
  });

  it('goes over to the people of the flag when its seed is sent', async () => {
    await shop.act(addRule(CART, rule('first')));
    await shop.act(rollOut(CART, { percent: 50, rule: 'first', seed: 'flag-seed' }));
    expect(serves()).toEqual([half()]);
  });
});

it('A seed never becomes longer than seeds may be', async () => {
  const long = { project: 'shop', flag: 'long', environment: 'production' };
  await shop.act(createFlag('shop', { key: 'long', seed: 's'.repeat(128) }));
  await shop.act(addRule(long, rule('r'.repeat(128))));
  expect(serves(long)[0]).toMatchObject({ seed: expect.stringMatching(/^[0-9a-f]{32}$/) });
});
