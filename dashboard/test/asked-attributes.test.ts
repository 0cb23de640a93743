import { describe, expect, it } from 'vitest';
import { askedAttributes, contextOf, meantAttribute, namedSegments } from '../src/pages/flag/asked-attributes.ts';

const rule = (when: object[], serve: object = { variation: 'on' }) => ({ id: 'r', when, serve }) as never;
const flag = {
  rules: [
    rule([{ attribute: 'plan', operator: 'in', values: ['pro', 'team'] }]),
    rule([{ operator: 'inSegment', values: ['testers'] }]),
    rule([{ attribute: 'age', operator: 'gte', values: [18] }], { slices: [], by: 'companyId' }),
    rule([{ attribute: '$now', operator: 'after', values: ['2026-01-01T00:00:00Z'] }]),
  ],
  fallthrough: { variation: 'off' },
};
const testers = {
  rules: [{ when: [{ attribute: '/account/email', operator: 'endsWith', values: ['@shop.example'] }] }],
};
const beta = {
  rules: [rule([{ attribute: 'beta', operator: 'in', values: [true] }])],
  fallthrough: { variation: 'off' },
};

describe('who is asking', () => {
  const attributes = askedAttributes([flag, beta], [testers]);

  it('has a field for each attribute that rules, prerequisites and segments read, and for what they split by', () => {
    expect(attributes).toEqual([
      { name: 'plan', kind: 'text', suggestions: ['pro', 'team'] },
      { name: 'age', kind: 'number', suggestions: [] },
      { name: 'companyId', kind: 'text', suggestions: [] },
      { name: 'beta', kind: 'boolean', suggestions: ['true'] },
      { name: '/account/email', kind: 'text', suggestions: [] },
    ]);
    expect(namedSegments([flag])).toEqual(['testers']);
  });

  it('is the context that an application would send', () => {
    const typed = new Map([
      ['age', '30'],
      ['beta', 'true'],
      ['plan', ' pro '],
      ['/account/email', 'ann@shop.example'],
      ['companyId', ''],
    ]);
    expect(contextOf(' user-17 ', attributes, typed, '{"account": {"id": 4}, "x": null}')).toEqual({
      context: {
        targetingKey: 'user-17',
        age: 30,
        beta: true,
        plan: 'pro',
        x: null,
        account: { id: 4, email: 'ann@shop.example' },
      },
    });
  });

  it('is nobody, or no JSON, and says so', () => {
    expect(contextOf(' ', attributes, new Map(), '')).toHaveProperty('problem');
    expect(contextOf('', attributes, new Map(), '[1]')).toHaveProperty('problem');
    expect(contextOf('ann', attributes, new Map(), '{plan')).toEqual({
      problem: expect.stringMatching(/^This is not JSON/),
    });
    const odd = contextOf(
      'ann',
      [{ name: '__proto__', kind: 'text', suggestions: [] }],
      new Map([['__proto__', 'x']]),
      '',
    );
    expect('context' in odd && Object.keys(odd.context)).toEqual(['targetingKey', '__proto__']);
  });

  it('is asked back where an e-mail address is typed as the user id, and rules read one', () => {
    expect(meantAttribute('ann@shop.example', attributes)).toBe('/account/email');
    expect(meantAttribute('ann', attributes)).toBeNull();
    expect(meantAttribute('ann@shop.example', [])).toBeNull();
  });
});
