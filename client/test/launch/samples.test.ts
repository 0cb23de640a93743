import { LAUNCH_LIMITS } from '@dimmer/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClusters } from '../../src/launch/clusters.ts';
import { pointerText, sampleText } from '../../src/launch/sample-text.ts';

describe('a sample', () => {
  it.each([
    [{ a: [1, 'x', null, undefined, true] }, '{"a":[1,"x",null,undefined,true]}'],
    [new Map([['a', new Set([1])]]), 'Map{"a":Set[1]}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [new RangeError('too far'), '"RangeError: too far"'],
    [12n, '12n'],
    [() => 1, '[function]'],
    [new Uint8Array(5), '[5 bytes]'],
    [Symbol('x'), 'Symbol(x)'],
  ])('is text that a person can read: %s', (value, text) => {
    expect(sampleText(value, '')).toBe(text);
  });

  it('says where a value goes round in circles, and how deep it is not followed', () => {
    const ring: { self?: unknown } = {};
    ring.self = ring;
    expect(sampleText(ring, '')).toBe('{"self":[cyclic]}');
    const deep = (levels: number): unknown => (levels ? [deep(levels - 1)] : 1);
    expect(sampleText(deep(50), '')).toContain('[…]');
  });

  it('is short, and soon made, however large the value', () => {
    const large = { list: Array.from({ length: 1_000_000 }, (_, i) => `item ${i}`), text: 'x'.repeat(10_000_000) };
    expect(sampleText(large, '').length).toBeLessThanOrEqual(LAUNCH_LIMITS.sampleLength);
  });

  it('can be made of anything', () => {
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('x');
        },
      },
    );
    expect(sampleText({ hostile }, '')).toBe('[unreadable]');
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withDate: true, withSparseArray: true }), (value) => {
        expect(sampleText(value, '').length).toBeLessThanOrEqual(LAUNCH_LIMITS.sampleLength);
      }),
    );
  });
});

describe('what nobody may read is redacted', () => {
  it.each([
    'password',
    'newPassword',
    'user_passwd',
    'api-key',
    'apiKey',
    'X-API-Key',
    'accessToken',
    'Authorization',
    'Set-Cookie',
    'clientSecret',
    'sessionId',
    'cardNumber',
    'cvv',
    'IBAN',
    'ssn',
    'email',
    'e-mail',
    'contactEmail',
    'phoneNumber',
    'pin',
    'dateOfBirthday',
  ])('by its name: %s', (name) => {
    expect(sampleText({ [name]: 'hunter2' }, '')).not.toContain('hunter2');
    expect(sampleText('hunter2', name)).toBe('"[redacted]"');
  });

  it.each(['price', 'compass', 'pinned', 'opinion', 'total', 'description', 'author', 'span', 'emailed'])(
    'but not: %s',
    (name) => {
      expect(sampleText({ [name]: 'hunter2' }, '')).toContain('hunter2');
    },
  );

  it.each([
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
    'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
    'AKIAIOSFODNN7EXAMPLE1',
    'Bearer abcdefgh12345678',
    'ann.smith+tag@example.co.uk',
    '4111 1111 1111 1111',
    '5500-0055-5555-5559',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEow',
  ])('by what it looks like, anywhere in a text: %s', (secret) => {
    const text = sampleText({ note: `see ${secret} there` }, '');
    expect(text).toContain('[redacted]');
    expect(text).not.toContain(secret.slice(0, 12));
  });

  it('but not every long number', () => {
    expect(sampleText({ order: '4111111111111112' }, '')).toContain('4111111111111112');
  });

  it('by the caller’s own names and patterns', () => {
    expect(sampleText({ nickname: 'x1', innerCode: 'x2' }, '', ['NickName', /^inner/])).not.toMatch(/x1|x2/);
    expect(sampleText({ a: 'x1' }, '', [null as unknown as RegExp])).toContain('x1');
  });

  it('in the path as well', () => {
    expect(pointerText(['users', 'ann@example.com', 'a/b'])).toBe('/users/*/a~1b');
    expect(pointerText(['x'.repeat(1_000)]).length).toBe(LAUNCH_LIMITS.clusterPathLength);
  });
});

describe('clusters', () => {
  const sample = () => ({ control: '1', candidate: '2', at: 0 });

  it('count differences by path and kind, the most frequent first, and keep a few samples', () => {
    const clusters = createClusters();
    clusters.add('/a', 'value', sample);
    for (let i = 0; i < 10; i++) clusters.add('/b', 'value', sample);
    clusters.add('/b', 'type', sample);
    expect(clusters.drain().map(({ path, kind, count, samples }) => [path, kind, count, samples.length])).toEqual([
      ['/b', 'value', 10, 3],
      ['/a', 'value', 1, 1],
      ['/b', 'type', 1, 1],
    ]);
    expect(clusters.drain()).toEqual([]);
  });

  it('are no more than a report may hold, however many paths differ', () => {
    const clusters = createClusters();
    for (let i = 0; i < 1_000; i++) clusters.add(`/${i}`, 'value', sample);
    const drained = clusters.drain();
    expect(drained).toHaveLength(LAUNCH_LIMITS.clusters);
    expect(drained[0]).toEqual({ path: '(other)', kind: 'value', count: 981, samples: [] });
  });
});
