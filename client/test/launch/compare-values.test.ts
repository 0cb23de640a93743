import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareValues } from '../../src/launch/compare-values.ts';
import { copyValue } from '../../src/launch/copy-value.ts';
import { ignoring } from '../../src/launch/ignored-paths.ts';

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}

/** `kind at path`, or just the kind. */
function verdictOn(control: unknown, candidate: unknown, ...ignore: string[]): string {
  const verdict = compareValues(control, candidate, ignoring(ignore));
  return verdict.kind === 'different' ? `${verdict.difference} at /${verdict.segments.join('/')}` : verdict.kind;
}

const cyclic = () => {
  const ring: { name: string; self?: unknown } = { name: 'ring' };
  ring.self = ring;
  return ring;
};

describe('two values are alike', () => {
  it.each([
    ['whatever the order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['if one has a member that is undefined and the other none', { a: 1, b: undefined }, { a: 1 }],
    ['if both are no number', { a: Number.NaN }, { a: Number.NaN }],
    ['if they are 0 and -0', 0, -0],
    ['as dates of one instant', new Date(5), new Date(5)],
    ['as maps and sets of the same', new Map([['a', new Set([1, 2])]]), new Map([['a', new Set([2, 1])]])],
    ['as sets of objects that look the same', new Set([{ a: 1 }]), new Set([{ a: 1 }])],
    ['as bytes', new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    ['as instances of one class', new Money(5), new Money(5)],
    ['with or without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['as rings of one shape', cyclic(), cyclic()],
    ['as errors of one class and message', new RangeError('x'), new RangeError('x')],
  ])('%s', (_, control, candidate) => {
    expect(verdictOn(control, candidate)).toBe('same');
  });
});

describe('two values differ', () => {
  it.each([
    [
      'in a value',
      { lines: [{ price: 1 }, { price: 2 }] },
      { lines: [{ price: 1 }, { price: 3 }] },
      'value at /lines/*/price',
    ],
    ['in a type', { a: 1 }, { a: '1' }, 'type at /a'],
    ['in null', { a: null }, { a: {} }, 'type at /a'],
    ['in a member that the candidate lacks', { a: 1, b: 2 }, { a: 1 }, 'missing at /b'],
    ['in one that it has beyond', { a: 1 }, { a: 1, b: 2 }, 'added at /b'],
    ['in a list that is shorter', [1, 2], [1], 'missing at /*'],
    ['in a list that is longer', [1], [1, 2], 'added at /*'],
    ['as a list and an object', [], {}, 'type at /'],
    ['as instances of two classes', new Money(1), { cents: 1 }, 'type at /'],
    ['in an instant', new Date(5), new Date(6), 'value at /'],
    ['in a byte', new Uint8Array([1, 2]), new Uint8Array([1, 3]), 'value at /'],
    ['in an entry of a map', new Map([['a', 1]]), new Map([['a', 2]]), 'value at /a'],
    ['in a member of a set', new Set(['a']), new Set(['b']), 'missing at /a'],
    ['in a key named __proto__', JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 2}'), 'value at /__proto__'],
  ])('%s', (_, control, candidate, expected) => {
    expect(verdictOn(control, candidate)).toBe(expected);
  });
});

describe('a path that may differ', () => {
  const control = { id: 1, items: [{ id: 1, price: 1 }], debug: { a: { b: 1 } }, 'a/b': 1 };

  it.each([
    ['/id', { ...control, id: 2 }, 'ignored'],
    ['/items/*/id', { ...control, items: [{ id: 2, price: 1 }] }, 'ignored'],
    ['/items/*/id', { ...control, items: [{ id: 2, price: 2 }] }, 'value at /items/*/price'],
    ['/debug/**', { ...control, debug: { a: { b: 2, c: 3 } } }, 'ignored'],
    ['/debug/*', { ...control, debug: { a: { b: 2 } } }, 'value at /debug/a/b'],
    ['/a~1b', { ...control, 'a/b': 2 }, 'ignored'],
    ['id', { ...control, id: 2 }, 'value at /id'],
    ['/**', { nothing: 'alike' }, 'ignored'],
  ])('%s', (path, candidate, expected) => {
    expect(verdictOn(control, candidate, path)).toBe(expected);
  });
});

describe('a comparison never throws', () => {
  it('not of values that are too large or too deep, which are not compared', () => {
    const large = () => Array.from({ length: 60_000 }, (_, i) => ({ i }));
    expect(verdictOn(large(), large())).toBe('failed');
    const deep = (levels: number): unknown => (levels ? { next: deep(levels - 1) } : {});
    expect(verdictOn(deep(1_000), deep(1_000))).toBe('failed');
  });

  it('not of anything', () => {
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withDate: true }), fc.anything(), (one, other) => {
        expect(['same', 'different', 'ignored', 'failed']).toContain(compareValues(one, other).kind);
      }),
    );
  });
});

describe('a copy', () => {
  const anyData = fc.anything({ withMap: true, withSet: true, withDate: true, withTypedArray: true, withBigInt: true });

  it('is like what it was taken of', () => {
    fc.assert(
      fc.property(anyData, (value) => {
        const copied = copyValue(value);
        expect(copied.copied && compareValues(value, copied.value).kind).toBe('same');
      }),
      { numRuns: 500 },
    );
  });

  it('does not change with it, wherever that is changed', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.array(fc.integer(), { minLength: 1 }), { minKeys: 1 }), (value) => {
        const copied = copyValue(value);
        const before = JSON.stringify(value);
        for (const list of Object.values(value)) list.push(0);
        expect(copied.copied && JSON.stringify(copied.value)).toBe(before);
      }),
    );
  });

  it('leads to where a single leaf was changed', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 8 }), (path) => {
        const nested = (leaf: number) =>
          path.reduceRight<unknown>(
            (inner, key) =>
              Object.fromEntries([
                [key, inner],
                ['z\u0000', 1],
              ]),
            leaf,
          );
        expect(compareValues(nested(1), nested(2))).toMatchObject({ kind: 'different', segments: path });
      }),
    );
  });

  it('keeps rings, prototypes, functions and keys that bite', () => {
    const ring = copyValue(cyclic());
    expect(ring.copied && ring.value.self === ring.value).toBe(true);
    const money = copyValue(new Money(5));
    expect(money.copied && money.value).toBeInstanceOf(Money);
    const run = () => 1;
    expect(copyValue({ run })).toEqual({ copied: true, value: { run } });
    const proto = copyValue(JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(proto.copied && Object.keys(proto.value)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['a promise', { later: Promise.resolve() }, 'uncopyable'],
    ['a response', new Response('x'), 'uncopyable'],
    [
      'a getter that throws',
      {
        get a() {
          throw new Error('x');
        },
      },
      'uncopyable',
    ],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('x');
          },
        },
      ),
      'uncopyable',
    ],
    ['more objects than anybody compares', Array.from({ length: 30_000 }, () => ({})), 'large'],
    ['a list that claims to be long', Object.assign([], { length: 4_000_000_000 }), 'large'],
    ['ten megabytes of text', { text: 'x'.repeat(10_000_000) }, 'large'],
    ['ten megabytes of bytes', new Uint8Array(10_000_000), 'large'],
  ])('is refused of %s', (_, value, why) => {
    expect(copyValue(value)).toEqual({ copied: false, why });
  });
});
