import { beforeEach, describe, expect, it } from 'vitest';
import { cleaned } from '../../src/cleaned.ts';
import { createFlag } from '../../src/commands/flags.ts';
import { identityFrom } from '../../src/sdk/who-connects.ts';
import { openApi } from '../api-fixture.ts';

let api: Awaited<ReturnType<typeof openApi>>;
beforeEach(async () => {
  api = await openApi();
  await api.act(createFlag('shop', { key: 'cart' }));
});

const CART = 'flags/cart/environments/production';
const rule = (values: unknown[]) => ({
  rule: { when: [{ attribute: 'a', operator: 'in', values }], serve: { variation: 'on' } },
});

describe('A text that no database keeps', () => {
  it.each([
    ['POST', `${CART}/kill`, { reason: 'core dump: \0\0 see log' }, 'reason'],
    ['POST', `${CART}/kill`, { reason: 'half \ud800 a pair' }, 'reason'],
    ['POST', `${CART}/kill`, { reason: 'the bell \u0007' }, 'reason'],
    ['PATCH', 'flags/cart', { description: 'a\0b' }, 'description'],
    ['PATCH', 'flags/cart', { name: '\u001b[31mred' }, 'name'],
    ['PATCH', 'flags/cart', { name: 'back\bspace' }, 'name'],
    ['PATCH', 'flags/cart', { owner: 'del\u007f' }, 'owner'],
    ['PATCH', 'flags/cart', { tags: ['fine', 'b\0'] }, 'tags[1]'],
    ['POST', `${CART}/rules`, rule(['ok', 'a\0']), 'rule.when[0].values[1]'],
    ['POST', 'flags', { key: 'a\0' }, 'key'],
    ['POST', 'segments', { key: 'some', included: ['\udfff'] }, 'included[0]'],
    [
      'POST',
      'flags',
      { key: 'new', type: 'json', variations: [{ key: 'a', value: { 'x\0': 1 } }] },
      'variations[0].value',
    ],
    ['POST', '/api/v1/invitations', { email: 'a\0@b.example', grants: [] }, 'email'],
    ['POST', '/api/v1/keys', { name: 'a\0', role: 'viewer' }, 'name'],
    ['DELETE', `${CART}/rules/r1?reason=%00`, undefined, undefined],
    ['GET', '/api/v1/changes?by=%00', undefined, undefined],
    ['GET', 'flags?search=a%1Bb', undefined, undefined],
    ['GET', 'flags/%00', undefined, undefined],
    ['POST', '/auth/sign-in/email', { email: 'a\0@b.example', password: 'x' }, 'email'],
  ] as const)('is refused by %s %s %j', async (method, path, body, field) => {
    const before = api.log.id;
    const answer = await api.call(method, path, body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: expect.stringMatching(/_INVALID$/) } } });
    expect(answer.body.error.path).toBe(field);
    expect(answer.body.error.message).toMatch(/U\+0000|half of a surrogate pair|control character/);
    expect(api.log.id).toBe(before);
  });

  it('is told from those that look like it', async () => {
    const reason = 'line 1\r\n\tline 2 \\u0000 \ud83d\ude80 é \\b';
    expect((await api.call('POST', `${CART}/kill`, { reason })).status).toBe(200);
    expect((await api.call('GET', '/api/v1/changes?limit=1')).body.items[0].reason).toBe(reason);
    const value = { name: '\u001b[31mred\b', '\u0007': ['\u007f'] };
    const flag = {
      key: 'ansi',
      type: 'json',
      variations: [
        { key: 'a', value },
        { key: 'b', value: null },
      ],
    };
    expect(await api.call('POST', 'flags', flag)).toMatchObject({
      status: 201,
      body: { document: { variations: [{ value }, {}] } },
    });
  });

  it('may be asked about, where nothing of it is kept', async () => {
    const context = { targetingKey: 'half \ud800', 'a\0': '\0' };
    expect((await api.call('POST', `${CART}/explain`, { context })).status).toBe(200);
  });
});

it('What an SDK says of itself is cleaned, and costs no batch', () => {
  const said = { instance: 'pod\0-\ud800 7\n', application: '\0', sdk: 'node/1\u0007' };
  expect(identityFrom(said)).toMatchObject({ instance: 'pod-\ufffd 7', application: null, sdk: 'node/1' });
  expect(cleaned('é \ud83d\ude80')).toBe('é \ud83d\ude80');
});
