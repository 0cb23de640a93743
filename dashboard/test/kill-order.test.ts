import { describe, expect, it } from 'vitest';
import type { Flag } from '../src/api/flags.ts';
import { orderFlags } from '../src/pages/kill/flag-order.ts';

interface Shape {
  readonly on?: boolean;
  readonly revision?: number;
  readonly killedAt?: number;
  readonly archived?: boolean;
  readonly tags?: readonly string[];
}

const flag = (key: string, { on = true, revision = 1, killedAt, archived = false, tags = [] }: Shape = {}): Flag => ({
  project: 'shop',
  key,
  name: `The ${key}`,
  description: '',
  type: 'boolean',
  purpose: 'release',
  owner: '',
  variations: [],
  tags,
  browser: false,
  archived,
  seed: 's',
  createdAt: 0,
  version: 1,
  revision: 0,
  environments: [
    {
      environment: 'production',
      on: killedAt === undefined && on,
      rules: 0,
      shares: [],
      version: 1,
      revision,
      killed: killedAt === undefined ? null : { by: 'Ann', at: killedAt, reason: 'errors' },
    },
  ],
});
const keys = (list: readonly { readonly flag: Flag }[] | null) => list?.map((each) => each.flag.key);
const none = new Set<string>();

describe('the order of flags for somebody on call', () => {
  const flags = [
    flag('old', { revision: 2 }),
    flag('off', { on: false, revision: 9 }),
    flag('fresh', { revision: 8 }),
    flag('killed-first', { killedAt: 10 }),
    flag('killed-last', { killedAt: 20 }),
    flag('gone', { archived: true, revision: 99 }),
  ];

  it('has killed ones apart, the last kill first', () => {
    expect(keys(orderFlags(flags, 'production', none, '').killed)).toEqual(['killed-last', 'killed-first']);
  });

  it('lists what is on and was changed last; neither what is off nor what is archived', () => {
    expect(keys(orderFlags(flags, 'production', none, '').recent)).toEqual(['fresh', 'old']);
  });

  it('keeps pinned ones within reach, even if they are off, and shows a flag in one place only', () => {
    const order = orderFlags(flags, 'production', new Set(['off', 'fresh', 'killed-last']), '');
    expect(keys(order.pinned)).toEqual(['off', 'fresh']);
    expect(keys(order.recent)).toEqual(['old']);
  });

  it('finds by key, name, tag and owner, the exact key first, then killed ones', () => {
    const some = [flag('pay-later'), flag('killed-pay', { killedAt: 1 }), flag('pay'), flag('cart', { tags: ['pay'] })];
    expect(keys(orderFlags(some, 'production', none, ' PAY ').found)).toEqual([
      'pay',
      'killed-pay',
      'pay-later',
      'cart',
    ]);
    expect(orderFlags(some, 'production', none, ' ').found).toBeNull();
  });

  it('says how many more there are than it shows', () => {
    const many = Array.from({ length: 45 }, (_, index) => flag(`feature-${index}`));
    const { found, moreFound } = orderFlags(many, 'production', none, 'feature');
    expect([found?.length, moreFound]).toEqual([30, 15]);
  });

  it('knows nothing of environments that a flag is not in', () => {
    expect(orderFlags(flags, 'moon', none, '')).toMatchObject({ killed: [], recent: [], pinned: [] });
  });
});
