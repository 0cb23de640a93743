/** What a launch takes for the same, for different, and for what it cannot compare, type by type. */
import { createSecretKey, generateKeySync } from 'node:crypto';
import { Readable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { compareValues } from '../../src/launch/compare-values.ts';
import { copyValue } from '../../src/launch/copy-value.ts';

/** As a launch does it: both are copied to be looked at, and the copies are compared. */
function outcomeOf(control: unknown, candidate: unknown): string {
  const [one, other] = [copyValue(control, { toLook: true }), copyValue(candidate, { toLook: true })];
  if (!one.copied || !other.copied) return 'not copied';
  const verdict = compareValues(one.value, other.value);
  return verdict.kind === 'failed' ? verdict.cause : verdict.kind;
}

class Secretive {
  #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  add(more: number): void {
    this.#cents += more;
  }
}
class Telling extends Secretive {
  readonly #text: string;
  constructor(text: string) {
    super(0);
    this.#text = text;
  }
  toJSON(): unknown {
    return { text: this.#text };
  }
}
class Worth {
  readonly #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  valueOf(): number {
    return this.#cents;
  }
}
class Vault {
  readonly #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  equals(other: Vault): boolean {
    return this.#cents === other.#cents;
  }
}
/** As libraries of decimals make them: by a function, and each carries its class. */
interface Decimal {
  readonly digits: number[];
  plus(more: number): Decimal;
}
const Decimal = function (this: { digits: number[] }, text: string) {
  Object.assign(this, { constructor: Decimal, digits: [...`${Number(text)}`].map(Number) });
} as unknown as new (
  text: string,
) => Decimal;
Decimal.prototype.plus = function (this: Decimal, more: number) {
  return new Decimal(`${Number(this.digits.join('')) + more}`);
};

/** As drivers make their ids: bytes, and the text once it has been asked for. */
class ObjectId {
  readonly buffer: Buffer;
  __id?: string;
  constructor(hex: string, asked = false) {
    this.buffer = Buffer.from(hex, 'hex');
    if (asked) this.__id = hex;
  }
  equals(other: ObjectId): boolean {
    return this.buffer.equals(other.buffer);
  }
  toJSON(): string {
    return this.buffer.toString('hex');
  }
}
class Hashed {
  readonly at: string;
  readonly hash = Math.random();
  constructor(at: string) {
    this.at = at;
  }
  equals(other: Hashed): boolean {
    return this.at === other.at;
  }
}
/** Older drivers have the bytes under a name that records have. */
class OlderId {
  readonly id: Buffer;
  readonly asked = Math.random();
  constructor(hex: string) {
    this.id = Buffer.from(hex, 'hex');
  }
  equals(other: OlderId): boolean {
    return this.id.equals(other.id);
  }
}
class User {
  readonly id: number;
  readonly name: string;
  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
  }
  equals(other: User): boolean {
    return this.id === other.id;
  }
}
class Plain {
  readonly text = '#cents; is not a field';
  readonly n: number;
  constructor(n: number) {
    this.n = n;
  }
  #isSmall(): boolean {
    return this.n < 5;
  }
  get isSmall(): boolean {
    return this.#isSmall();
  }
}
class Open {
  readonly n: number;
  #asked = 0;
  constructor(n: number) {
    this.n = n;
  }
  ask(): number {
    return ++this.#asked;
  }
}
class List extends Array<number> {}
class Ids extends Map<string, number> {}
class SecretIds extends Map<string, number> {
  #more = 0;
  grow(): number {
    return ++this.#more;
  }
}
const manyObjects = (step: 1 | -1) =>
  new Set(
    Array.from({ length: 300 }, (_, i) => ({ i: step * i }))
      .sort((a, b) => a.i - b.i)
      .map(({ i }) => ({ i: Math.abs(i) })),
  );
const hiddenState = (n: number) => Object.defineProperty({}, 'n', { value: n });
const getter = (n: number) => ({
  get n() {
    return n;
  },
});
const named = (...entries: [string, string][]) => {
  const form = new FormData();
  for (const [name, value] of entries) form.append(name, value);
  return form;
};
function* counting(n: number) {
  yield n;
}
async function* countingLater(n: number) {
  yield n;
}
const elsewhere = (code: string) => runInNewContext(code) as unknown;
const key = (byte: number) => createSecretKey(Buffer.alloc(16, byte));
const symbol = Symbol('own');

describe('the same', () => {
  it.each<[string, unknown, unknown]>([
    ['dates', new Date(1), new Date(1)],
    ['patterns', /a/g, /a/g],
    ['big integers', 1n, 1n],
    ['NaN', { a: Number.NaN }, { a: Number.NaN }],
    ['buffers', Buffer.from('abc'), Buffer.from('abc')],
    ['a view on large memory and one on small', Buffer.alloc(100_000).subarray(5, 8), Buffer.alloc(3)],
    ['floats that are no number, or zero', new Float64Array([Number.NaN, 0]), new Float64Array([Number.NaN, -0])],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(2)), new Uint8Array(new SharedArrayBuffer(2))],
    ['views by DataView', new DataView(new ArrayBuffer(4)), new DataView(new ArrayBuffer(4))],
    ['lists of a class', List.from([1, 2]), List.from([1, 2])],
    ['maps of a class', new Ids([['a', 1]]), new Ids([['a', 1]])],
    [
      'maps in another order',
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
    ],
    ['maps whose keys are objects', new Map([[{ id: 1 }, 'a']]), new Map([[{ id: 1 }, 'a']])],
    ['sets of objects in another order', new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])],
    ['large sets of objects in another order', manyObjects(1), manyObjects(-1)],
    ['what is inherited from an object', Object.create({ i: 1 }), Object.create({ i: 1 })],
    ['sets of sets', new Set([new Set([1]), new Set([2])]), new Set([new Set([2]), new Set([1])])],
    ['addresses', new URL('https://a.example/?x=1'), new URL('https://a.example/?x=1')],
    ['parameters', new URLSearchParams('a=1&a=2'), new URLSearchParams('a=1&a=2')],
    ['headers, whatever their case', new Headers({ A: '1' }), new Headers({ a: '1' })],
    ['forms', named(['a', '1']), named(['a', '1'])],
    ['boxed values', Object('a'), Object('a')],
    ['errors', new RangeError('x'), new RangeError('x')],
    ['instances with private fields that say what they are', new Telling('a'), new Telling('a')],
    ['instances with private fields that stand for a value', new Worth(5), new Worth(5)],
    ['instances with private fields that compare themselves', new Vault(5), new Vault(5)],
    ['ids of a driver, one of which has been printed', new ObjectId('0a0b', true), new ObjectId('0a0b')],
    ['ids of older drivers', new OlderId('0a0b'), new OlderId('0a0b')],
    ['instances that differ only in what `equals` passes over', new Hashed('a'), new Hashed('a')],
    ['instances with private methods', new Plain(1), new Plain(1)],
    ['decimals', new Decimal('110'), new Decimal('0110')],
    ['keys of the platform', { key: key(1) }, { key: key(1) }],
    [
      'objects of another realm',
      elsewhere('({ a: [1, new Date(5), new Map([[1, 2]])] })'),
      { a: [1, new Date(5), new Map([[1, 2]])] },
    ],
    ['errors of another realm', elsewhere('new RangeError("x")'), new RangeError('x')],
    ['the same function', { run: outcomeOf }, { run: outcomeOf }],
    ['what is under symbols', { [symbol]: 1 }, { [symbol]: 1 }],
    ['matches', 'abc'.match(/b/), 'abc'.match(/b/)],
    ['lists with holes', Object.assign(Array(3), [1]), [1, undefined, undefined]],
  ])('%s', (_, control, candidate) => {
    expect(outcomeOf(control, candidate)).toBe('same');
  });
});

describe('different', () => {
  it.each<[string, unknown, unknown]>([
    ['dates', new Date(1), new Date(2)],
    ['a date and none', new Date(1), new Date(Number.NaN)],
    ['patterns', /a/g, /a/i],
    ['big integers and numbers', 1n, 1],
    ['null and undefined', null, undefined],
    ['null and its text', { a: null }, { a: 'null' }],
    ['sets of null and its text', new Set([null]), new Set(['null'])],
    ['sets of a number and its text', new Set([1]), new Set(['1'])],
    ['map keys null and its text', new Map([[null, 1]]), new Map([['null', 1]])],
    ['buffers', Buffer.from('abc'), Buffer.from('abd')],
    ['a buffer and an array of bytes', Buffer.from('a'), new Uint8Array([97])],
    ['memory', new Uint8Array([1]).buffer, new Uint8Array([2]).buffer],
    ['a list of a class and one of none', List.from([1, 2]), [1, 2]],
    ['maps whose keys are objects', new Map([[{ id: 1 }, 'a']]), new Map([[{ id: 2 }, 'a']])],
    ['values under keys that are objects', new Map([[{ id: 1 }, 'a']]), new Map([[{ id: 1 }, 'b']])],
    ['sets of objects', new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 1 }, { a: 3 }])],
    ['sets of equal objects and unequal ones', new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }])],
    ['addresses', new URL('https://a.example/'), new URL('https://b.example/')],
    ['parameters', new URLSearchParams('a=1&a=2'), new URLSearchParams('a=2&a=1')],
    ['headers', new Headers({ a: '1' }), new Headers({ a: '2' })],
    ['forms', named(['a', '1']), named(['a', '1'], ['a', '2'])],
    ['blobs of another size', new Blob(['a']), new Blob(['ab'])],
    ['boxed values', Object(1), Object(2)],
    ['a boxed value and one that is not', Object(1), 1],
    ['errors of two classes', new RangeError('x'), new TypeError('x')],
    ['errors of two codes', Object.assign(new Error('x'), { code: 1 }), Object.assign(new Error('x'), { code: 2 })],
    ['errors of two causes', new Error('x', { cause: 1 }), new Error('x', { cause: 2 })],
    ['fields of errors', Object.assign(new Error('x'), { field: 'a' }), Object.assign(new Error('x'), { field: 'b' })],
    ['instances with private fields that say what they are', new Telling('a'), new Telling('b')],
    ['instances with private fields that stand for a value', new Worth(5), new Worth(6)],
    ['instances with private fields that compare themselves', new Vault(5), new Vault(6)],
    ['what is to be seen of instances with private fields', new Open(1), new Open(2)],
    ['entries of maps of a class with private fields', new SecretIds([['a', 1]]), new SecretIds([['a', 2]])],
    ['ids of a driver', new ObjectId('0a0b'), new ObjectId('0a0c')],
    ['records, though `equals` says that they are the same one', new User(1, 'ann'), new User(1, 'bob')],
    ['instances of two classes with the same fields', new User(1, 'ann'), { id: 1, name: 'ann' }],
    ['decimals', new Decimal('11'), new Decimal('12')],
    ['keys of the platform', key(1), key(2)],
    ['a function and none', { run: () => 1 }, { run: 1 }],
    ['what is under symbols', { [symbol]: 1 }, { [symbol]: 2 }],
    ['what is not enumerable', hiddenState(1), hiddenState(2)],
    ['matches at two places', 'abb'.match(/b/), 'bab'.match(/b/)],
    ['what is inherited from an object', Object.create({ i: 1 }), Object.create({ i: 2 })],
    ['a difference beside what cannot be seen', { n: 1, run: () => 1 }, { n: 2, run: () => 1 }],
    ['objects of another realm', elsewhere('({ a: 1 })'), { a: 2 }],
  ])('%s', (_, control, candidate) => {
    expect(outcomeOf(control, candidate)).toBe('different');
  });
});

describe('not compared, for it cannot be seen (opaque) or would be taken (unread)', () => {
  it.each<[string, unknown, unknown, string]>([
    ['functions', { run: () => 1 }, { run: () => 1 }, 'opaque'],
    ['instances with private fields', new Secretive(1), new Secretive(2), 'opaque'],
    ['instances with private fields of which all else is the same', new Open(1), new Open(1), 'opaque'],
    ['maps of a class with private fields', new SecretIds(), new SecretIds(), 'opaque'],
    ['a set of them', new Set([new Secretive(1)]), new Set([new Secretive(1)]), 'opaque'],
    ['symbols of one name', { a: Symbol('a') }, { a: Symbol('a') }, 'opaque'],
    ['signals', new AbortController().signal, new AbortController().signal, 'opaque'],
    ['weak maps', new WeakMap(), new WeakMap(), 'opaque'],
    ['formats', new Intl.NumberFormat('en'), new Intl.NumberFormat('en'), 'opaque'],
    ['getters', getter(1), getter(2), 'unread'],
    ['blobs of one size', new Blob(['a']), new Blob(['b']), 'unread'],
    ['responses', new Response('a'), new Response('b'), 'unread'],
    ['requests', new Request('http://a.example'), new Request('http://a.example'), 'unread'],
    ['streams', new Response('a').body, new Response('b').body, 'unread'],
    ['streams of Node', Readable.from(['a']), Readable.from(['b']), 'unread'],
    ['generators', counting(1), counting(2), 'unread'],
    ['asynchronous generators', countingLater(1), countingLater(2), 'unread'],
    ['iterators', [1][Symbol.iterator](), [2][Symbol.iterator](), 'unread'],
    ['iterators of maps', new Map([[1, 1]]).entries(), new Map([[1, 2]]).entries(), 'unread'],
    ['promises', { later: Promise.resolve(1) }, { later: Promise.resolve(2) }, 'unread'],
  ])('%s', (_, control, candidate, cause) => {
    expect(outcomeOf(control, candidate)).toBe(cause);
  });

  it('a getter is not run, and a stream not touched, to find out', () => {
    let ran = 0;
    const lazy = {
      get rows() {
        return ++ran;
      },
    };
    const body = new Response('a').body;
    outcomeOf({ lazy, body }, { lazy: getter(1), body: null });
    expect(ran).toBe(0);
    expect(body?.locked).toBe(false);
  });
});

describe('a copy that a shadow gets is true', () => {
  function copied<Value>(value: Value): Value {
    const copy = copyValue(value);
    if (!copy.copied) throw new Error(`refused: ${copy.why} at /${copy.where.join('/')}`);
    return copy.value;
  }

  it.each<[string, unknown]>([
    ['an instance with bound methods', { add: function add() {}.bind(null) }],
    ['closures', { add: () => 1 }],
    ['private fields', new Secretive(1)],
    ['private methods', new Plain(1)],
    ['a class of the platform that keeps its state', new Intl.DateTimeFormat()],
    ['a signal', new AbortController().signal],
    ['shared memory', new Uint8Array(new SharedArrayBuffer(4))],
    ['what inherits from an object that holds more', Object.create({ list: [1] })],
    [
      'two views on the same bytes',
      (() => {
        const memory = new ArrayBuffer(8);
        return [new Uint8Array(memory), new Uint8Array(memory, 4)];
      })(),
    ],
    ['a stream', Readable.from([])],
    ['a property with a setter', Object.defineProperty({}, 'a', { get: () => 1, set: () => {}, enumerable: true })],
  ])('or it is none: %s', (_, value) => {
    expect(copyValue({ value })).toMatchObject({ copied: false, where: expect.arrayContaining(['value']) });
  });

  it('of what the platform has', () => {
    expect(copied(new URL('https://a.example/x')).host).toBe('a.example');
    expect(copied(new Headers({ a: '1' })).get('a')).toBe('1');
    expect(copied(new URLSearchParams('a=1')).get('a')).toBe('1');
    expect(copied(named(['a', '1'])).get('a')).toBe('1');
    expect(copied(Buffer.from('abc')).toString('hex')).toBe('616263');
    expect(copied(Object(5)) + 1).toBe(6);
    expect(copied(/a/g).test('a')).toBe(true);
    expect(copied(generateKeySync('hmac', { length: 64 })).symmetricKeySize).toBe(8);
  });

  it('of classes, theirs and the application’s', () => {
    expect(copied(List.from([1, 2]))).toBeInstanceOf(List);
    expect(copied(new Ids([['a', 1]]))).toBeInstanceOf(Ids);
    expect(copied(new Decimal('11')).plus(1).digits).toEqual([1, 2]);
    const error = copied(Object.assign(new RangeError('far'), { code: 'E' }));
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ message: 'far', code: 'E', stack: expect.stringContaining('far') });
  });

  it('also of what is not enumerable, under symbols, or frozen', () => {
    const value = Object.freeze({ [symbol]: 1, valueOf: 2, list: Object.freeze([1]) });
    const copy = copied(value);
    expect([copy[symbol], copy.valueOf, Object.isFrozen(copy), Object.isFrozen(copy.list)]).toEqual([
      1,
      2,
      true,
      false,
    ]);
    expect((copied(hiddenState(3)) as { n?: number }).n).toBe(3);
    const open = copied({ valueOf: 1 });
    open.valueOf = 2;
    expect(open.valueOf).toBe(2);
  });

  it('and lazy where the original is: a getter is asked when the shadow asks, and hands out a copy', () => {
    const items = [1];
    let asked = 0;
    const basket = {
      get items() {
        asked++;
        return items;
      },
    };
    const copy = copied(basket);
    expect(asked).toBe(0);
    copy.items.push(2);
    expect(items).toEqual([1]);
  });

  it('of long lists of like rows, row by row', () => {
    const shared = { n: 0 };
    const rows = Array.from({ length: 50 }, (_, i) => ({ i, nested: { i }, shared }));
    const copy = copied<{ nested?: unknown; shared?: unknown; i: number }[]>([...rows, rows[0]!, { i: 1 }]);
    expect(copy).toEqual([...rows, rows[0], { i: 1 }]);
    expect(copy[50]).toBe(copy[0]);
    expect(copy[20]?.nested).not.toBe(rows[20]?.nested);
    expect(new Set(copy.slice(0, 51).map((row) => row.shared)).size).toBe(1);
    expect(copyValue([...rows, { i: 1, nested: () => 1, shared }])).toMatchObject({
      copied: false,
      where: [50, 'nested'],
    });
    const frozen = copied(rows.map((row) => Object.freeze({ ...row })));
    expect(Object.isFrozen(frozen[30])).toBe(true);
  });

  it('of a key of a map that is met elsewhere too', () => {
    const id = { id: 1 };
    const copy = copied({ id, byId: new Map([[id, 'a']]) });
    expect(copy.byId.get(copy.id)).toBe('a');
  });
});
