import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RawStream } from '../hub/raw-stream.ts';
import { TestServer } from '../running-server.ts';

let origin: TestServer;
let relay: TestServer;
const streams: RawStream[] = [];

const SOON = { interval: 20 };

function relayOf(above: TestServer, env: Record<string, string> = {}): Promise<TestServer> {
  return TestServer.start({ env: { DIMMER_UPSTREAM: above.url, DIMMER_METRICS_TOKEN: METRICS_TOKEN, ...env } });
}
const METRICS_TOKEN = 'a-metrics-token-for-tests-only';

beforeEach(async () => {
  origin = await TestServer.start();
  await origin.admin('POST', 'flags', { key: 'cart', browser: true });
  relay = await relayOf(origin, { DIMMER_RELAY_FOLDER: `${origin.folder}/kept` });
});
afterEach(async () => {
  for (const stream of streams.splice(0)) stream.close();
  await relay.stop();
  await origin.stop();
});

const bearer = () => ({ authorization: `Bearer ${origin.serverKey}` });

async function connect(server: TestServer, who = '', more: Record<string, string> = {}): Promise<RawStream> {
  const stream = await RawStream.open(`${server.url}/sdk/v1/stream?instance=${who}`, { ...bearer(), ...more });
  streams.push(stream);
  return stream;
}

const toggle = (on: boolean) => origin.admin('POST', 'flags/cart/environments/production/toggle', { on });
const ruleset = async (server: TestServer, headers: Record<string, string> = bearer()) =>
  (await fetch(`${server.url}/sdk/v1/ruleset`, { headers })).text();
const report = (server: TestServer, body: object) =>
  fetch(`${server.url}/sdk/v1/events`, {
    method: 'POST',
    body: JSON.stringify({ batch: Math.random().toString(36), ...body }),
    headers: { ...bearer(), 'content-type': 'application/json' },
  });
const propagation = () => origin.admin('GET', 'environments/production/propagation');

describe('A relay', () => {
  it('serves SDKs what the server above serves, byte for byte, and every change', async () => {
    expect(await ruleset(relay)).toBe(await ruleset(origin));
    const stream = await connect(relay);
    const direct = await connect(origin);
    const { id } = await toggle(true);
    await vi.waitFor(
      () => expect([stream, direct].map((each) => each.named('patch').at(-1)?.id)).toEqual([id, id]),
      SOON,
    );
    expect(stream.named('patch').at(-1)?.data).toEqual(direct.named('patch').at(-1)?.data);
    expect(await ruleset(relay)).toBe(await ruleset(origin));
  });

  it('serves browsers with their own keys what is for browsers', async () => {
    const authorization = `Bearer ${origin.browserKey}`;
    expect(await ruleset(relay, { authorization })).toBe(await ruleset(origin, { authorization }));
  });

  it('resumes a stream that was at the server above before, and the other way round', async () => {
    const { id } = await toggle(true);
    const before = await connect(relay);
    await vi.waitFor(() => expect(before.last?.data.id).toBe(id), SOON);
    before.close();
    const { id: next } = await toggle(false);
    await vi.waitFor(async () => expect(JSON.parse(await ruleset(relay)).id).toBe(next), SOON);
    const resumed = await connect(relay, 'x', { 'last-event-id': id });
    await vi.waitFor(() => expect(resumed.events.at(-1)?.event).toBe('ping'), SOON);
    expect(resumed.named('snapshot')).toEqual([]);
    expect(resumed.named('patch')).toMatchObject([{ id: next, data: { from: id } }]);
    const elsewhere = await connect(origin, 'x', { 'last-event-id': next });
    await vi.waitFor(() => expect(elsewhere.events.map(({ event }) => event)).toContain('ping'), SOON);
    expect(elsewhere.named('snapshot')).toEqual([]);
  });

  it('lets in who has a key of the server above, and nobody else', async () => {
    const answer = async (token: string) => {
      const response = await fetch(`${relay.url}/sdk/v1/ruleset`, { headers: { authorization: `Bearer ${token}` } });
      return [response.status, ((await response.json()) as { error?: { code: string } }).error?.code];
    };
    const madeUp = `${origin.serverKey.slice(0, -4)}AAAA`;
    expect(await answer(madeUp)).toEqual([401, 'KEY_UNKNOWN']);
    expect(await answer(madeUp)).toEqual([401, 'KEY_UNKNOWN']);
    expect(await answer('nonsense')).toEqual([401, 'KEY_UNKNOWN']);
    expect((await fetch(`${relay.url}/sdk/v1/ruleset`)).status).toBe(401);
    expect((await relay.call('GET', '/api/v1/projects')).body.error.code).toBe('ROUTE_NOT_FOUND');
  });

  it('ends the streams of a key that is revoked above, and forgets what it kept for it', async () => {
    const { token, document } = await origin.admin('POST', 'environments/production/keys', {
      name: 'k',
      kind: 'server',
    });
    const headers = { authorization: `Bearer ${token}` };
    const stream = await RawStream.open(`${relay.url}/sdk/v1/stream`, headers);
    streams.push(stream);
    expect((await origin.call('POST', `/api/v1/keys/${document.selector}/revoke`, { reason: 'leaked' })).status).toBe(
      200,
    );
    await vi.waitFor(() => expect(stream.ended).toBe(true), { interval: 50 });
    await origin.close();
    expect((await fetch(`${relay.url}/sdk/v1/ruleset`, { headers })).status).toBe(401);
  });

  it('shows on /metrics, to who has the token, how many keys it serves', async () => {
    await ruleset(relay);
    const read = (token: string) => fetch(`${relay.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    expect((await read('wrong')).status).toBe(403);
    expect(await (await read(METRICS_TOKEN)).text()).toContain('dimmer_relay_keys_live 1');
  });
});

describe('While the server above is away', () => {
  it('a relay goes on serving, and brings everybody up to date by a patch when it is back', async () => {
    const stream = await connect(relay);
    await vi.waitFor(() => expect(stream.named('snapshot')).toHaveLength(1), SOON);
    const before = await ruleset(relay);
    const readiness = async () => (await fetch(`${relay.url}/health/ready`)).json();
    expect(await readiness()).toEqual({ status: 'ready' });
    await origin.close();
    await vi.waitFor(
      async () =>
        expect(await readiness()).toMatchObject({ status: 'degraded', reason: expect.stringContaining('1 of 1 keys') }),
      SOON,
    );
    expect(await ruleset(relay)).toBe(before);
    const late = await connect(relay);
    await vi.waitFor(() => expect(late.named('snapshot')).toHaveLength(1), SOON);
    await origin.resume();
    const { id } = await toggle(true);
    await vi.waitFor(() => expect([stream, late].map((each) => each.named('patch').at(-1)?.id)).toEqual([id, id]), {
      interval: 50,
    });
    expect(stream.ended).toBe(false);
    expect(stream.named('snapshot')).toHaveLength(1);
  });

  it('a relay that is started anew serves what it had kept', async () => {
    const before = await ruleset(relay);
    await relay.close();
    await origin.close();
    await relay.resume();
    expect(await ruleset(relay)).toBe(before);
    const stream = await connect(relay);
    await vi.waitFor(() => expect(stream.named('snapshot')).toHaveLength(1), SOON);
  });

  it('a relay says that it cannot know a key that it has never seen', async () => {
    await origin.close();
    const response = await fetch(`${relay.url}/sdk/v1/ruleset`, { headers: bearer() });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: 'UPSTREAM_UNAVAILABLE' } });
  });

  it('a relay takes nobody back who is further than itself', async () => {
    await ruleset(relay);
    await origin.close();
    const ahead = await connect(relay, 'x', { 'last-event-id': '9999.aaaaaaaaaaaa' });
    expect(ahead.response.statusCode).toBe(503);
    expect(ahead.response.headers['retry-after']).toBeDefined();
  });
});

describe('Through relays', () => {
  it('it is known who has applied a change, and a write can wait for them; stragglers are named', async () => {
    const [near, far] = [await connect(relay, 'near'), await connect(relay, 'far')];
    await vi.waitFor(async () => expect(await propagation()).toMatchObject({ connected: 2 }), SOON);
    const killed = origin.admin('POST', 'flags/cart/environments/production/kill?wait=applied', { reason: 'errors' });
    await vi.waitFor(() => expect(far.named('patch')).toHaveLength(1), SOON);
    const id = near.named('patch').at(-1)?.id as string;
    await report(relay, { instance: 'near', receipts: [{ id, delayMs: 5 }] });
    await vi.waitFor(
      async () =>
        expect(await propagation()).toMatchObject({ applied: 1, pending: 1, stragglers: [{ instance: 'far' }] }),
      SOON,
    );
    expect((await propagation()).stragglers[0].via).toContain('#');
    await report(relay, { instance: 'far', receipts: [{ id, delayMs: 9 }] });
    expect((await killed).propagation).toMatchObject([
      { complete: true, connected: 2, applied: 2, pending: 0, delayMs: { max: 9 } },
    ]);
  });

  it('it is known how many browsers there are, if the relay has a server key to show beside theirs', async () => {
    const browser = { authorization: `Bearer ${origin.browserKey}` };
    for (const who of ['one', 'two', 'three']) await connect(relay, `${who}&receipts=0`, browser);
    // Anybody could say to be a relay with the key of browsers: it counts as one of them.
    await vi.waitFor(async () => expect((await propagation()).browsers).toMatchObject({ connected: 1 }), SOON);
    expect(await origin.metric('dimmer_roll_calls_refused_total')).toBeGreaterThan(0);
    await connect(relay, 'server');
    await vi.waitFor(
      async () => expect((await propagation()).browsers).toMatchObject({ connected: 3, silent: 3 }),
      SOON,
    );
  });

  it('it is known through a tree of them', async () => {
    const leaf = await relayOf(relay, { DIMMER_RELAY_FOLDER: `${origin.folder}/leaf` });
    const stream = await connect(leaf, 'deep');
    await vi.waitFor(async () => expect(await propagation()).toMatchObject({ connected: 1, pending: 1 }), SOON);
    const { id } = await toggle(true);
    await vi.waitFor(() => expect(stream.named('patch').at(-1)?.id).toBe(id), SOON);
    await vi.waitFor(async () => expect((await propagation()).stragglers[0]?.via).toMatch(/#.* > .*#/), SOON);
    await report(leaf, { instance: 'deep', receipts: [{ id, delayMs: 20 }] });
    await vi.waitFor(
      async () => expect(await propagation()).toMatchObject({ complete: true, applied: 1, delayMs: { max: 20 } }),
      SOON,
    );
    await leaf.stop();
    await vi.waitFor(async () => expect(await propagation()).toMatchObject({ connected: 0 }), SOON);
  });

  it('evaluations are counted as if there were none', async () => {
    await ruleset(relay);
    const { id } = JSON.parse(await ruleset(origin));
    const now = Date.now();
    for (const count of [2, 3]) {
      const summaries = [{ id, from: now - 9, to: now, counts: [{ flag: 'cart', variation: 'off', count }] }];
      expect((await report(relay, { instance: `i${count}`, summaries })).status).toBe(202);
    }
    // The relay sends what it has when it is stopped, or within 10 s.
    await relay.close();
    const { items } = await origin.admin('GET', 'flags/cart/environments/production/evaluations');
    expect(items).toMatchObject([{ variation: 'off', count: 5 }]);
    await relay.resume();
  });

  it('it is known of launches which version and which instance has told', async () => {
    await origin.admin('POST', 'flags', { key: 'engine', type: 'launch' });
    const { id } = JSON.parse(await ruleset(relay));
    const now = Date.now();
    const none = { same: 0, different: 0, ignored: 0, failed: 0 };
    const launch = { flag: 'engine', id, from: now - 9, to: now, noise: none, shed: {}, clusters: [], paths: [] };
    for (const different of [2, 3]) {
      const launches = [{ ...launch, compared: { ...none, different } }];
      await report(relay, { application: `shop@1.${different}`, instance: `i${different}`, launches });
    }
    await relay.close();
    for (const [query, count] of [
      ['', 5],
      ['?version=1.3', 3],
      ['?instance=i2', 2],
    ] as const) {
      const { mismatches } = await origin.admin('GET', `flags/engine/environments/production/launch${query}`);
      expect(mismatches.count).toBe(count);
    }
    await relay.resume();
  });

  it('processes are told to let in fewer shadows by what all of them show together', async () => {
    await origin.admin('POST', 'flags', { key: 'engine', type: 'launch' });
    const { id } = JSON.parse(await ruleset(relay));
    const none = { same: 0, different: 0, ignored: 0, failed: 0 };
    const switchback = { worse: 5, better: 0, with: [], without: [], sharePercent: 100, stops: 0 };
    const tell = async () => {
      const now = Date.now();
      const launch = { flag: 'engine', id, from: now - 9, to: now, compared: none, noise: none, shed: {} };
      const answer = await report(relay, { launches: [{ ...launch, clusters: [], paths: [], switchback }] });
      // A relay passes on what it has when something about those below it changes.
      await connect(relay, `i${now}`);
      return answer.json();
    };
    await vi.waitFor(async () => {
      const answer = await tell();
      await origin.admin('GET', 'flags/engine/environments/production/launch');
      expect(answer).toEqual({
        holds: [{ flag: 'engine', sharePercent: expect.any(Number), forS: expect.any(Number) }],
      });
    }, SOON);
  });
});

it('A relay for which the server above has no room for a stream serves what it fetches', async () => {
  const full = await TestServer.start({ env: { DIMMER_MAX_STREAMS: '1' } });
  const taken = await RawStream.open(`${full.url}/sdk/v1/stream`, { authorization: `Bearer ${full.serverKey}` });
  const below = await relayOf(full);
  const headers = { authorization: `Bearer ${full.serverKey}` };
  await vi.waitFor(async () => expect(await ruleset(below, headers)).toBe(await ruleset(full, headers)), SOON);
  expect(taken.ended).toBe(false);
  taken.close();
  await below.stop();
  await full.stop();
});
