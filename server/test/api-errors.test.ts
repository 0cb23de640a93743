import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERROR_STATUS, LIMITS } from '@dimmer/contract';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../src/change-log/store.ts';
import { ADMIN_TOKEN, openApi } from './api-fixture.ts';

let api: Awaited<ReturnType<typeof openApi>>;
beforeEach(async () => {
  api = await openApi();
  await api.call('POST', 'flags', { key: 'cart' });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await api.close();
});

const CART = 'flags/cart/environments/production';
const deep = (levels: number) => `{"context":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`;

describe('Bad input', () => {
  it.each([
    ['POST', 'flags', { name: 'no key' }, 400, 'BODY_INVALID', 'key'],
    ['POST', 'flags', { key: '-cart' }, 400, 'BODY_INVALID', 'key'],
    ['POST', 'flags', { key: 'a/b' }, 400, 'BODY_INVALID', 'key'],
    ['POST', 'flags', { key: 'x'.repeat(129) }, 400, 'BODY_INVALID', 'key'],
    ['POST', 'flags', { key: 'x', type: 'bool' }, 400, 'BODY_INVALID', 'type'],
    ['POST', 'flags', { key: 'x', colour: 'red' }, 400, 'BODY_INVALID', 'colour'],
    ['POST', 'flags', { key: 'x', tags: ['ok', 7] }, 400, 'BODY_INVALID', 'tags[1]'],
    ['POST', 'flags', { key: 'x', variations: [{ key: 'a' }] }, 400, 'BODY_INVALID', 'variations[0].value'],
    ['POST', 'flags', [], 400, 'BODY_INVALID', undefined],
    ['POST', 'flags', '{"key": ', 400, 'JSON_INVALID', undefined],
    ['POST', `${CART}/toggle`, { on: 'yes' }, 400, 'BODY_INVALID', 'on'],
    ['POST', `${CART}/toggle`, {}, 400, 'BODY_INVALID', 'on'],
    ['POST', `${CART}/toggle`, { on: true, reason: '  ' }, 400, 'BODY_INVALID', 'reason'],
    ['POST', `${CART}/rollout`, { percent: 101 }, 400, 'BODY_INVALID', 'percent'],
    ['POST', `${CART}/rollout`, { percent: 10.00001 }, 422, 'ROLLOUT_INVALID', 'percent'],
    ['POST', `${CART}/kill`, {}, 422, 'REASON_REQUIRED', 'reason'],
    ['POST', `${CART}/rules`, { rule: { serve: { variation: 'on' } } }, 400, 'BODY_INVALID', 'rule.when'],
    [
      'POST',
      `${CART}/rules`,
      { rule: { when: [], serve: { variation: 7 } } },
      400,
      'BODY_INVALID',
      'rule.serve.variation',
    ],
    [
      ...(['POST', `${CART}/rules`] as const),
      { rule: { when: [{ attribute: 'a', operator: 'equals', values: [1] }], serve: { variation: 'on' } } },
      ...([400, 'BODY_INVALID', 'rule.when[0].operator'] as const),
    ],
    [
      ...(['POST', `${CART}/rules`] as const),
      { rule: { when: [{ attribute: 'a', operator: 'in', value: 1 }], serve: { variation: 'on' } } },
      ...([400, 'BODY_INVALID', 'rule.when[0].value'] as const),
    ],
    [
      ...(['PUT', `${CART}/fallthrough`] as const),
      { serve: { slices: [{ variation: 'on', parts: 0.5 }] } },
      ...([400, 'BODY_INVALID', 'serve.slices[0].parts'] as const),
    ],
    [
      'PUT',
      `${CART}/fallthrough`,
      { serve: { slices: [{ variation: 'on', parts: 5 }] } },
      422,
      'TARGETING_INVALID',
      'fallthrough.slices',
    ],
    [
      ...(['POST', `${CART}/rules`, { rule: { id: '..', when: [], serve: { variation: 'on' } } }] as const),
      ...([400, 'BODY_INVALID', 'rule.id'] as const),
    ],
    ['GET', 'flags?limit=many', undefined, 400, 'QUERY_INVALID', 'limit'],
    ['GET', 'flags?limit=0', undefined, 400, 'QUERY_INVALID', 'limit'],
    ['GET', 'flags?archived=maybe', undefined, 400, 'QUERY_INVALID', 'archived'],
    ['GET', 'flags/a%2Fb', undefined, 400, 'PATH_INVALID', 'flag'],
    ['GET', '/api/v1/changes/last', undefined, 400, 'PATH_INVALID', 'revision'],
    ['POST', `${CART}/explain`, deep(70), 400, 'BODY_TOO_DEEP', undefined],
    ['GET', '/api/v1/nothing', undefined, 404, 'ROUTE_NOT_FOUND', undefined],
    ['PATCH', CART, {}, 404, 'ROUTE_NOT_FOUND', undefined],
    ['GET', '/nothing', undefined, 404, 'ROUTE_NOT_FOUND', undefined],
  ] as const)('%s %s %j is answered with %i %s', async (method, path, body, status, code, field) => {
    const { revision } = api.state.head;
    const answer = await api.call(method, path, body);
    expect(answer).toMatchObject({ status, body: { error: { code, requestId: expect.any(String) } } });
    expect(answer.body.error.path).toBe(field);
    expect(answer.body.error.message).toBeTruthy();
    expect(api.state.head.revision).toBe(revision);
  });

  it('says the fix, and everything that is wrong at once', async () => {
    const { body } = await api.call('POST', 'flags', { key: 7, typ: 'string', tags: 'all' });
    expect(body.error.details.problems).toEqual(
      expect.arrayContaining([
        { path: 'key', message: '"key" must be a string.', fix: 'Send a string.' },
        { path: 'tags', message: '"tags" must be an array.', fix: 'Send an array.' },
        { path: 'typ', message: '"typ" is not a field here.', fix: 'Check its spelling, or leave it out.' },
      ]),
    );
    const type = await api.call('POST', 'flags', { key: 'x', type: 'text' });
    expect(type.body.error.fix).toBe('Send one of: boolean, string, number, json, launch, migration.');
  });

  it('cannot reach the prototype of anything', async () => {
    await api.call(
      'POST',
      'flags',
      '{"key": "x", "__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
    );
    await api.call(
      'POST',
      'flags',
      '{"key": "y", "type": "json", "variations": [{"key": "a", "value": {"__proto__": {"polluted": true}}}]}',
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(JSON.stringify((await api.call('GET', 'flags/y')).body.variations)).toContain(
      '{"__proto__":{"polluted":true}}',
    );
  });

  it('is too much of a good thing: 422, with the limit', async () => {
    const rule = (id: string) => ({ id, when: [], serve: { variation: 'on' } });
    const rules = Array.from({ length: 101 }, (_, index) => rule(`r${index}`));
    const targeting = { on: true, off: 'off', fallthrough: { variation: 'on' } };
    expect(await api.call('PUT', CART, { ...targeting, rules }, { ifMatch: '"1"' })).toMatchObject({
      status: 422,
      body: {
        error: {
          code: 'LIMIT_EXCEEDED',
          path: 'rules',
          message: '"rules" must have at most 100 items.',
          fix: 'Send at most 100 items.',
        },
      },
    });
    expect((await api.call('PUT', CART, { ...targeting, rules: rules.slice(1) }, { ifMatch: '"1"' })).status).toBe(200);
    expect(await api.call('POST', `${CART}/rules`, { rule: rule('one more') })).toMatchObject({
      status: 422,
      body: {
        error: {
          code: 'LIMIT_EXCEEDED',
          path: 'rule',
          message: expect.stringContaining('100 rules'),
          fix: expect.any(String),
        },
      },
    });
  });

  it.each([
    ['POST', 'flags', { key: 'a/b' }, '"key" does not have the right form.', /^Keys have 1 to 128/],
    ['POST', 'flags', { key: 'x', tags: [''] }, '"tags[0]" must have at least 1 characters.', /at least 1/],
    ['POST', `${CART}/rollout`, { percent: 101 }, '"percent" must be at most 100.', /^Send at most 100\.$/],
    ['POST', `${CART}/rollout`, { percent: -1 }, '"percent" must be at least 0.', /at least 0/],
    ['POST', `${CART}/kill`, { reason: 'x'.repeat(2_001) }, '"reason" must have at most 2000 characters.', /2000/],
    ['PUT', `${CART}/fallthrough`, { serve: { slices: [] } }, '"serve.slices" must have at least 1 items.', /1 items/],
  ])('%s %s %j: says what is wrong, and what to send', async (method, path, body, message, fix) => {
    const { error } = (await api.call(method, path, body)).body;
    expect(error.message).toBe(message);
    expect(error.fix).toMatch(fix);
  });

  it('is nested too deep whatever its content type is called', async () => {
    const value = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    const body = `{"key": "x", "type": "json", "variations": [{"key": "a", "value": ${value}}]}`;
    for (const type of ['APPLICATION/JSON', 'application/merge-patch+json', 'text/plain']) {
      const answer = await api.call('POST', 'flags', body, { headers: { 'content-type': type } });
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'BODY_TOO_DEEP' } } });
    }
    expect(api.logged).toEqual([]);
  });

  it('is no text in another encoding than UTF-8: nothing is stored that was not meant', async () => {
    const response = await api.app.request('/api/v1/projects/shop/flags', {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: Buffer.from('{"key": "x", "name": "M\u00fcller"}', 'latin1'),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'JSON_INVALID', message: 'The body is not in UTF-8.' },
    });
    expect((await api.call('POST', 'flags', '{"key": "x", "name": "M\u00fcller \ufffd"}')).status).toBe(201);
  });

  it('has no number that JSON can say and nobody can store', async () => {
    const flag = '{"key": "x", "type": "json", "variations": [{"key": "a", "value": {"deep": [1e400]}}]}';
    expect(await api.call('POST', 'flags', flag)).toMatchObject({
      status: 400,
      body: { error: { code: 'BODY_INVALID', path: 'variations[0].value' } },
    });
    expect((await api.call('POST', 'flags', flag.replace('1e400', '1.7e308'))).status).toBe(201);
  });

  it('allows 64 levels of JSON, and brackets in strings', async () => {
    expect((await api.call('POST', `${CART}/explain`, deep(62))).status).toBe(200);
    const brackets = { context: { targetingKey: `${'['.repeat(100)}"\\` } };
    expect((await api.call('POST', `${CART}/explain`, brackets)).status).toBe(200);
  });

  it('is refused over 4 MiB and 64 KiB, whether or not its length is announced', async () => {
    const text = JSON.stringify({ key: 'x', description: 'x'.repeat(LIMITS.bodyBytes) });
    expect(await api.call('POST', 'flags', text)).toMatchObject({
      status: 413,
      body: { error: { code: 'BODY_TOO_LARGE' } },
    });
    const stream = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent <= LIMITS.bodyBytes; sent += 100_000)
          controller.enqueue(new Uint8Array(100_000).fill(32));
        controller.close();
      },
    });
    const response = await api.app.request('/api/v1/projects/shop/flags', {
      method: 'POST',
      headers: { authorization: 'Bearer a-fixed-admin-token-for-tests', 'content-type': 'application/json' },
      body: stream,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
  });

  it('is refused if it is not said to be JSON', async () => {
    const answer = await api.call('POST', 'flags', '{"key":"x"}', { headers: { 'content-type': 'text/plain' } });
    expect(answer).toMatchObject({
      status: 415,
      body: { error: { code: 'CONTENT_TYPE_UNSUPPORTED', fix: expect.stringContaining('application/json') } },
    });
  });
});

describe('A failure of the server', () => {
  it('is hidden behind a request id, and logged with it', async () => {
    vi.spyOn(api.log, 'history').mockRejectedValue(new Error('SELECT secret FROM table'));
    const answer = await api.call('GET', '/api/v1/changes');
    expect(answer).toMatchObject({ status: 500, body: { error: { code: 'INTERNAL' } } });
    expect(JSON.stringify(answer.body)).not.toContain('SELECT');
    expect(answer.headers.get('x-request-id')).toBe(answer.body.error.requestId);
    expect(api.logged.join()).toContain(answer.body.error.requestId);
    expect(api.logged.join()).toContain('SELECT secret');
  });

  it('of the database is 503, with when to try again, and changes nothing in memory', async () => {
    vi.spyOn(api.store, 'commit').mockRejectedValueOnce(new StoreError('STORE_UNAVAILABLE', 'disk full'));
    const before = api.log.id;
    const answer = await api.call('POST', `${CART}/toggle`, { on: true });
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'STORE_UNAVAILABLE' } } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(api.log.id).toBe(before);
    expect((await api.call('POST', `${CART}/toggle`, { on: true })).status).toBe(200);
  });

  it('whose disk is full is 507, with when to try again', async () => {
    vi.spyOn(api.store, 'commit').mockRejectedValueOnce(new StoreError('STORE_FULL', 'database or disk is full'));
    const answer = await api.call('POST', `${CART}/toggle`, { on: true });
    expect(answer).toMatchObject({ status: 507, body: { error: { code: 'STORE_FULL' } } });
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(api.logged.join()).toContain('disk is full');
  });

  it('to get a change in before other servers is 503 as well', async () => {
    vi.spyOn(api.store, 'commit').mockResolvedValue('conflict');
    const answer = await api.call('POST', `${CART}/toggle`, { on: true });
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'STORE_BUSY' } } });
  });
});

describe('Answers', () => {
  it('are kept by no cache, and taken for nothing but JSON', async () => {
    for (const path of ['flags', 'flags/nowhere']) {
      const { headers } = await api.call('GET', path);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-type')).toContain('application/json');
    }
  });
});

describe('docs/errors.md', () => {
  const text = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
  const rows = text
    .split('\n')
    .map((line) => /^\| `([A-Z_]+)` \| (\d{3}) \| (.+) \| (.+) \|$/.exec(line))
    .filter((row) => row !== null);

  it('has every code with its status, once, and no other', () => {
    const documented = rows.map(([, code, status]) => [code, Number(status)]);
    expect(Object.fromEntries(documented)).toEqual(ERROR_STATUS);
    expect(documented).toHaveLength(Object.keys(ERROR_STATUS).length);
  });

  it('gives each a meaning and a fix', () => {
    for (const [, code, , meaning, fix] of rows) {
      expect(meaning?.trim().length, code).toBeGreaterThan(10);
      expect(fix?.trim().length, code).toBeGreaterThan(5);
    }
  });

  it('has every code of problems and warnings, and no other', () => {
    const folder = fileURLToPath(new URL('../src/commands/', import.meta.url));
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'));
    const validate = readFileSync(new URL('../../core/src/validate.ts', import.meta.url), 'utf8');
    const used = [
      ...sources.flatMap((source) => [...source.matchAll(/(?:problem\(|code: )'([A-Z_]+)',/g)]),
      ...validate.matchAll(/ {4}\| '([A-Z_]+)'/g),
    ].map((match) => match[1]);
    const documented = [...text.matchAll(/^\| `([A-Z_]+)` \| [^|\d][^|]* \|$/gm)].map((match) => match[1]);
    expect(documented.sort()).toEqual([...new Set(used)].sort());
  });
});
