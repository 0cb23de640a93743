import { evaluate, isEnabled, type Patch, Ruleset, type Snapshot } from '@dimmer/core';
import { explain } from '@dimmer/core/explain';
import { exportFlagd } from '@dimmer/core/flagd';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadDecisions } from '../../test/vectors/vectors.ts';
import { booleanFlag, rollout, snapshot } from './rulesets.ts';
import { expectSame } from './same.ts';

/** More with DIMMER_CASES=1000000. */
const CASES = Number(process.env.DIMMER_CASES ?? 20_000);

const NAMES = ['targetingKey', 'a', 'plan', 'country', 'age', '__proto__', 'constructor', 'address', '/address/city'];

function throws(): never {
  throw new Error('no');
}

const revoked = (): unknown => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

const cyclic = (): unknown => {
  const object: { [name: string]: unknown } = { targetingKey: 'anna' };
  const list: unknown[] = [object];
  return Object.assign(object, { a: object, plan: list, address: { city: list }, age: list });
};

/** Makes a value only when it is asked for one: the test's own tools would stumble over these. */
type Maker = () => unknown;

/** What a host may hand over by mistake, and nobody expects. */
const oddValue: fc.Arbitrary<Maker> = fc.oneof(
  fc.constantFrom<Maker[]>(
    () => throws,
    () => Symbol('x'),
    () => 10n ** 40n,
    () => new Proxy({}, { get: throws, has: throws, ownKeys: throws, getOwnPropertyDescriptor: throws }),
    () => new Proxy([], { get: throws }),
    revoked,
    cyclic,
    () => Object.create(null),
    () => ({ toString: throws, valueOf: throws, toJSON: throws, [Symbol.toPrimitive]: throws }),
    () => Object.defineProperty(['x'], 0, { get: throws }),
    () => new Date(Number.NaN),
    () => /x/g,
    () => new Uint8Array(3),
    () => new Array(1e9),
    () => Object('text'),
    () => '\ud800'.repeat(2_000),
    () => 'a'.repeat(100_000),
  ),
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withSparseArray: true }).map((it) => {
    return () => it;
  }),
);

const attributes = fc.dictionary(fc.constantFrom(...NAMES), oddValue).map((makers) => {
  return () => Object.fromEntries(Object.entries(makers).map(([name, make]) => [name, make()]));
});

const context: fc.Arbitrary<Maker> = fc.oneof(
  oddValue,
  attributes,
  attributes.map((make) => () => Object.create(make())),
  fc.subarray(NAMES).map((names) => {
    return () => Object.defineProperties({}, Object.fromEntries(names.map((name) => [name, { get: throws }])));
  }),
);

const rulesets = loadDecisions().map(({ ruleset }) => ruleset);
const flags = rulesets.flatMap((each) => Object.values(each.flags));
const segments = rulesets.flatMap((each) => Object.values(each.segments));

/** A path into a document, as numbers that pick among what is there; the last one says how deep it goes. */
const path = fc.array(fc.nat(50), { minLength: 1, maxLength: 8 });
const junk = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(null, -1, 1.5, 1e9, '', [], {}, [[]], '__proto__', 'matches', 'inSegment', true),
);

/** A copy in which one thing, somewhere, is another. */
function damage(document: unknown, [pick = 0, ...rest]: readonly number[], by: unknown): unknown {
  if (typeof document !== 'object' || document === null) return by;
  const names = Object.keys(document);
  const name = names[pick % (names.length || 1)];
  if (name === undefined || rest.length === 0) return by;
  const copy: { [name: string]: unknown } | unknown[] = Array.isArray(document) ? [...document] : { ...document };
  Object.defineProperty(copy, name, {
    value: damage((document as { [name: string]: unknown })[name], rest, by),
    enumerable: true,
  });
  return copy;
}

const damaged = (documents: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc
    .record({ document: fc.constantFrom(...documents), spots: fc.array(fc.tuple(path, junk), { maxLength: 3 }) })
    .map(({ document, spots }) => spots.reduce((copy, [where, by]) => damage(copy, where, by), document));

/** Flags that are nearly good, and flags that are anything. */
const anyFlag = fc.oneof({ weight: 4, arbitrary: damaged(flags) }, { weight: 1, arbitrary: fc.jsonValue() });
const anySegment = fc.oneof({ weight: 4, arbitrary: damaged(segments) }, { weight: 1, arbitrary: fc.jsonValue() });

function ask(ruleset: Ruleset, key: string, asked: never): void {
  for (const defaultValue of [false, 'none', 5, null, {}] as unknown[]) {
    const { value, variation, reason } = evaluate(ruleset, key, defaultValue, asked);
    if (variation === undefined) expectSame(value, defaultValue);
    expectSame(typeof reason, 'string');
  }
  expectSame(typeof isEnabled(ruleset, key, asked), 'boolean');
}

describe('whatever comes, nothing throws and Object.prototype stays as it is', () => {
  function keepPrototype(run: () => void): void {
    const before = Object.getOwnPropertyNames(Object.prototype);
    run();
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    for (const _ in {}) expect.fail('something is enumerable on every object');
  }

  test('for any flags, segments and contexts', () => {
    keepPrototype(() => {
      const property = fc.property(
        anyFlag,
        anyFlag,
        anySegment,
        fc.array(context, { minLength: 5, maxLength: 5 }),
        (flag, other, segment, contexts) => {
          const ruleset = new Ruleset({ clock: () => 0 });
          const good = booleanFlag({ fallthrough: { variation: 'on' } });
          const payload = JSON.parse('{"__proto__":null}');
          Object.assign(payload, { flag, other, good });
          ruleset.replace(snapshot(payload, { testers: segment, segment } as never));
          ruleset.patch({ ...snapshot({}), from: '', flags: { flag: other, constructor: flag } } as Patch);
          for (const make of contexts) {
            const each = make();
            for (const key of ['flag', 'other', '__proto__', 'constructor', 'gone']) ask(ruleset, key, each as never);
            // One bad flag is nobody else's trouble.
            expectSame(isEnabled(ruleset, 'good', each as never), true);
          }
          ruleset.drain(() => {});
        },
      );
      // A hundred questions, and more, in every run.
      fc.assert(property, { numRuns: Math.ceil(CASES / 100) });
    });
  });

  test('for any payload', () => {
    keepPrototype(() => {
      const payload = fc.oneof(damaged([...rulesets, snapshot({ half: rollout(50_000) })]), fc.jsonValue());
      const property = fc.property(payload, context, (received, make) => {
        const asked = make();
        const ruleset = new Ruleset();
        ruleset.replace(received as Snapshot);
        ruleset.patch(received as Patch);
        for (const key of [...ruleset.keys()].slice(0, 5)) ask(ruleset, key, asked as never);
      });
      fc.assert(property, { numRuns: Math.ceil(CASES / 50) });
    });
  });

  test.each([
    ['a version that cannot be written as text', { schema: { toString: 0 } }],
    ['flags that are a list', { flags: [] }],
    ['no id', { id: null }],
  ])('for a payload with %s, of which nothing is applied', (_, odd) => {
    const ruleset = new Ruleset();
    expect(ruleset.replace({ ...snapshot({ half: rollout(50_000) }), ...odd } as never).applied).toBe(false);
    expect([...ruleset.keys()]).toEqual([]);
  });

  test('for whoever asks for an explanation, which is about a context that came as JSON', () => {
    const json = fc.dictionary(fc.constantFrom(...NAMES), fc.jsonValue());
    keepPrototype(() => {
      const property = fc.property(damaged(rulesets), fc.nat(), json, (payload, pick, asked) => {
        const ruleset = new Ruleset();
        ruleset.replace(payload as Snapshot);
        const keys = [...ruleset.keys()];
        explain(ruleset, keys[pick % keys.length] ?? 'gone', asked);
      });
      fc.assert(property, { numRuns: Math.ceil(CASES / 20) });
    });
  });

  test('for whoever exports any flags to flagd', () => {
    keepPrototype(() => {
      const property = fc.property(anyFlag, anySegment, (flag, segment) => {
        exportFlagd(snapshot({ flag } as never, { testers: segment, segment } as never));
      });
      fc.assert(property, { numRuns: Math.ceil(CASES / 20) });
    });
  });
});
