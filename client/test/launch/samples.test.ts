import { runInNewContext } from 'node:vm';
import { LAUNCH_LIMITS } from '@dimmer/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClusters } from '../../src/launch/clusters.ts';
import { pointerText, sampleText, shownSegments } from '../../src/launch/sample-text.ts';

describe('a sample', () => {
  it.each([
    [{ a: [1, 'x', null, undefined, true] }, '{"a":[1,"x",null,undefined,true]}'],
    [new Map([['a', new Set([1])]]), 'Map{"a":Set[1]}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [new RangeError('too far'), '"RangeError: too far"'],
    [runInNewContext('new RangeError("too far")'), '"RangeError: too far"'],
    [12n, '12n'],
    [() => 1, '[function]'],
    [new Uint8Array(5), '[5 bytes]'],
    [Symbol('x'), 'Symbol(x)'],
  ])('is text that a person can read: %s', (value, text) => {
    expect(sampleText(value)).toBe(text);
  });

  it('says where a value goes round in circles, and how deep it is not followed', () => {
    const ring: { self?: unknown } = {};
    ring.self = ring;
    expect(sampleText(ring)).toBe('{"self":[cyclic]}');
    const deep = (levels: number): unknown => (levels ? [deep(levels - 1)] : 1);
    expect(sampleText(deep(50))).toContain('[…]');
  });

  it('is short, and soon made, however large the value', () => {
    const large = { list: Array.from({ length: 1_000_000 }, (_, i) => `item ${i}`), text: 'x'.repeat(10_000_000) };
    expect(sampleText(large).length).toBeLessThanOrEqual(LAUNCH_LIMITS.sampleLength);
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
    expect(sampleText({ hostile })).toBe('[unreadable]');
    fc.assert(
      fc.property(fc.anything({ withMap: true, withSet: true, withDate: true, withSparseArray: true }), (value) => {
        expect(sampleText(value).length).toBeLessThanOrEqual(LAUNCH_LIMITS.sampleLength);
      }),
    );
  });
});

describe('a path', () => {
  it('is a JSON pointer, cut where it is too long', () => {
    expect(pointerText(['users', 'a/b', 'c~d'])).toBe('/users/a~1b/c~0d');
    expect(pointerText(['x'.repeat(1_000)]).length).toBe(LAUNCH_LIMITS.clusterPathLength);
  });

  it.each([
    ['the index of a list', ['items', 3, 'price'], '/items/*/price'],
    ['a number', ['byId', '4711', 'price'], '/byId/*/price'],
    ['a name with a number', ['byUser', 'user-123', 'total'], '/byUser/*/total'],
    ['a UUID', ['orders', '3f2504e0-4f89-11d3-9a0c-0305e82c3301'], '/orders/*'],
    ['an object id', ['rows', '507f1f77bcf86cd799439011'], '/rows/*'],
    ['a prefixed id', ['customers', 'cus_9s6XKzkNRiz8i3', 'name'], '/customers/*/name'],
    ['a date', ['days', '2026-11-30', 'open'], '/days/*/open'],
    ['an address of a machine', ['hosts', '10.0.12.7', 'load'], '/hosts/*/load'],
    ['an e-mail address', ['users', 'ann@example.com', 'name'], '/users/*/name'],
    ['what is below a secret name', ['sessions', 'quiet-harbour', 'n'], '/sessions/*/*'],
  ] as [string, (string | number)[], string][])('shows a * for %s', (_, segments, text) => {
    expect(pointerText(shownSegments(segments))).toBe(text);
  });

  it.each([['address_line_1'], ['utf8'], ['sha256'], ['en-US'], ['isSecondHand'], ['v2'], ['Symbol(k)'], ['a b']])(
    'shows the name of a field: %s',
    (name) => {
      expect(pointerText(shownSegments(['list', name]))).toBe(`/list/${name}`);
    },
  );
});

describe('clusters', () => {
  const sample = { control: '1', candidate: '2', at: 0 };

  it('count differences by path and kind, the most frequent first, and keep a few samples', () => {
    const clusters = createClusters();
    clusters.add(['a'], 'value')?.(sample);
    for (let i = 0; i < 10; i++) clusters.add(['b'], 'value')?.(sample);
    clusters.add(['b'], 'type')?.(sample);
    expect(clusters.drain().map(({ path, kind, count, samples }) => [path, kind, count, samples.length])).toEqual([
      ['/b', 'value', 10, 3],
      ['/a', 'value', 1, 1],
      ['/b', 'type', 1, 1],
    ]);
    expect(clusters.drain()).toEqual([]);
  });

  it('are no more than a report may hold, however many paths differ', () => {
    const clusters = createClusters();
    const kinds = ['value', 'type', 'missing', 'added', 'error', 'compare'] as const;
    for (let i = 0; i < 1_000; i++) clusters.add(Array(i % 100).fill('a'), kinds[i % 6]!)?.(sample);
    const drained = clusters.drain();
    expect(drained).toHaveLength(LAUNCH_LIMITS.clusters);
    expect(drained[0]).toMatchObject({ path: '(other)', kind: 'value', samples: [] });
    expect(drained.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
  });

  const names = Array.from({ length: 300 }, (_, i) =>
    String.fromCharCode(120, 97 + (i % 26), 97 + (i % 25), 97 + (i % 24)),
  );

  it('take many keys with the same below them for one place, also after a report', () => {
    const clusters = createClusters();
    for (const name of names) clusters.add(['byUser', name, 'total'], 'value')?.(sample);
    expect(clusters.drain()).toEqual([
      { path: '/byUser/*/total', kind: 'value', count: 300, samples: [sample, sample, sample] },
    ]);
    clusters.add(['byUser', 'zoe', 'total'], 'value');
    expect(clusters.drain()).toMatchObject([{ path: '/byUser/*/total', count: 1 }]);
  });

  it('take the last name for that of a field as long as there is room', () => {
    const clusters = createClusters();
    for (const name of new Set(names.slice(0, 15))) clusters.add(['totals', name], 'value');
    expect(clusters.drain()).toHaveLength(15);
    for (const name of names) clusters.add(['totals', name], 'value');
    expect(clusters.drain()).toMatchObject([{ path: '/totals/*', count: 300 }]);
  });
});
