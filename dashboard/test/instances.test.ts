import { describe, expect, it } from 'vitest';
import { inOrder, isLike, standingOfInstance } from '../src/pages/instances/standing-of-instance.ts';
import type { Instance } from '../src/server/instances.ts';

const AT = '12.abcdefabcdef';

function instanceWith(more: Partial<Instance>): Instance {
  return {
    ...{
      instance: 'web-1',
      application: 'shop',
      sdk: 'node/0.1.0',
      sendsReceipts: true,
      audience: 'server',
      streams: 1,
    },
    ...{ connectedAt: 1, disconnectedAt: null, appliedId: AT, appliedAt: 1, delayMs: 3 },
    ...{ evaluatedId: null, evaluatedAt: null, rollCall: null },
    ...more,
  };
}

describe('How an instance stands', () => {
  it('is current, behind, unknown or gone', () => {
    expect(standingOfInstance(instanceWith({}), AT)).toBe('current');
    expect(standingOfInstance(instanceWith({ appliedId: '11.abcdefabcdef' }), AT)).toBe('behind');
    expect(standingOfInstance(instanceWith({ appliedId: null }), AT)).toBe('behind');
    expect(standingOfInstance(instanceWith({ sendsReceipts: false, appliedId: null }), AT)).toBe('silent');
    expect(standingOfInstance(instanceWith({ streams: 0 }), AT)).toBe('gone');
  });

  it('decides who comes first: the furthest behind, then the others by name, then those that have gone', () => {
    const names = inOrder(
      [
        instanceWith({ instance: 'gone', streams: 0 }),
        instanceWith({ instance: 'b' }),
        instanceWith({ instance: 'behind', appliedId: '11.abcdefabcdef' }),
        instanceWith({ instance: 'a' }),
        instanceWith({ instance: 'far-behind', appliedId: '2.abcdefabcdef' }),
      ],
      AT,
    ).map(({ instance }) => instance);
    expect(names).toEqual(['far-behind', 'behind', 'a', 'b', 'gone']);
  });

  it('is found by any part of its names', () => {
    expect(isLike(instanceWith({}), 'WEB shop')).toBe(true);
    expect(isLike(instanceWith({}), 'node')).toBe(true);
    expect(isLike(instanceWith({}), 'shop api')).toBe(false);
    expect(isLike(instanceWith({ application: null }), '')).toBe(true);
  });
});
