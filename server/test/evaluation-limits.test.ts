/** What rules may cost, refused when they are written; and numbers that would be rounded. */
import { LIMITS } from '@dimmer/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApi } from './api-fixture.ts';

let api: Awaited<ReturnType<typeof openApi>>;
beforeEach(async () => {
  api = await openApi();
  await api.call('POST', 'flags', { key: 'cart' });
});
afterEach(() => api.close());

const CART = 'flags/cart/environments/production';
/** Patterns of 999 instructions. */
const long = (count: number) => Array.from({ length: count }, (_, i) => `${String.fromCharCode(97 + i)}{999}`);
const rule = (id: string, count: number, attribute = 'mail') => ({
  rule: { id, when: [{ attribute, operator: 'matches', values: long(count) }], serve: { variation: 'on' } },
});

describe('Patterns', () => {
  it('of a flag have 20,000 instructions together, whichever rule is added last', async () => {
    expect((await api.call('POST', `${CART}/rules`, rule('a', 15))).status).toBe(200);
    const { status, body } = await api.call('POST', `${CART}/rules`, { ...rule('b', 15), position: 0 });
    expect(status).toBe(422);
    expect(body.error).toMatchObject({ code: 'TARGETING_INVALID', fix: expect.stringContaining('fewer repetitions') });
    expect(body.error.details.problems).toMatchObject([{ code: 'PATTERNS_TOO_LARGE' }]);
    expect((await api.call('POST', `${CART}/rules`, rule('c', 5))).status).toBe(200);
  });

  it('that are far too many are refused without compiling them all', async () => {
    const when = Array.from({ length: 30 }, () => ({
      attribute: 'mail',
      operator: 'matches',
      values: Array.from({ length: 1_000 }, () => 'a{9}{9}'.slice(0, 4)),
    }));
    const { body } = await api.call('POST', `${CART}/rules`, { rule: { id: 'a', when, serve: { variation: 'on' } } });
    expect(body.error.details.problems).toHaveLength(1);
  });

  it('of a segment have 20,000 as well, and members may be changed all the same', async () => {
    const rules = (count: number) => [{ when: [{ attribute: 'mail', operator: 'matches', values: long(count) }] }];
    const refused = await api.call('POST', 'segments', { key: 'all', rules: rules(21) });
    expect(refused.body.error).toMatchObject({ code: 'SEGMENT_INVALID' });
    expect((await api.call('POST', 'segments', { key: 'all', rules: rules(20) })).status).toBe(201);
    expect((await api.call('POST', 'segments/all/members', { include: ['ann'] })).status).toBe(200);
  });

  it('of an environment have a limit together, and whatever adds none passes beyond it', async () => {
    const flags = Math.floor(LIMITS.patternInstructions / (20 * 999));
    for (let i = 0; i < flags; i++) {
      await api.call('POST', 'flags', { key: `f${i}` });
      const { status } = await api.call('POST', `flags/f${i}/environments/production/rules`, rule('a', 20));
      expect(status).toBe(200);
    }
    const { status, body } = await api.call('POST', `${CART}/rules`, rule('a', 20));
    expect([status, body.error.code, body.error.details.limit]).toEqual([422, 'LIMIT_EXCEEDED', 500_000]);
    const other = { rule: { id: 'b', when: [], serve: { variation: 'on' } } };
    expect((await api.call('POST', 'flags/f0/environments/production/rules', other)).status).toBe(200);
    expect((await api.call('POST', 'flags/f0/environments/production/kill', { reason: 'x' })).status).toBe(200);
  });
});

describe('Numbers that JSON would round', () => {
  it.each([
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    '1.2345678901234567890e19',
    '100000000000000000000001',
  ])('%s is refused, with what to write', async (numeral) => {
    const body = `{"key":"n","type":"number","variations":[{"key":"a","value":${numeral}},{"key":"b","value":1}]}`;
    const answer = await api.call('POST', 'flags', body);
    expect([answer.status, answer.body.error.code]).toEqual([400, 'NUMBER_INEXACT']);
    expect(answer.body.error.fix).toContain(`"${numeral}"`);
  });

  it.each([
    '9007199254740991',
    '9007199254740992',
    '1e21',
    '1.5e300',
    '0.1000000000000000055511151231257827',
    '12345678901234567000',
    '"9007199254740993"',
    '"\\"9007199254740993"',
  ])('%s comes out as it was written, and passes', async (text) => {
    const body = `{"key":"j","type":"json","variations":[{"key":"a","value":[${text}]},{"key":"b","value":1}]}`;
    expect((await api.call('POST', 'flags', body)).status).toBe(201);
  });

  it('are refused of a context to explain, where an SDK is given a text', async () => {
    const asked = await api.call('POST', `${CART}/explain`, '{"context":{"id":1145141919810893931}}');
    expect(asked.body.error.code).toBe('NUMBER_INEXACT');
  });
});

it('says of values and attributes that were probably not meant what is written instead', async () => {
  const when = [
    { attribute: '$now', operator: 'after', values: [4_102_444_800] },
    { attribute: 'user.plan', operator: 'in', values: [9_007_199_254_740_992] },
  ];
  const serve = { slices: [{ variation: 'on', parts: 10 }], by: 'targetingkey' };
  const { body } = await api.call('POST', `${CART}/rules`, { rule: { id: 'a', when, serve } });
  const warnings = body.warnings.filter(({ code }: { code: string }) => code !== 'FLAG_OFF');
  expect(warnings).toMatchObject([
    { code: 'INSTANT_UNLIKELY', path: 'rules[0].when[0].values[0]', message: expect.stringContaining('1970-02-17') },
    { code: 'ATTRIBUTE_UNLIKELY', path: 'rules[0].when[1].attribute', message: expect.stringContaining('/user/plan') },
    { code: 'VALUE_INEXACT', path: 'rules[0].when[1].values[0]' },
    { code: 'ATTRIBUTE_UNLIKELY', path: 'rules[0].serve.by', message: expect.stringContaining('targetingKey') },
  ]);
});

it('refuses to split by the present time', async () => {
  const serve = { slices: [{ variation: 'on', parts: 10 }], by: '$now' };
  const { body } = await api.call('POST', `${CART}/rules`, { rule: { id: 'a', when: [], serve } });
  expect(body.error.details.problems).toMatchObject([{ code: 'SPLIT_KEY_UNREADABLE', path: 'rules[0].serve.by' }]);
});
