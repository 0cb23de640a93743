import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../src/logger.ts';
import { TestServer } from '../running-server.ts';

let server: TestServer;
let id: string;
let batches = 0;
const errors: string[] = [];

beforeAll(async () => {
  const logger = { ...silentLogger, error: (message: string) => void errors.push(message) };
  server = await TestServer.start({ logger });
  await server.admin('POST', 'flags', { key: 'checkout', type: 'boolean' });
  ({ id } = await (await server.sdk('/ruleset')).json());
});

afterAll(() => server.stop());

const batch = (more: object = {}) => ({ batch: `batch-${++batches}`, instance: 'web-1', application: 'shop', ...more });
const summary = (count: number, flag = 'checkout', variation: string | null = 'on') => ({
  id,
  from: Date.now() - 1_000,
  to: Date.now(),
  counts: [{ flag, variation, count }],
});
const send = (body: unknown, headers: Record<string, string> = {}) =>
  server.sdk('/events', {
    method: 'POST',
    headers: { authorization: `Bearer ${server.serverKey}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const evaluations = async (flag: string) => {
  const { items } = await server.admin('GET', `flags/${flag}/environments/production/evaluations`);
  return items.reduce((total: number, { count }: { count: number }) => total + count, 0);
};

describe('POST /sdk/v1/events', () => {
  it('counts summaries', async () => {
    const before = await evaluations('checkout');
    const response = await send(batch({ summaries: [summary(8_123), summary(4)] }));
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual({});
    expect((await evaluations('checkout')) - before).toBe(8_127);
    expect(await server.metric('dimmer_evaluations_total{audience="server"}')).toBeGreaterThanOrEqual(8_127);
  });

  it('counts a batch once, however often it is sent', async () => {
    const before = await evaluations('checkout');
    const body = batch({ summaries: [summary(10)] });
    const answers = await Promise.all([send(body), send(body), send(body)]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect((await evaluations('checkout')) - before).toBe(10);
  });

  it('counts flags that it does not know as (other)', async () => {
    await send(batch({ summaries: [summary(3, 'no-such-flag')] }));
    expect(await evaluations('(other)')).toBe(3);
  });

  it('says when each flag was last evaluated', async () => {
    await send(batch({ summaries: [summary(1)] }));
    const { items } = await server.admin('GET', 'environments/production/evaluations');
    expect(items).toContainEqual({ flag: 'checkout', lastEvaluatedAt: expect.any(Number) });
    const { lastEvaluatedAt } = await server.admin('GET', 'flags/checkout/environments/production/evaluations');
    expect(lastEvaluatedAt).toBeGreaterThan(1_700_000_000_000);
  });

  it('notes receipts beside who is connected', async () => {
    const stream = await server.stream('?instance=web-7&application=shop&sdk=node%2F0.1.0');
    await expect.poll(() => stream.named('ping').length).toBe(1);
    await send(batch({ instance: 'web-7', receipts: [{ id, delayMs: 12 }] }));
    const answer = await server.admin('GET', 'environments/production/instances');
    expect(answer).toMatchObject({ id: expect.stringMatching(/^\d+\.[0-9a-f]{12}$/) });
    expect(answer.items).toContainEqual(
      expect.objectContaining({
        instance: 'web-7',
        application: 'shop',
        sdk: 'node/0.1.0',
        audience: 'server',
        streams: 1,
        appliedId: id,
        delayMs: 12,
        disconnectedAt: null,
      }),
    );
    stream.close();
    await expect
      .poll(async () => (await server.admin('GET', 'environments/production/instances')).items)
      .toContainEqual(expect.objectContaining({ instance: 'web-7', streams: 0, disconnectedAt: expect.any(Number) }));
  });

  it('is taken from a page that is being closed, whose beacon is text', async () => {
    const response = await fetch(`${server.url}/sdk/v1/events?key=${server.browserKey}`, {
      method: 'POST',
      headers: { origin: 'https://shop.example', 'content-type': 'text/plain' },
      body: JSON.stringify(batch({ summaries: [summary(1)] })),
    });
    expect(response.status).toBe(202);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('ignores what it does not know yet', async () => {
    expect((await send(batch({ launches: [{ a: 1 }], summaries: [{ ...summary(1), sampled: true }] }))).status).toBe(
      202,
    );
  });

  it.each([
    ['text that is not JSON', '{', 400, 'JSON_INVALID', undefined],
    ['no batch', { summaries: [] }, 400, 'BODY_INVALID', 'batch'],
    [
      'a count of zero',
      {
        batch: 'x',
        summaries: [{ id: '1.aaaaaaaaaaaa', from: 1, to: 2, counts: [{ flag: 'a', variation: 'on', count: 0 }] }],
      },
      400,
      'BODY_INVALID',
      'summaries[0].counts[0].count',
    ],
    ['a wrong id', { batch: 'x', receipts: [{ id: 'latest' }] }, 400, 'BODY_INVALID', 'receipts[0].id'],
    [
      'instants the wrong way round',
      { batch: 'x', summaries: [{ id: '1.aaaaaaaaaaaa', from: 2, to: 1, counts: [] }] },
      400,
      'BODY_INVALID',
      'summaries[0].from',
    ],
    [
      '1,001 counts',
      {
        batch: 'x',
        summaries: [
          {
            id: '1.aaaaaaaaaaaa',
            from: 1,
            to: 2,
            counts: Array.from({ length: 1_001 }, () => ({ flag: 'a', variation: null, count: 1 })),
          },
        ],
      },
      413,
      'BODY_TOO_LARGE',
      undefined,
    ],
    [
      '101 receipts',
      { batch: 'x', receipts: Array.from({ length: 101 }, () => ({ id: '1.aaaaaaaaaaaa' })) },
      413,
      'BODY_TOO_LARGE',
      undefined,
    ],
    ['more than 1 MiB', `"${'x'.repeat(1024 * 1024)}"`, 413, 'BODY_TOO_LARGE', undefined],
  ])('refuses %s', async (_what, body, status, code, path) => {
    const response = await send(body);
    expect(response.status).toBe(status);
    const { error } = await response.json();
    expect(error).toMatchObject({ code, fix: expect.any(String), ...(path !== undefined && { path }) });
  });

  it('looks at no list that is too long, whatever is in it', async () => {
    const nonsense = `[${'1,'.repeat(400_000)}1]`;
    const bodies = [
      `{"batch": "x", "receipts": ${nonsense}}`,
      `{"batch": "x", "summaries": ${nonsense}}`,
      `{"batch": "x", "summaries": [{"counts": ${nonsense}}]}`,
    ];
    for (const body of bodies) {
      const response = await send(body);
      expect(response.status).toBe(413);
      expect((await response.json()).error.message).toMatch(/about 40000\d values/);
    }
    for (const body of ['null', '[]', '7', '{"summaries": {"length": 1e9}}', '{"summaries": [null, {"counts": 7}]}'])
      expect((await send(body)).status).toBe(400);
    expect(errors).toEqual([]);
  });

  it('refuses what is nested deeper than any batch, and what holds more values than any, before it is parsed', async () => {
    const deep = `{"batch": "x", "more": ${'['.repeat(20)}${']'.repeat(20)}}`;
    const wide = `{"batch": "x", "more": [${'{},'.repeat(100_001)}{}]}`;
    const inText = JSON.stringify({ batch: 'in-text', more: '[{,'.repeat(50_000) });
    const answers = await Promise.all([deep, wide, inText].map((body) => send(body)));
    expect(answers.map(({ status }) => status)).toEqual([400, 413, 202]);
    expect((await (answers[0] as Response).json()).error.code).toBe('BODY_TOO_DEEP');
  });

  it('takes 128 KiB from a browser, whose key anybody has, and more from a server', async () => {
    const large = (bytes: number) => JSON.stringify(batch({ more: 'x'.repeat(bytes) }));
    const fromPage = (body: string) =>
      fetch(`${server.url}/sdk/v1/events?key=${server.browserKey}`, { method: 'POST', body });
    expect((await fromPage(large(126 * 1024))).status).toBe(202);
    expect((await fromPage(large(128 * 1024))).status).toBe(413);
    expect((await send(large(512 * 1024))).status).toBe(202);
  });

  it('does not unpack what is compressed', async () => {
    const response = await fetch(`${server.url}/sdk/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.serverKey}`, 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify(batch({ more: ' '.repeat(1_000_000) }))),
    });
    expect(response.status).toBe(400);
  });

  it('takes a roll call from a server key, and with a browser’s only beside a server key of the environment', async () => {
    const rollCall = { connected: 1_000_000_000, silent: 0, applied: [], delays: [], behind: [] };
    const page = `${server.url}/sdk/v1/events?key=${server.browserKey}&instance=edge`;
    const call = async (headers: Record<string, string>, url = page) => {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: JSON.stringify(batch({ instance: 'edge', rollCall })),
      });
      return [response.status, await response.json()];
    };
    const rolls = async () =>
      (await server.admin('GET', 'environments/production/instances')).items
        .filter((each: { rollCall: unknown }) => each.rollCall !== null)
        .map(({ instance, audience }: { instance: string; audience: string }) => ({ instance, audience }));
    const refused = [202, { refused: [{ path: 'rollCall', message: expect.stringContaining('server key') }] }];
    const { token: elsewhere } = await server.admin('POST', 'environments/staging/keys', { name: 's', kind: 'server' });
    expect(await call({})).toEqual(refused);
    expect(await call({ 'dimmer-relay': server.browserKey })).toEqual(refused);
    expect(await call({ 'dimmer-relay': `${server.serverKey.slice(0, -4)}AAAA` })).toEqual(refused);
    expect(await call({ 'dimmer-relay': elsewhere })).toEqual(refused);
    expect(await call({ 'dimmer-relay': server.serverKey, origin: 'https://shop.example' })).toEqual(refused);
    expect(await rolls()).toEqual([]);
    expect(await server.metric('dimmer_roll_calls_refused_total')).toBe(5);
    expect(await call({ 'dimmer-relay': `${elsewhere} ${server.serverKey}` })).toEqual([202, {}]);
    expect(await rolls()).toEqual([{ instance: 'edge', audience: 'browser' }]);
    const bearer = { authorization: `Bearer ${server.serverKey}` };
    expect(await call(bearer, `${server.url}/sdk/v1/events`)).toEqual([202, {}]);
  });

  it('closes the connection when it does not read a body to its end, and says so', async () => {
    const response = await send('x'.repeat(1024 * 1024 + 1));
    expect(response.status).toBe(413);
    expect(response.headers.get('connection')).toBe('close');
  });

  it('does not log a client that goes away in the middle as a defect', async () => {
    const answered = () =>
      server.metric('dimmer_http_request_duration_seconds_count{method="POST",route="/sdk/v1/events",status="400"}');
    const before = (await answered()) || 0;
    const { hostname, port } = new URL(server.url);
    const head = `POST /sdk/v1/events?key=${server.browserKey} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n`;
    // Again if it has gone before the server saw that it came.
    await vi.waitFor(async () => {
      const socket = connect(Number(port), hostname);
      await new Promise((resolve) => socket.write(`${head}Content-Type: application/json\r\n\r\n{"batch`, resolve));
      await answered();
      socket.destroy();
      expect(await answered()).toBeGreaterThan(before);
    });
    expect(errors).toEqual([]);
  });
});
