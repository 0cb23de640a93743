import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestServer } from '../running-server.ts';
import { PostgresCluster, statement } from './postgres-cluster.ts';

let cluster: PostgresCluster;
let url = '';
let a: TestServer;
let b: TestServer;
/** Tokens of production, from whichever server was first. */
let key = '';

beforeAll(async () => {
  cluster = await PostgresCluster.start();
});
afterAll(() => cluster?.stop());

const start = () => TestServer.start({ env: { DATABASE_URL: url } });

beforeEach(async () => {
  url = await cluster.createDatabase();
  [a, b] = await Promise.all([start(), start()]);
  key = a.serverKey || b.serverKey;
});
afterEach(() => Promise.all([a.stop(), b.stop()]));

const bearer = () => ({ authorization: `Bearer ${key}` });
const toggle = (server: TestServer, flag: string, on: boolean) =>
  server.admin('POST', `flags/${flag}/environments/production/toggle`, { on });
const idAt = async (server: TestServer) => (await server.admin('GET', 'environments/production/propagation')).id;
const ruleset = async (server: TestServer) =>
  (await fetch(`${server.url}/sdk/v1/ruleset`, { headers: bearer() })).text();

describe('Two servers on one database', () => {
  it('that start at once make the first start once', () => {
    expect([a.serverKey, b.serverKey].filter(Boolean)).toHaveLength(1);
  });

  it('stream what the other commits, with the same ids and the same bytes', async () => {
    await a.admin('POST', 'flags', { key: 'cart' });
    await vi.waitFor(async () => expect(await idAt(b)).toBe(await idAt(a)));
    const stream = await b.stream('', bearer());
    const { id } = await toggle(a, 'cart', true);
    await vi.waitFor(() => expect(stream.named('patch').at(-1)?.id).toBe(id));
    expect(await ruleset(b)).toBe(await ruleset(a));
  });

  it('F10 that both write lose nothing, and give no revision twice', async () => {
    await a.admin('POST', 'flags', { key: 'cart' });
    const [one, two] = [await a.stream('', bearer()), await b.stream('', bearer())];
    const writes = Array.from({ length: 40 }, (_, index) =>
      (index % 2 ? a : b).admin('POST', 'flags', { key: `flag-${index}` }),
    );
    const revisions = (await Promise.all(writes)).map(({ revision }) => revision);
    expect(new Set(revisions).size).toBe(40);
    await vi.waitFor(async () => expect(await idAt(b)).toBe(await idAt(a)));
    const last = await idAt(a);
    await vi.waitFor(() => expect([one, two].map((stream) => stream.last?.data.id)).toEqual([last, last]));
    expect(Object.keys(JSON.parse(await ruleset(b)).flags)).toHaveLength(41);
    const { body } = await b.call('GET', '/api/v1/changes/verify');
    expect(body).toMatchObject({ ok: true });
  });

  it('know together who has applied a change, wherever it streams and whoever it says so to', async () => {
    await a.admin('POST', 'flags', { key: 'cart' });
    await vi.waitFor(async () => expect(await idAt(b)).toBe(await idAt(a)));
    const stream = await b.stream('?instance=far&application=shop&sdk=test', bearer());
    await vi.waitFor(async () =>
      expect(await a.admin('GET', 'environments/production/propagation')).toMatchObject({ connected: 1, pending: 1 }),
    );
    const answer = a.admin('POST', 'flags/cart/environments/production/kill?wait=applied', { reason: 'errors' });
    const { id } = await vi.waitFor(() => {
      const patch = stream.named('patch').at(-1);
      expect(patch).toBeDefined();
      return patch as { id: string };
    });
    const body = JSON.stringify({ batch: 'x', instance: 'far', receipts: [{ id, delayMs: 3 }] });
    await fetch(`${a.url}/sdk/v1/events`, {
      method: 'POST',
      body,
      headers: { ...bearer(), 'content-type': 'application/json' },
    });
    expect((await answer).propagation).toMatchObject([{ complete: true, connected: 1, applied: 1, everywhere: true }]);
    expect(await b.admin('GET', 'environments/production/instances')).toMatchObject({
      items: [{ instance: 'far', streams: 1, appliedId: id }],
    });
    stream.close();
    await vi.waitFor(async () =>
      expect(await a.admin('GET', 'environments/production/propagation')).toMatchObject({ connected: 0 }),
    );
  });

  it('count every stream of an SDK of before, also where two of one instance name are at two of them', async () => {
    const streams = await Promise.all([a, b].map((each) => each.stream('?instance=twin&application=shop', bearer())));
    for (const server of [a, b])
      await vi.waitFor(async () =>
        expect(await server.admin('GET', 'environments/production/propagation')).toMatchObject({ connected: 2 }),
      );
    for (const stream of streams) stream.close();
    await vi.waitFor(async () =>
      expect(await a.admin('GET', 'environments/production/propagation')).toMatchObject({ connected: 0 }),
    );
  });

  it('F9 find each other’s changes by looking when no notification arrives, within 5 s', async () => {
    await a.admin('POST', 'flags', { key: 'cart' });
    const stream = await b.stream('', bearer());
    await statement(
      url,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dimmer listen'",
    );
    const { id } = await toggle(a, 'cart', true);
    await vi.waitFor(() => expect(stream.named('patch').at(-1)?.id).toBe(id));
  });

  it('add up what SDKs tell either of them', async () => {
    await a.admin('POST', 'flags', { key: 'cart' });
    await vi.waitFor(async () => expect(await idAt(b)).toBe(await idAt(a)));
    const [id, now] = [await idAt(a), Date.now()];
    for (const [server, count] of [
      [a, 3],
      [b, 4],
    ] as const) {
      const summaries = [{ id, from: now - 1, to: now, counts: [{ flag: 'cart', variation: 'off', count }] }];
      const body = JSON.stringify({ batch: `b${count}`, summaries });
      const headers = { ...bearer(), 'content-type': 'application/json' };
      expect((await fetch(`${server.url}/sdk/v1/events`, { method: 'POST', body, headers })).status).toBe(202);
    }
    const path = 'flags/cart/environments/production/evaluations';
    // Each writes what it was told when it is asked, or within 5 s.
    await a.admin('GET', path);
    const total = (await b.admin('GET', path)).items.reduce(
      (sum: number, { count }: { count: number }) => sum + count,
      0,
    );
    expect(total).toBe(7);
  });
});

describe('While the database is away', () => {
  it('F32 streams and rulesets are served from memory, writes are refused, and all is well by itself when it is back', async () => {
    await a.admin('POST', 'flags', { key: 'cart' });
    const stream = await a.stream('', bearer());
    const before = await ruleset(a);
    await cluster.crash();
    try {
      const { status, headers, body } = await a.call('POST', '/api/v1/projects/default/flags', { key: 'late' });
      expect([status, body.error.code]).toEqual([503, 'STORE_UNAVAILABLE']);
      expect(headers.get('retry-after')).toBe('1');
      await vi.waitFor(async () => expect(await a.metric('dimmer_database_up')).toBe(0));
      expect(await ruleset(a)).toBe(before);
      const late = await a.stream('', bearer());
      expect(late.response.statusCode).toBe(200);
      expect((await a.call('GET', '/api/v1/projects/default/flags/cart')).status).toBe(200);
      // Who has newer rules than this server can read keeps them.
      const ahead = await a.stream('', { ...bearer(), 'last-event-id': '9999.aaaaaaaaaaaa' });
      expect(ahead.response.statusCode).toBe(503);
      expect(await a.admin('GET', 'environments/production/propagation')).toMatchObject({
        everywhere: false,
        connected: 2,
      });
    } finally {
      await cluster.resume();
    }
    const { id } = await vi.waitFor(() => toggle(a, 'cart', true));
    await vi.waitFor(() => expect(stream.named('patch').at(-1)?.id).toBe(id));
    await vi.waitFor(async () => expect(await idAt(b)).toBe(id));
    await vi.waitFor(async () => expect(await a.metric('dimmer_database_up')).toBe(1));
    // What the servers tell each other was lost with the crash, and is told again.
    await vi.waitFor(async () =>
      expect(await b.admin('GET', 'environments/production/propagation')).toMatchObject({ connected: 2 }),
    );
  });
});

describe('When the database holds another history than before', () => {
  it('F6 every server goes over to it, and every stream with it', async () => {
    await a.admin('POST', 'flags', { key: 'cart' });
    const before = await idAt(a);
    const revision = Number.parseInt(before, 10);
    const { id: lost } = await toggle(a, 'cart', true);
    await vi.waitFor(async () => expect(await idAt(b)).toBe(lost));
    const streams = [await a.stream('', bearer()), await b.stream('', bearer())];
    // What a backup from before the last change amounts to.
    await statement(
      url,
      `
      UPDATE dimmer.documents d SET version = w.version, revision = w.revision, body = w.body
        FROM dimmer.writes w WHERE w.kind = d.kind AND w.id = d.id AND w.revision <= ${revision} AND w.version = d.version - 1
        AND d.revision > ${revision};
      DELETE FROM dimmer.writes WHERE revision > ${revision};
      DELETE FROM dimmer.changes WHERE revision > ${revision};
      UPDATE dimmer.head SET revision = ${revision}, hash = (SELECT hash FROM dimmer.changes WHERE revision = ${revision})`,
    );
    await vi.waitFor(() =>
      expect(streams.map((stream) => stream.last?.data.id ?? stream.last?.id)).toEqual([before, before]),
    );
    expect(await ruleset(b)).toBe(await ruleset(a));
    expect(JSON.parse(await ruleset(a)).flags.cart.on).toBe(false);
    // A change of the new history has the number of the lost one, and another hash.
    const { id } = await a.admin('POST', 'flags/cart/environments/production/rollout', { percent: 10 });
    expect(Number.parseInt(id, 10)).toBe(Number.parseInt(lost, 10));
    expect(id).not.toBe(lost);
    await vi.waitFor(() => expect(streams.map((stream) => stream.named('patch').at(-1)?.id)).toEqual([id, id]));
    expect((await b.call('GET', '/api/v1/changes/verify')).body).toMatchObject({ ok: true });
  });
});
