import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareValues } from '../../src/launch/compare-values.ts';
import { copyValue } from '../../src/launch/copy-value.ts';
import { ignoring, unusablePath } from '../../src/launch/ignored-paths.ts';

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}

/** `kind at path`, or just the kind. */
function verdictOn(control: unknown, candidate: unknown, ...ignore: string[]): string {
  const verdict = compareValues(control, candidate, ignoring(ignore));
  if (verdict.kind === 'failed') return `not compared: ${verdict.cause}`;
  if (verdict.kind === 'ignored' && verdict.isWhole) return 'ignored as a whole';
  return verdict.kind === 'different' ? `${verdict.difference} at /${verdict.segments.join('/')}` : verdict.kind;
}

const hostile = new Proxy(
  {},
  {
    getPrototypeOf() {
      throw new Error('x');
    },
  },
);

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
      'value at /lines/1/price',
    ],
    ['in a type', { a: 1 }, { a: '1' }, 'type at /a'],
    ['in null', { a: null }, { a: {} }, 'type at /a'],
    ['in a member that the candidate lacks', { a: 1, b: 2 }, { a: 1 }, 'missing at /b'],
    ['in one that it has beyond', { a: 1 }, { a: 1, b: 2 }, 'added at /b'],
    ['in a list that is shorter', [1, 2], [1], 'missing at /1'],
    ['in a list that is longer', [1], [1, 2], 'added at /1'],
    ['as a list and an object', [], {}, 'type at /'],
    ['as instances of two classes', new Money(1), { cents: 1 }, 'type at /'],
    ['in an instant', new Date(5), new Date(6), 'value at /'],
    ['in a byte', new Uint8Array([1, 2]), new Uint8Array([1, 3]), 'value at /'],
    ['in an entry of a map', new Map([['a', 1]]), new Map([['a', 2]]), 'value at /a'],
    ['in a member of a set', new Set(['a']), new Set(['b']), 'value at /*'],
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
    ['/items/*/id', { ...control, items: [{ id: 2, price: 2 }] }, 'value at /items/0/price'],
    ['/debug/**', { ...control, debug: { a: { b: 2, c: 3 } } }, 'ignored'],
    ['/debug/*', { ...control, debug: { a: { b: 2 } } }, 'ignored'],
    ['/debug', { ...control, debug: { a: { b: 2 } } }, 'ignored'],
    ['/debug/b', { ...control, debug: { a: { b: 2 } } }, 'value at /debug/a/b'],
    ['/items/0/id', { ...control, items: [{ id: 2, price: 1 }] }, 'ignored'],
    ['/items/1/id', { ...control, items: [{ id: 2, price: 1 }] }, 'value at /items/0/id'],
    ['/items/**', { ...control, items: [] }, 'ignored'],
    ['/a~1b', { ...control, 'a/b': 2 }, 'ignored'],
    ['id', { ...control, id: 2 }, 'value at /id'],
    ['/**', { nothing: 'alike' }, 'ignored as a whole'],
    ['/**', control, 'same'],
  ])('%s', (path, candidate, expected) => {
    expect(verdictOn(control, candidate, path)).toBe(expected);
  });
});

describe('the same object at two paths', () => {
  const twice = (n: number) => {
    const shared = { n };
    return { debug: shared, data: shared };
  };
  const ring = (t: number) => {
    const made: { t: number; self?: unknown } = { t };
    made.self = made;
    return made;
  };

  it('is compared at the one that may not differ', () => {
    expect(verdictOn(twice(1), twice(2), '/debug')).toBe('value at /data/n');
    expect(verdictOn(ring(1), ring(2), '/t')).toBe('value at /self/t');
  });

  it('is not compared for ever', () => {
    expect(verdictOn(ring(1), ring(2), '/**')).toBe('ignored as a whole');
    expect(verdictOn(ring(1), ring(1), '/other')).toBe('same');
  });
});

describe('a path that can match nothing', () => {
  it.each([
    ['updatedAt', '"updatedAt"'],
    ['', '""'],
    ['/a/**/b', '"/a/**/b"'],
    ['/a~2b', '"/a~2b"'],
    [5, 'number'],
  ])('is named: %s', (path, named) => {
    expect(unusablePath(['/fine', path])).toBe(named);
  });

  it('is not one that can', () => {
    expect(unusablePath(['/a', '/items/*/id', '/items/0', '/debug/**', '/a~1b', '/'])).toBeUndefined();
    expect(unusablePath(undefined)).toBeUndefined();
    expect(unusablePath('/a')).toBe('/a (it takes a list)');
  });
});

describe('a comparison never throws', () => {
  it('not of values that are too large or too deep, which are not compared', () => {
    const large = () => Array.from({ length: 60_000 }, (_, i) => ({ i }));
    expect(verdictOn(large(), large())).toBe('not compared: large');
    const deep = (levels: number): unknown => (levels ? { next: deep(levels - 1) } : {});
    expect(verdictOn(deep(1_000), deep(1_000))).toBe('not compared: large');
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

  it('keeps rings, prototypes and keys that bite', () => {
    const ring = copyValue(cyclic());
    expect(ring.copied && ring.value.self === ring.value).toBe(true);
    const money = copyValue(new Money(5));
    expect(money.copied && money.value).toBeInstanceOf(Money);
    const proto = copyValue(JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(proto.copied && Object.keys(proto.value)).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['a promise', { later: Promise.resolve() }, 'unread', ['later']],
    ['a response', new Response('x'), 'unread', []],
    ['a function', { run: () => 1 }, 'opaque', ['run']],
    ['a proxy that throws', { proxy: hostile }, 'opaque', ['proxy']],
    ['more objects than anybody compares', Array.from({ length: 30_000 }, () => ({})), 'large', undefined],
    ['a list that claims to be long', Object.assign([], { length: 4_000_000_000 }), 'large', []],
    ['ten megabytes of text', { text: 'x'.repeat(10_000_000) }, 'large', []],
    ['ten megabytes of bytes', { bytes: new Uint8Array(10_000_000) }, 'large', ['bytes']],
  ])('is refused of %s, and the place is named', (_, value, why, where) => {
    const copied = copyValue(value);
    expect(copied).toMatchObject({ copied: false, why });
    if (where) expect(copied).toMatchObject({ where });
  });
});
