import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { LogFields } from '../../src/logger.ts';
import { silentLogger } from '../../src/logger.ts';
import type { RawStream } from '../hub/raw-stream.ts';
import { ADMIN_TOKEN, TestServer } from '../running-server.ts';

const warnings: { message: string; fields: LogFields }[] = [];
let server: TestServer;
/** How far the server’s clock is ahead. */
let laterMs = 0;
const soon = { interval: 5 };
const hasId = (stream: RawStream, id: string) =>
  vi.waitFor(() => expect(stream.events.findLast((each) => each.id !== undefined)?.id).toBe(id), soon);
const pinged = (stream: RawStream) => vi.waitFor(() => expect(stream.named('ping')).not.toHaveLength(0), soon);
const production = (flag: string, act: string) => `flags/${flag}/environments/production/${act}`;

beforeAll(async () => {
  const logger = {
    ...silentLogger,
    warn: (message: string, fields: LogFields = {}) => void warnings.push({ message, fields }),
  };
  server = await TestServer.start({ logger, now: () => Date.now() + laterMs });
  await server.admin('POST', 'flags', { key: 'checkout', type: 'boolean' });
  await server.admin('POST', 'flags', { key: 'banner', type: 'boolean', browser: true });
});

afterAll(() => server.stop());

describe('GET /sdk/v1/stream', () => {
  it('sends a snapshot, then every change as a patch with the id that the write answered', async () => {
    const stream = await server.stream();
    await pinged(stream);
    const { id: before } = stream.named('snapshot')[0]?.data ?? {};
    const toggled = await server.admin('POST', production('checkout', 'toggle'), { on: true });
    await hasId(stream, toggled.id);
    expect(stream.named('patch')[0]?.data).toMatchObject({
      from: before,
      id: toggled.id,
      flags: { checkout: { on: true } },
    });
    expect(stream.named('patch')[0]?.data.at).toBeGreaterThan(1_700_000_000_000);
  });

  it('is a proper event stream that no proxy keeps or changes, and nothing is added after it', async () => {
    const { response } = await server.stream();
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-store, no-transform',
      'x-accel-buffering': 'no',
      // A stream ends when somebody goes, and its connection goes with it.
      connection: 'close',
    });
  });

  it('ends with its goodbye: no error text comes after what was written past the router', async () => {
    const { document, token } = await server.admin('POST', 'environments/production/keys', { kind: 'server' });
    const stream = await server.stream('', { authorization: `Bearer ${token}` });
    await pinged(stream);
    await server.call('POST', `/api/v1/keys/${document.selector}/revoke`, {});
    await vi.waitFor(() => expect(stream.ended).toBe(true), soon);
    expect(stream.events.map(({ event }) => event)).toEqual(['message', 'snapshot', 'ping', 'goodbye']);
    expect(stream.rest).toBe('');
  });

  it('shows a browser only what browsers may see', async () => {
    const stream = await server.stream(`?key=${server.browserKey}`, { origin: 'https://shop.example' });
    await pinged(stream);
    expect(Object.keys(stream.named('snapshot')[0]?.data.flags)).toEqual(['banner']);
    expect(stream.response.headers['access-control-allow-origin']).toBe('*');
    const hidden = await server.admin('POST', production('checkout', 'toggle'), { on: false });
    const [{ browserId }] = hidden.rulesets;
    await hasId(stream, browserId);
    expect(stream.last).toMatchObject({ event: 'patch', data: { id: browserId, flags: {}, segments: {} } });
  });

  it('resumes from the header or the query, and the header wins', async () => {
    const first = await server.stream();
    await pinged(first);
    const from = first.named('snapshot')[0]?.data.id as string;
    const { id } = await server.admin('POST', production('checkout', 'toggle'), { on: true });
    await hasId(first, id);
    const authorization = `Bearer ${server.serverKey}`;
    const byHeader = await server.stream(`?lastEventId=${id}`, { authorization, 'last-event-id': from });
    const byQuery = await server.stream(`?lastEventId=${from}`);
    await Promise.all([byHeader, byQuery].map(pinged));
    for (const stream of [byHeader, byQuery])
      expect(stream.named('patch')).toMatchObject([{ data: { from, id, flags: { checkout: { on: true } } } }]);
  });

  it('carries a flag named __proto__ like any other', async () => {
    const stream = await server.stream();
    await pinged(stream);
    const { rulesets } = await server.admin('POST', 'flags', { key: '__proto__', type: 'boolean' });
    const { id } = rulesets.find(({ environment }: { environment: string }) => environment === 'production');
    await hasId(stream, id);
    expect(Object.entries(stream.last?.data.flags)).toMatchObject([['__proto__', { type: 'boolean', on: false }]]);
    const fresh = await server.stream();
    await pinged(fresh);
    expect(Object.keys(fresh.named('snapshot')[0]?.data.flags)).toContain('__proto__');
  });

  it.each([
    ['without a key', '', {}, 401, 'KEY_MISSING'],
    ['with nonsense', '', { authorization: 'Bearer nonsense' }, 401, 'KEY_UNKNOWN'],
    ['with an admin token', '', { authorization: `Bearer ${ADMIN_TOKEN}` }, 403, 'KEY_KIND_WRONG'],
    ['with an unknown browser key', '?key=web_AAAAAAAAAAAAAAAAAAAAAA', {}, 401, 'KEY_UNKNOWN'],
  ])('is refused %s', async (_what, query, headers, status, code) => {
    const response = await fetch(`${server.url}/sdk/v1/stream${query}`, { headers });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code, fix: expect.any(String) } });
  });

  it('is refused to a server key in an address or from a page, and the log says so without the key', async () => {
    const inQuery = await fetch(`${server.url}/sdk/v1/stream?key=${server.serverKey}`);
    const fromPage = await server.sdk('/stream', {
      headers: { authorization: `Bearer ${server.serverKey}`, origin: 'https://shop.example' },
    });
    for (const response of [inQuery, fromPage]) {
      expect(response.status).toBe(403);
      expect(await response.json()).toMatchObject({ error: { code: 'KEY_KIND_WRONG' } });
    }
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.message).toContain('Server key used in a browser');
    expect(JSON.stringify(warnings)).not.toContain(server.serverKey.slice(4, 20));
  });

  it('is not opened by HEAD, which would hold a stream for nobody', async () => {
    const response = await server.sdk('/stream', {
      method: 'HEAD',
      headers: { authorization: `Bearer ${server.serverKey}` },
    });
    expect(response.status).toBe(405);
  });

  it('lets a page read why it was refused', async () => {
    const response = await fetch(`${server.url}/sdk/v1/stream`, { headers: { origin: 'https://shop.example' } });
    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('answers preflights', async () => {
    const response = await fetch(`${server.url}/sdk/v1/events`, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-headers': 'content-type' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toContain('content-type');
  });
});

describe('streams asked for on one connection', () => {
  it('are one stream and no more, and none is left when it ends', async () => {
    const open = () => server.metric('dimmer_streams{audience="browser"}');
    const before = await open();
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    let heard = '';
    socket.on('data', (text) => {
      heard += text;
    });
    socket.write(`GET /sdk/v1/stream?key=${server.browserKey} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(8));
    await vi.waitFor(() => expect(heard).toContain('event: ping'), soon);
    expect(await open()).toBe(before + 1);
    socket.destroy();
    await vi.waitFor(async () => expect(await open()).toBe(before), soon);
  });

  it('are refused behind another request that has not been answered', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    let heard = '';
    socket.on('data', (text) => {
      heard += text;
    });
    const ask = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
    socket.write(ask('/health/ready') + ask(`/sdk/v1/stream?key=${server.browserKey}`));
    await vi.waitFor(() => expect(heard).toContain('STREAM_PIPELINED'), soon);
    socket.destroy();
  });
});

describe('a key that expires', () => {
  it('loses its stream, and is then refused by its name', async () => {
    const expiresAt = Date.now() + 3_600_000;
    const { token } = await server.admin('POST', 'environments/production/keys', { kind: 'server', expiresAt });
    const stream = await server.stream('', { authorization: `Bearer ${token}` });
    await pinged(stream);
    laterMs = 3_600_001;
    await vi.waitFor(() => expect(stream.ended).toBe(true), soon);
    const again = await fetch(`${server.url}/sdk/v1/stream`, { headers: { authorization: `Bearer ${token}` } });
    expect(await again.json()).toMatchObject({ error: { code: 'KEY_EXPIRED' } });
    laterMs = 0;
  });
});

describe('many streams', () => {
  it('cost one encoding a change', async () => {
    const streams = await Promise.all(Array.from({ length: 200 }, () => server.stream()));
    await Promise.all(streams.map(pinged));
    const encodings = 'dimmer_encodings_total{audience="server",kind="patch"}';
    const before = await server.metric(encodings);
    for (const on of [false, true, false]) {
      const { id } = await server.admin('POST', production('checkout', 'toggle'), { on });
      await Promise.all(streams.map((stream) => hasId(stream, id)));
    }
    expect((await server.metric(encodings)) - before).toBe(3);
    expect(await server.metric('dimmer_streams{audience="server"}')).toBeGreaterThanOrEqual(200);
    for (const stream of streams) stream.close();
  });
});
