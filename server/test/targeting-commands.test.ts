import { LIMITS } from '@dimmer/contract';
import type { Condition } from '@dimmer/core';
import { describe, expect, it } from 'vitest';
import { createFlag } from '../src/commands/flags.ts';
import { rollOut } from '../src/commands/rollout.ts';
import { addRule, removeRule, reorderRules, updateRule } from '../src/commands/rules.ts';
import { archiveSegment, createSegment } from '../src/commands/segments.ts';
import { killFlag, restoreFlag, toggleFlag } from '../src/commands/switches.ts';
import {
  replaceTargeting,
  setFallthrough,
  setOffVariation,
  setPrerequisites,
  targetKeys,
  untargetKeys,
} from '../src/commands/targeting.ts';
import { openShop, START_MS } from './change-log-fixture.ts';

const CART = { project: 'shop', flag: 'cart', environment: 'production' };

async function openCart(options: { readonly protected?: boolean } = {}) {
  const shop = await openShop(options);
  await shop.act(createFlag('shop', { key: 'cart' }));
  const cart = () => shop.state.targeting('shop', 'cart', 'production')!.body;
  return { ...shop, cart };
}

const ruleWith = (condition: Condition, id = 'r1') => ({
  rule: { id, when: [condition], serve: { variation: 'on' } },
});

describe('Toggling', () => {
  it('touches one environment only', async () => {
    const { act, state } = await openCart();
    await act(toggleFlag(CART, { on: true }));
    expect(state.targeting('shop', 'cart', 'production')?.body.on).toBe(true);
    expect(state.targeting('shop', 'cart', 'staging')?.body.on).toBe(false);
  });

  it('of a new flag about which nothing has been said is for everybody, and says so', async () => {
    const { act, cart } = await openCart();
    const { warnings } = await act(toggleFlag(CART, { on: true }));
    expect(warnings).toMatchObject([{ code: 'ON_FOR_EVERYBODY' }]);
    expect(cart()).toEqual({
      on: true,
      off: 'off',
      prerequisites: [],
      targets: [],
      rules: [],
      fallthrough: { variation: 'on' },
    });
  });

  it.each([
    ['a rule', addRule(CART, ruleWith({ attribute: 'plan', operator: 'in', values: ['pro'] }))],
    ['a target', targetKeys(CART, { variation: 'on', keys: ['ann'] })],
    ['a rollout to nobody', rollOut(CART, { percent: 0, on: false })],
    ['a default rule', setFallthrough(CART, { serve: { variation: 'off' } })],
  ])('of a new flag is for those alone whom %s has named', async (_, saying) => {
    const { act, cart } = await openCart();
    await act(saying);
    expect((await act(toggleFlag(CART, { on: true }))).warnings).toEqual([]);
    expect(cart()).toMatchObject({ on: true, fallthrough: { variation: 'off' } });
    expect(cart()).not.toHaveProperty('fresh');
  });

  it('again does not give everybody what was taken from everybody', async () => {
    const { act, cart } = await openCart();
    await act(toggleFlag(CART, { on: true }));
    await act(rollOut(CART, { percent: 0 }));
    await act(toggleFlag(CART, { on: false }));
    await act(toggleFlag(CART, { on: true }));
    expect(cart()).toMatchObject({ on: true, fallthrough: { variation: 'off' } });
  });

  it('warns when what is left is off', async () => {
    const { act } = await openCart();
    await act(toggleFlag(CART, { on: true }));
    const off = await act(toggleFlag(CART, { on: false }));
    expect(off.warnings).toMatchObject([{ code: 'FLAG_OFF' }]);
  });

  it('is refused in an environment or for a flag that is not there, naming those that are', async () => {
    const { refused } = await openCart();
    expect(await refused(toggleFlag({ ...CART, environment: 'prod' }, { on: true }))).toMatchObject({
      code: 'ENVIRONMENT_NOT_FOUND',
      fix: 'It has: staging, production.',
    });
    expect((await refused(toggleFlag({ ...CART, flag: 'basket' }, { on: true }))).code).toBe('FLAG_NOT_FOUND');
    expect((await refused(toggleFlag({ ...CART, project: 'shop2' }, { on: true }))).code).toBe('PROJECT_NOT_FOUND');
  });
});

describe('A kill', () => {
  it('turns the flag off, and remembers who, when and why', async () => {
    const { act, cart } = await openCart();
    await act(toggleFlag(CART, { on: true }));
    const { change } = await act(killFlag(CART), { reason: 'payment errors' });
    expect(cart()).toMatchObject({
      on: false,
      killed: { by: 'Ann', at: change?.at, reason: 'payment errors' },
    });
    expect(change!.at).toBeGreaterThan(START_MS);
  });

  it('needs a reason, wherever it is', async () => {
    const { refused } = await openCart();
    expect(await refused(killFlag(CART))).toMatchObject({ code: 'REASON_REQUIRED', path: 'reason' });
  });

  it('is never too late: it does not care which version the caller has seen', async () => {
    const { act } = await openCart();
    await act(killFlag(CART), { reason: 'errors', expectedVersion: 99 });
  });

  it('can only be undone by restoring', async () => {
    const { act, refused, cart } = await openCart();
    await act(toggleFlag(CART, { on: true }));
    await act(killFlag(CART), { reason: 'errors' });
    expect(await refused(toggleFlag(CART, { on: true }))).toMatchObject({
      code: 'FLAG_KILLED',
      fix: expect.stringContaining('restore'),
      details: { killed: { reason: 'errors' } },
    });
    await act(restoreFlag(CART));
    expect(cart().on).toBe(true);
    expect(cart()).not.toHaveProperty('killed');
  });

  it('of a flag that was killed before keeps the newest reason', async () => {
    const { act, cart } = await openCart();
    await act(killFlag(CART), { reason: 'first' });
    await act(killFlag(CART), { reason: 'second' });
    expect(cart().killed?.reason).toBe('second');
  });
});

describe('A restore', () => {
  it('brings back what was on, also after a second kill', async () => {
    const { act, cart } = await openCart();
    await act(rollOut(CART, { percent: 10 }));
    const before = cart();
    for (const reason of ['errors', 'errors still']) await act(killFlag(CART), { reason });
    expect((await act(restoreFlag(CART))).warnings).toEqual([]);
    expect(cart()).toEqual(before);
  });

  it('leaves off what was off, and says so', async () => {
    const { act, cart } = await openCart();
    await act(rollOut(CART, { percent: 10 }));
    await act(toggleFlag(CART, { on: false }));
    const before = cart();
    for (const reason of ['to be sure', 'to be very sure']) await act(killFlag(CART), { reason });
    const { warnings } = await act(restoreFlag(CART));
    expect(warnings).toMatchObject([{ code: 'FLAG_OFF', message: expect.stringContaining('was off before it was') }]);
    expect(cart()).toEqual(before);
  });

  it('of a new flag leaves it new: turned on by a bare toggle it is on for everybody, with a warning', async () => {
    const { act, cart } = await openCart();
    const before = cart();
    await act(killFlag(CART), { reason: 'by mistake' });
    await act(restoreFlag(CART));
    expect(cart()).toEqual(before);
    expect((await act(toggleFlag(CART, { on: true }))).warnings).toMatchObject([{ code: 'ON_FOR_EVERYBODY' }]);
  });

  it.each([true, false])('of what is not killed changes nothing (on: %s)', async (on) => {
    const { act, cart } = await openCart();
    await act(rollOut(CART, { percent: 10, on }));
    const before = cart();
    const { change, warnings } = await act(restoreFlag(CART));
    expect(change).toBeNull();
    expect(warnings).toMatchObject([{ code: 'FLAG_NOT_KILLED' }]);
    expect(cart()).toEqual(before);
  });

  it('keeps what was changed meanwhile, and the switch of before', async () => {
    const { act, cart } = await openCart();
    await act(toggleFlag(CART, { on: true }));
    await act(killFlag(CART), { reason: 'errors' });
    await act(rollOut(CART, { percent: 1, on: false }));
    await act(toggleFlag(CART, { on: false }));
    await act(restoreFlag(CART));
    expect(cart()).toMatchObject({ on: true, fallthrough: { slices: [{ parts: 1_000 }, {}] } });
  });
});

describe('Rules', () => {
  it('are added last, or where one says, and are given ids', async () => {
    const { act, cart } = await openCart();
    const rule = { when: [], serve: { variation: 'off' } };
    await act(addRule(CART, ruleWith({ attribute: 'plan', operator: 'in', values: ['pro'] }, 'first')));
    await act(addRule(CART, { rule: { ...rule, description: 'everybody else' } }));
    await act(addRule(CART, { rule: { ...rule, id: 'top' }, position: 0 }));
    const ids = cart().rules.map((each) => each.id);
    expect(ids).toEqual(['top', 'first', expect.stringMatching(/^id-/)]);
  });

  it('are changed, put in order, and removed by id', async () => {
    const { act, refused, cart } = await openCart();
    for (const id of ['a', 'b', 'c'])
      await act(addRule(CART, ruleWith({ attribute: id, operator: 'exists', values: [] }, id)));
    await act(updateRule(CART, 'b', { serve: { variation: 'off' } }));
    expect(cart().rules[1]).toMatchObject({ id: 'b', when: [{ attribute: 'b' }], serve: { variation: 'off' } });
    await act(reorderRules(CART, { order: ['c', 'a', 'b'] }));
    await act(removeRule(CART, 'a'));
    expect(cart().rules.map((rule) => rule.id)).toEqual(['c', 'b']);
    for (const order of [['c'], ['c', 'b', 'b'], ['c', 'b', 'a']]) {
      expect((await refused(reorderRules(CART, { order }))).code).toBe('RULE_NOT_FOUND');
    }
    expect((await refused(removeRule(CART, 'a'))).code).toBe('RULE_NOT_FOUND');
    expect((await refused(updateRule(CART, 'a', {}))).code).toBe('RULE_NOT_FOUND');
    expect((await refused(addRule(CART, ruleWith({ attribute: 'b', operator: 'exists', values: [] }, 'b')))).code).toBe(
      'RULE_EXISTS',
    );
  });

  it('are refused with the path of what is wrong in them', async () => {
    const { refused } = await openCart();
    const cases: readonly (readonly [Condition, string, string])[] = [
      [{ operator: 'in', values: ['x'] }, 'ATTRIBUTE_MISSING', 'rules[0].when[0].attribute'],
      [{ attribute: 'mail', operator: 'matches', values: ['a', '('] }, 'PATTERN_INVALID', 'rules[0].when[0].values[1]'],
      [{ attribute: 'mail', operator: 'matches', values: ['(a)\\1'] }, 'PATTERN_INVALID', 'rules[0].when[0].values[0]'],
      [{ attribute: 'app', operator: 'semverGt', values: ['1.x'] }, 'VALUE_INVALID', 'rules[0].when[0].values[0]'],
      [{ attribute: 'born', operator: 'before', values: ['yesterday'] }, 'VALUE_INVALID', 'rules[0].when[0].values[0]'],
      [{ attribute: 'ip', operator: 'cidr', values: ['10.0.0.0/99'] }, 'VALUE_INVALID', 'rules[0].when[0].values[0]'],
      [{ attribute: 'age', operator: 'lt', values: ['old'] }, 'VALUE_INVALID', 'rules[0].when[0].values[0]'],
      [{ operator: 'inSegment', values: ['nobody'] }, 'SEGMENT_UNKNOWN', 'rules[0].when[0].values[0]'],
    ];
    for (const [condition, code, path] of cases) {
      const refusal = await refused(addRule(CART, ruleWith(condition)));
      expect(refusal).toMatchObject({ code: 'TARGETING_INVALID', path });
      expect(refusal.fix).toBeTruthy();
      expect(refusal.details?.problems).toMatchObject([{ code, path }]);
    }
  });

  it('are warned about if they can never match', async () => {
    const { act } = await openCart();
    const contradiction = {
      rule: {
        when: [
          { attribute: 'plan', operator: 'exists' as const, values: [] },
          { attribute: 'plan', operator: 'exists' as const, values: [], not: true },
        ],
        serve: { variation: 'on' },
      },
    };
    expect((await act(addRule(CART, contradiction))).warnings).toMatchObject(
      [{ code: 'RULE_NEVER_MATCHES', path: 'rules[0].when' }, { code: 'FLAG_OFF' }].reverse(),
    );
  });

  it('may use a segment that is there, with a warning if nobody is in it', async () => {
    const { act, refused } = await openCart();
    await act(createSegment('shop', { key: 'testers' }));
    const { warnings } = await act(addRule(CART, ruleWith({ operator: 'inSegment', values: ['testers'] })));
    expect(warnings.map((warning) => warning.code)).toContain('SEGMENT_EMPTY');
    expect(await refused(archiveSegment('shop', 'testers'))).toMatchObject({
      code: 'SEGMENT_IN_USE',
      details: { users: [{ flag: 'cart', environment: 'production' }] },
    });
  });

  it('serve variations that exist, in allocations of at most 100 %', async () => {
    const { act, refused } = await openCart();
    const serving = (serve: object) => addRule(CART, { rule: { id: 'r1', when: [], serve: serve as never } });
    expect(await refused(serving({ variation: 'blue' }))).toMatchObject({
      code: 'TARGETING_INVALID',
      path: 'rules[0].serve.variation',
      fix: 'It has: on, off.',
    });
    expect(
      await refused(
        serving({
          slices: [
            { variation: 'on', parts: 60_000 },
            { variation: 'off', parts: 60_000 },
          ],
        }),
      ),
    ).toMatchObject({
      path: 'rules[0].serve.slices',
      message: 'The slices sum to 120000 parts; 100 % is 100000.',
    });
    await act(serving({ slices: [{ variation: 'on', parts: 60_000 }] }));
  });
});

describe('The fallthrough', () => {
  it('serves everybody something: an allocation sums to exactly 100 %', async () => {
    const { act, refused, cart } = await openCart();
    const serving = (parts: number) => setFallthrough(CART, { serve: { slices: [{ variation: 'on', parts }] } });
    expect(await refused(serving(99_999))).toMatchObject({
      code: 'TARGETING_INVALID',
      path: 'fallthrough.slices',
      fix: 'Add 1 parts, so that everybody is served something.',
    });
    await act(serving(100_000));
    expect(cart().fallthrough).toEqual({ slices: [{ variation: 'on', parts: 100_000 }] });
    expect((await refused(setOffVariation(CART, { variation: 'blue' }))).path).toBe('off');
    await act(setOffVariation(CART, { variation: 'on' }));
    expect(cart().off).toBe('on');
  });
});

describe('Individual targets', () => {
  it('hold a key once: the newest wish counts', async () => {
    const { act, cart } = await openCart();
    await act(targetKeys(CART, { variation: 'on', keys: ['ann', 'bob', 'ann'] }));
    await act(targetKeys(CART, { variation: 'off', keys: ['bob', '__proto__'] }));
    expect(cart().targets).toEqual([
      { variation: 'on', keys: ['ann'] },
      { variation: 'off', keys: ['bob', '__proto__'] },
    ]);
    await act(untargetKeys(CART, { keys: ['ann', 'nobody'] }));
    expect(cart().targets).toEqual([{ variation: 'off', keys: ['bob', '__proto__'] }]);
  });

  it('are refused for a variation that does not exist, and beyond the limit', async () => {
    const { refused } = await openCart();
    expect((await refused(targetKeys(CART, { variation: 'blue', keys: ['ann'] }))).path).toBe('targets[0].variation');
    const keys = Array.from({ length: LIMITS.targetKeys + 1 }, (_, index) => `key-${index}`);
    expect((await refused(targetKeys(CART, { variation: 'on', keys }))).message).toContain('1001 keys');
  });
});

describe('Prerequisites', () => {
  const needs = (flag: string, on: string) =>
    setPrerequisites({ ...CART, flag }, { prerequisites: [{ flag: on, variations: ['on'] }] });

  it('are flags of the project that are in use, with variations that they have', async () => {
    const { act, refused } = await openCart();
    await act(createFlag('shop', { key: 'base' }));
    expect((await refused(needs('cart', 'nowhere'))).path).toBe('prerequisites[0].flag');
    const unknown = setPrerequisites(CART, { prerequisites: [{ flag: 'base', variations: ['on', 'blue'] }] });
    expect((await refused(unknown)).path).toBe('prerequisites[0].variations[1]');
    await act(needs('cart', 'base'));
  });

  it('cannot go round in a circle, in any one environment', async () => {
    const { act, refused } = await openCart();
    for (const key of ['a', 'b']) await act(createFlag('shop', { key }));
    await act(needs('a', 'b'));
    await act(needs('b', 'cart'));
    expect(await refused(needs('cart', 'a'))).toMatchObject({
      code: 'PREREQUISITE_CYCLE',
      details: { cycle: ['cart', 'a', 'b', 'cart'] },
    });
    expect((await refused(needs('cart', 'cart'))).code).toBe('PREREQUISITE_CYCLE');
    await act(
      setPrerequisites({ ...CART, environment: 'staging' }, { prerequisites: [{ flag: 'a', variations: ['on'] }] }),
    );
  });

  it('go ten flags deep and no deeper, wherever in the chain one is added', async () => {
    const { act, refused } = await openShop();
    for (let index = 0; index <= 12; index++) await act(createFlag('shop', { key: `f${index}` }));
    for (let index = 0; index < 10; index++) if (index !== 5) await act(needs(`f${index}`, `f${index + 1}`));
    await act(needs('f10', 'f11'));
    expect(await refused(needs('f5', 'f6'))).toMatchObject({ code: 'LIMIT_EXCEEDED', path: 'prerequisites' });
    await act(setPrerequisites({ ...CART, flag: 'f10' }, { prerequisites: [] }));
    await act(needs('f5', 'f6'));
  });
});

describe('Replacing a targeting whole', () => {
  const whole = {
    on: true,
    off: 'off',
    prerequisites: [],
    targets: [{ variation: 'on', keys: ['ann'] }],
    rules: [{ when: [], serve: { variation: 'off' } }],
    fallthrough: { variation: 'on' },
  };

  it('needs the version that was read', async () => {
    const { act, refused, cart } = await openCart();
    expect(await refused(replaceTargeting(CART, whole))).toMatchObject({
      code: 'VERSION_REQUIRED',
      fix: expect.stringContaining('"1"'),
    });
    await act(replaceTargeting(CART, whole), { expectedVersion: 1 });
    expect(cart()).toMatchObject({ ...whole, rules: [{ id: expect.any(String), when: [] }] });
  });

  it('is refused with both versions if somebody was faster', async () => {
    const { act, refused } = await openCart();
    await act(toggleFlag(CART, { on: true }), { reason: 'go', actor: { kind: 'token', id: 'bob', name: 'Bob' } });
    expect(await refused(replaceTargeting(CART, whole), { expectedVersion: 1 })).toMatchObject({
      code: 'VERSION_CONFLICT',
      details: {
        expected: 1,
        current: { version: 2, body: { on: true }, by: 'Bob', reason: 'go', at: expect.any(Number) },
      },
    });
  });

  it('cannot turn on what was killed', async () => {
    const { act, refused, cart } = await openCart();
    await act(killFlag(CART), { reason: 'errors' });
    expect((await refused(replaceTargeting(CART, whole), { expectedVersion: 2 })).code).toBe('FLAG_KILLED');
    await act(replaceTargeting(CART, { ...whole, on: false }), { expectedVersion: 2 });
    expect(cart().killed?.reason).toBe('errors');
  });
});

describe('Limits', () => {
  it('hold for a flag of more than 256 KiB', async () => {
    const { act, refused } = await openCart();
    const values = Array.from({ length: 900 }, (_, index) => `${index}-`.padEnd(100, 'x'));
    const add = (id: string) => addRule(CART, ruleWith({ attribute: 'plan', operator: 'in', values }, id));
    await act(add('r1'));
    await act(add('r2'));
    expect(await refused(add('r3'))).toMatchObject({ code: 'LIMIT_EXCEEDED', details: { limit: LIMITS.flagBytes } });
  });

  it('hold for more than 100 rules', async () => {
    const { act, refused } = await openCart();
    const rules = Array.from({ length: LIMITS.rules }, () => ({
      when: [{ attribute: 'a', operator: 'exists' as const, values: [] }],
      serve: { variation: 'on' },
    }));
    const whole = { on: true, off: 'off', prerequisites: [], targets: [], rules, fallthrough: { variation: 'on' } };
    await act(replaceTargeting(CART, whole), { expectedVersion: 1 });
    expect((await refused(addRule(CART, ruleWith({ attribute: 'a', operator: 'exists', values: [] })))).code).toBe(
      'LIMIT_EXCEEDED',
    );
  });
});

describe('A protected environment', () => {
  it('needs a reason for whatever changes what it serves, and for nothing else', async () => {
    const { act, refused } = await openCart({ protected: true });
    expect((await refused(toggleFlag(CART, { on: true }))).code).toBe('REASON_REQUIRED');
    expect((await refused(addRule(CART, ruleWith({ attribute: 'a', operator: 'exists', values: [] })))).code).toBe(
      'REASON_REQUIRED',
    );
    await act(toggleFlag(CART, { on: true }), { reason: 'launch day' });
    await act(toggleFlag({ ...CART, environment: 'staging' }, { on: true }));
    await act(toggleFlag(CART, { on: true }));
  });
});
