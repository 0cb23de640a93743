import { describe, expect, it } from 'vitest';
import type { Instance } from '../src/api/instances.ts';
import { inOrder, isLike } from '../src/pages/instances/instance-order.ts';

function instanceWith(more: Partial<Instance>): Instance {
  return {
    instance: 'web-1',
    application: 'shop',
    sdk: 'node/0.1.0',
    client: 'a1b2c3',
    sendsReceipts: true,
    audience: 'server',
    standing: 'current',
    streams: 1,
    connectedAt: 1,
    disconnectedAt: null,
    appliedId: '12.abcdefabcdef',
    appliedAt: 1,
    delayMs: 3,
    evaluatedId: null,
    evaluatedAt: null,
    rollCall: null,
    rollCallAt: null,
    polledAt: null,
    pollGapMs: null,
    leftAt: null,
    failure: null,
    lostBelow: null,
    unprovenAt: null,
    ...more,
  };
}

describe('The list of instances', () => {
  it('begins with the furthest behind, then the others by name, then those that have gone', () => {
    const names = inOrder([
      instanceWith({ instance: 'gone', standing: 'gone', streams: 0 }),
      instanceWith({ instance: 'b' }),
      instanceWith({ instance: 'behind', standing: 'behind', appliedId: '11.abcdefabcdef' }),
      instanceWith({ instance: 'a' }),
      instanceWith({ instance: 'far-behind', standing: 'behind', appliedId: '2.abcdefabcdef' }),
    ]).map(({ instance }) => instance);
    expect(names).toEqual(['far-behind', 'behind', 'a', 'b', 'gone']);
  });

  it('finds one by any part of its names', () => {
    expect(isLike(instanceWith({}), 'WEB shop')).toBe(true);
    expect(isLike(instanceWith({}), 'node')).toBe(true);
    expect(isLike(instanceWith({}), 'shop api')).toBe(false);
    expect(isLike(instanceWith({ application: null }), '')).toBe(true);
  });
});
