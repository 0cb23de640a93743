import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { createClient } from '../src/index.ts';

const SOON = 10_000;

let server: TestServer;
/** By whom a ruleset may be read: two environments, two audiences. */
let keys: { production: string; staging: string; pages: string };
const clients: ReturnType<typeof createClient>[] = [];

beforeAll(async () => {
  server = await TestServer.start();
  const { token: staging } = await server.admin('POST', 'environments/staging/keys', { kind: 'server' });
  keys = { production: server.serverKey, staging, pages: server.browserKey };
  await server.admin('POST', 'flags', { key: 'pay', type: 'boolean' });
  await server.admin('POST', 'flags/pay/environments/staging/toggle', { on: true });
  // Moves the ids of all environments and audiences by one change.
  await server.admin('POST', 'flags', { key: 'later', type: 'boolean' });
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

afterAll(() => server.stop());

const read = (key: string, headers: Record<string, string> = {}) =>
  server.sdk('/ruleset', { headers: { authorization: `Bearer ${key}`, ...headers } });
const snapshotOf = async (key: string) => (await read(key)).json();

function connect(key: string, more: object = {}) {
  const client = createClient({ url: server.url, key, cache: false, logger: false, ...more });
  clients.push(client);
  return client;
}

describe('the id of a ruleset', () => {
  it('names its environment and its audience, though one change has moved them all', async () => {
    const ids = await Promise.all(Object.values(keys).map(async (key) => (await snapshotOf(key)).id as string));
    expect(new Set(ids.map((id) => id.split('.')[0])).size).toBe(1);
    expect(new Set(ids).size).toBe(3);
  });

  it('is what the answer of a write says of each environment that it touches', async () => {
    const { rulesets } = await server.admin('POST', 'flags/later/environments/production/toggle', { on: true });
    const [servers, pages] = [await snapshotOf(keys.production), await snapshotOf(keys.pages)];
    expect(rulesets).toEqual([{ environment: 'production', id: servers.id, browserId: pages.id }]);
    const { ruleset } = await server.admin('GET', 'environments/production');
    expect(ruleset).toMatchObject({ id: servers.id, browserId: pages.id });
  });

  it('of another environment is answered with a snapshot, on the stream and as a document', async () => {
    const { id } = await snapshotOf(keys.staging);
    const stream = await server.stream('', { authorization: `Bearer ${keys.production}`, 'last-event-id': id });
    await vi.waitFor(() => expect(stream.named('snapshot')[0]?.data.flags.pay.on).toBe(false), SOON);
    expect((await read(keys.production, { 'if-none-match': `"${id}"` })).status).toBe(200);
    expect((await read(keys.staging, { 'if-none-match': `"${id}"` })).status).toBe(304);
  });

  it('as servers of before made it, by the hash of the log alone, is answered with a snapshot', async () => {
    const { items } = await server.call('GET', '/api/v1/changes?limit=1').then(({ body }) => body);
    const stream = await server.stream('', {
      authorization: `Bearer ${keys.production}`,
      'last-event-id': items[0].id,
    });
    await vi.waitFor(() => expect(stream.named('snapshot')).toHaveLength(1), SOON);
  });
});

describe('rules of somebody else', () => {
  it.each(['staging', 'pages'] as const)(
    'that a client of production was handed, of %s, are replaced',
    async (from) => {
      const client = connect(keys.production, { bootstrap: await snapshotOf(keys[from]) });
      await client.ready();
      await vi.waitFor(() => expect(client.status()).toMatchObject({ state: 'live', source: 'stream' }), SOON);
      expect(client.evaluate('pay', true, { targetingKey: 'ann' })).toMatchObject({ value: false, reason: 'DISABLED' });
    },
  );

  it('do not count as applied, however new they are', async () => {
    await server.admin('POST', 'flags/later/environments/production/rollout', { percent: 5 });
    await server.admin('POST', 'flags/later/environments/staging/toggle', { on: true });
    const { id } = await snapshotOf(keys.staging);
    const stream = await server.stream('?instance=misled', {
      authorization: `Bearer ${keys.production}`,
      'last-event-id': id,
    });
    await vi.waitFor(() => expect(stream.named('ping')).toHaveLength(1), SOON);
    const found = await server.admin('GET', 'environments/production/propagation');
    expect(found).toMatchObject({ complete: false, stragglers: [expect.objectContaining({ instance: 'misled' })] });
    stream.close();
  });
});

describe('a cache between', () => {
  it('that keeps one answer for an address is told that it is another for each key', async () => {
    const vary = (await read(keys.production)).headers.get('vary');
    expect(vary?.split(', ')).toEqual(['Authorization', 'Origin', 'Accept-Encoding']);
  });

  it('that revalidates by the tag alone serves nobody the rules of another environment', async () => {
    let kept: { etag: string; text: string } | undefined;
    const cache = createServer(async ({ headers: { authorization = '' } }, out) => {
      const tag: Record<string, string> = kept ? { 'if-none-match': kept.etag } : {};
      const response = await server.sdk('/ruleset', { headers: { authorization, ...tag } });
      if (response.status === 200) kept = { etag: response.headers.get('etag') ?? '', text: await response.text() };
      out.end(kept?.text);
    });
    await new Promise<void>((resolve) => cache.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(cache.address() as AddressInfo).port}`;
    const isOn = async (key: string) => {
      const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
      return ((await response.json()) as { flags: { pay: { on: boolean } } }).flags.pay.on;
    };
    expect([await isOn(keys.staging), await isOn(keys.production), await isOn(keys.staging)]).toEqual([
      true,
      false,
      true,
    ]);
    cache.close();
    cache.closeAllConnections();
  });
});
