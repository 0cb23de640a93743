import { evaluate, isEnabled, Ruleset, type RulesetFlag, type RulesetOptions } from '@dimmer/core';
import { bucketOf } from '@dimmer/core/allocation';
import { explain } from '@dimmer/core/explain';
import { createHasher } from '@dimmer/core/murmur3';
import { SPEED } from '@dimmer/core/speed';
import fc from 'fast-check';
import murmurhash from 'murmurhash';
import { describe, expect, test, vi } from 'vitest';
import { loadDecisions } from '../../test/vectors/vectors.ts';
import { anyText } from './any-text.ts';
import { booleanFlag, rollout, snapshot } from './rulesets.ts';
import { expectSame } from './same.ts';

/** More with DIMMER_CASES=1000000. */
const CASES = Number(process.env.DIMMER_CASES ?? 10_000);
vi.setConfig({ testTimeout: 600_000 });

function rulesetOf(flags: { [key: string]: RulesetFlag }, options: RulesetOptions = {}): Ruleset {
  const ruleset = new Ruleset(options);
  ruleset.replace(snapshot(flags));
  return ruleset;
}

describe('murmur3', () => {
  test('agrees with the murmurhash package on any text, well formed or not', () => {
    fc.assert(
      fc.property(anyText, anyText, (prefix, key) => {
        // The package and TextEncoder see one text; ours must not notice where it is cut.
        fc.pre(!/[\ud800-\udbff]$/.test(prefix) || !/^[\udc00-\udfff]/.test(key));
        expectSame(createHasher(prefix)(key) >>> 0, murmurhash.v3(prefix + key, 0));
      }),
      { numRuns: Math.min(CASES, 100_000) },
    );
  });
});

describe('any flag, asked with any context', () => {
  const contextOf = fc.oneof(
    fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withObjectString: true }),
    fc.dictionary(
      fc.constantFrom(
        'targetingKey',
        'a',
        'plan',
        'country',
        'age',
        'address',
        '__proto__',
        'constructor',
        '/address/city',
        '',
      ),
      fc.oneof(
        fc.anything({ withBigInt: true, withSparseArray: true }),
        fc.constantFrom(
          Number.NaN,
          Number.POSITIVE_INFINITY,
          -0,
          'x'.repeat(70_000),
          '10.1.1.1',
          '2026-01-01T00:00:00Z',
          '1.2.3',
        ),
        fc.array(fc.string(), { maxLength: 50 }),
      ),
    ),
  );

  test('gives an answer, throws nothing, and leaves Object.prototype alone', () => {
    const before = Reflect.ownKeys(Object.prototype).map(String);
    const rulesets = loadDecisions().map(({ ruleset: payload }) => {
      const ruleset = new Ruleset({ clock: () => 1_760_000_000_000 });
      ruleset.replace(payload);
      return { ruleset, keys: [...ruleset.keys()] };
    });
    fc.assert(
      fc.property(fc.constantFrom(...rulesets), fc.nat(), contextOf, ({ ruleset, keys }, pick, context) => {
        const key = keys[pick % keys.length]!;
        const { value, variation, reason } = evaluate(ruleset, key, 'none' as unknown, context as never);
        expectSame(typeof reason, 'string');
        expectSame(variation === undefined, value === 'none');
        expectSame(typeof isEnabled(ruleset, key, context as never), 'boolean');
      }),
      { numRuns: CASES },
    );
    expect(Reflect.ownKeys(Object.prototype).map(String)).toEqual(before);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('survives contexts that throw, and revoked proxies', () => {
    const ruleset = rulesetOf({ half: rollout(50_000) });
    const trap = new Proxy(
      {},
      {
        getOwnPropertyDescriptor: () => {
          throw new Error('no');
        },
      },
    );
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const thrower = {
      get targetingKey() {
        throw new Error('no');
      },
    };
    for (const context of [trap, proxy, thrower]) {
      expect(evaluate(ruleset, 'half', true, context as never)).toMatchObject({ value: true, errorCode: 'GENERAL' });
    }
  });
});

describe('values that JSON cannot carry', () => {
  const ruleset = rulesetOf({
    equal: booleanFlag({
      rules: [
        {
          id: 'r',
          when: [{ attribute: 'a', operator: 'in', values: ['NaN', 'Infinity', '5'] }],
          serve: { variation: 'on' },
        },
      ],
    }),
    unequal: booleanFlag({
      rules: [
        { id: 'r', when: [{ attribute: 'a', operator: 'in', values: ['x'], not: true }], serve: { variation: 'on' } },
      ],
    }),
    below: booleanFlag({
      rules: [{ id: 'r', when: [{ attribute: 'a', operator: 'lt', values: [5] }], serve: { variation: 'on' } }],
    }),
    exists: booleanFlag({
      rules: [{ id: 'r', when: [{ attribute: 'a', operator: 'exists', values: [] }], serve: { variation: 'on' } }],
    }),
  });

  test.each([
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    undefined,
    Symbol('x'),
    () => 'x',
    new Date(Number.NaN),
    new Map(),
  ])('%s counts as missing', (a) => {
    for (const key of ['equal', 'unequal', 'below', 'exists']) expect(isEnabled(ruleset, key, { a })).toBe(false);
  });

  test('inherited attributes count as missing, own ones without a prototype count', () => {
    const inherited = Object.create({ a: '5', targetingKey: 'anna' });
    expect(isEnabled(ruleset, 'equal', inherited)).toBe(false);
    expect(isEnabled(ruleset, 'equal', Object.assign(Object.create(null), { a: '5' }))).toBe(true);
    expect(evaluate(rulesetOf({ all: rollout(100_000) }), 'all', false, inherited).errorCode).toBe(
      'TARGETING_KEY_MISSING',
    );
  });

  test('no context, or one that is none, is one without attributes', () => {
    for (const context of [undefined, null, 5, 'anna', true, []]) {
      expect(evaluate(ruleset, 'unequal', true, context as never)).toMatchObject({ value: false, reason: 'DEFAULT' });
    }
  });
});

describe('values over their limits', () => {
  const longest = 65_536;
  const ruleset = rulesetOf({
    starts: booleanFlag({
      rules: [
        { id: 'r', when: [{ attribute: 'a', operator: 'startsWith', values: ['x'] }], serve: { variation: 'on' } },
      ],
    }),
    never: booleanFlag({
      rules: [{ id: 'r', when: [{ attribute: 'a', operator: 'in', values: ['y'] }], serve: { variation: 'on' } }],
    }),
    plain: booleanFlag({ fallthrough: { variation: 'on' } }),
  });

  test('make the context invalid where they are read', () => {
    expect(isEnabled(ruleset, 'starts', { a: 'x'.repeat(longest) })).toBe(true);
    const tooLong = ['x'.repeat(longest + 1), ['z', 'z'.repeat(longest)], new Array(longest + 2).fill('z')];
    for (const a of tooLong) {
      expect(evaluate(ruleset, 'never', true, { a })).toMatchObject({ value: true, errorCode: 'INVALID_CONTEXT' });
    }
    expect(evaluate(ruleset, 'never', true, { a: new Array(1e9) }).errorCode).toBe('INVALID_CONTEXT');
  });

  test('do no harm where nobody reads them', () => {
    expect(isEnabled(ruleset, 'plain', { a: 'x'.repeat(longest * 4), targetingKey: 'x'.repeat(longest) })).toBe(true);
  });
});

describe('a rollout', () => {
  const people = Math.max(CASES, 100_000);

  test('only ever adds people: 1 → 10 → 25 → 50 → 100 %, and nobody leaves', () => {
    // With speed, which changes no answer: see speed.test.ts.
    const steps = [0, 1_000, 10_000, 25_000, 50_000, 100_000].map(
      (parts) => rulesetOf({ ramp: rollout(parts) }, { speed: SPEED }).get('ramp')!,
    );
    const reached = steps.map(() => 0);
    for (let i = 0; i < people; i++) {
      const context = { targetingKey: `user-${i}` };
      let was = false;
      for (const [step, flag] of steps.entries()) {
        const is = flag.variation(flag.decide(context))?.key === 'on';
        if (was && !is) expect.fail(`user-${i} left at step ${step}`);
        was = is;
        if (is) reached[step]!++;
      }
    }
    expect([reached[0], reached.at(-1)]).toEqual([0, people]);
    for (const [step, share] of [0, 0.01, 0.1, 0.25, 0.5, 1].entries()) {
      expect(Math.abs(reached[step]! / people - share)).toBeLessThan(
        5 * Math.sqrt((share * (1 - share)) / people) + 1e-9,
      );
    }
  });

  test('is even: the chi-square over 1,000 groups of buckets is not out of the ordinary', () => {
    const groups = new Array<number>(1_000).fill(0);
    for (let i = 0; i < people; i++) groups[Math.floor(bucketOf('even', `user-${i}`) / 100)]!++;
    const expected = people / groups.length;
    const chiSquare = groups.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // 999 degrees of freedom: 1,143.9 is exceeded once in a thousand times (Wilson–Hilferty).
    expect(chiSquare).toBeLessThan(1_143.9);
    expect(chiSquare).toBeGreaterThan(862);
  });

  test('of one flag says nothing about that of another, nor about neighbouring keys', () => {
    const n = people;
    const bucketsOf = (seed: string): number[] => Array.from({ length: n + 1 }, (_, i) => bucketOf(seed, `user-${i}`));
    const correlation = (one: readonly number[], other: readonly number[]): number => {
      let [x, y, xx, yy, xy] = [0, 0, 0, 0, 0];
      for (let i = 0; i < n; i++) {
        const [a, b] = [one[i]!, other[i]!];
        x += a;
        y += b;
        xx += a * a;
        yy += b * b;
        xy += a * b;
      }
      return (n * xy - x * y) / Math.sqrt((n * xx - x * x) * (n * yy - y * y));
    };
    // 4 standard errors for so many people; below 0.01 for a million.
    const limit = Math.max(0.01, 4 / Math.sqrt(n));
    const [a, b] = [bucketsOf('flag-a'), bucketsOf('flag-b')];
    expect(Math.abs(correlation(a, b))).toBeLessThan(limit);
    expect(Math.abs(correlation(a, a.slice(1)))).toBeLessThan(limit);
  });

  test('of two flags with one seed reaches the same people', () => {
    const ruleset = rulesetOf({
      a: rollout(10_000, 'canary'),
      b: rollout(10_000, 'canary'),
      c: rollout(10_000, 'other'),
    });
    const on = (key: string): string[] =>
      Array.from({ length: 5_000 }, (_, i) => `user-${i}`).filter((targetingKey) =>
        isEnabled(ruleset, key, { targetingKey }),
      );
    expect(on('a')).toEqual(on('b'));
    expect(on('a')).not.toEqual(on('c'));
  });
});

describe('an explanation', () => {
  test('names what decided, and agrees with the evaluator in every case of the vectors', () => {
    for (const { ruleset: payload, cases } of loadDecisions()) {
      let now = 0;
      const ruleset = new Ruleset({ clock: () => now });
      ruleset.replace(payload);
      for (const each of cases) {
        now = each.now ?? 0;
        const { evaluation, decidedBy, rules, fallthrough, target, prerequisites } = explain(
          ruleset,
          each.flag,
          each.context,
        );
        const served = evaluate(ruleset, each.flag, evaluation.value as unknown, each.context);
        expect(evaluation.variation).toBe(served.variation);
        switch (decidedBy) {
          case 'rule':
            expect(rules.at(-1)?.id).toBe(evaluation.ruleId);
            if (rules.at(-1)?.split) expect(rules.at(-1)?.split?.variation).toBe(evaluation.variation);
            break;
          case 'fallthrough':
            expect(evaluation.ruleId).toBeUndefined();
            if (fallthrough?.variation) expect(fallthrough.variation).toBe(evaluation.variation);
            break;
          case 'target':
            expect(target?.variation).toBe(evaluation.variation);
            break;
          case 'prerequisite':
            expect(evaluation.reason).toBe('PREREQUISITE_FAILED');
            expect(prerequisites.at(-1)?.isMet).toBe(false);
            break;
          case 'off':
            expect(evaluation.reason).toBe('DISABLED');
            break;
          case 'nothing':
            expect(evaluation.reason).toBe('ERROR');
            break;
        }
      }
    }
  });

  test('shows each condition, the bucket and the slices', () => {
    const flag = booleanFlag({
      rules: [
        {
          id: 'pros',
          when: [
            { attribute: 'plan', operator: 'in', values: ['pro'] },
            { attribute: 'age', operator: 'gte', values: [18] },
          ],
          serve: { variation: 'on' },
        },
        { id: 'some', when: [], serve: { slices: [{ variation: 'on', parts: 1 }] } },
      ],
    });
    const explanation = explain(rulesetOf({ flag }), 'flag', { targetingKey: 'anna', plan: 'pro', age: 17 });
    expect(explanation.decidedBy).toBe('fallthrough');
    expect(explanation.rules).toEqual([
      {
        id: 'pros',
        index: 0,
        matches: false,
        split: undefined,
        conditions: [
          { attribute: 'plan', operator: 'in', not: false, actual: 'pro', matches: true, isKnown: true },
          { attribute: 'age', operator: 'gte', not: false, actual: '17', matches: false, isKnown: true },
        ],
      },
      {
        id: 'some',
        index: 1,
        matches: true,
        conditions: [],
        split: {
          by: 'targetingKey',
          key: 'anna',
          seed: 'seed',
          bucket: bucketOf('seed', 'anna'),
          slices: [{ variation: 'on', from: 0, to: 1 }],
          variation: undefined,
        },
      },
    ]);
  });
});
