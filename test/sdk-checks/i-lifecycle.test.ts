import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { failureOf } from '../../client/test/fake/fake-world.ts';
import { FaultProxy } from '../faults/fault-proxy/fault-proxy.ts';
import { expectInTime } from '../patience.ts';
import { runApplication } from './application.ts';
import { closeClients, KEY, openClient, stateOf } from './clients.ts';
import { deliver, openFake, RULES, silentWorld } from './fake-client.ts';
import { heapBytes } from './heap.ts';
import { eventually } from './stopped-clock.ts';

const IS_LONG = process.env.DIMMER_FAULTS === 'long';
/** Of opening and closing. */
const CYCLES = IS_LONG ? 1_000 : 100;
const MEGABYTE = 1024 * 1024;
const HOUR_MS = 3_600_000;

let server: FakeServer;

beforeEach(async () => {
  server = await FakeServer.start(RULES);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await closeClients();
  await server.close();
});

const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
const listeners = () =>
  ['exit', 'beforeExit', 'uncaughtException', 'unhandledRejection', 'SIGTERM', 'warning'].map((name) =>
    process.listenerCount(name),
  );

describe('I. Lifecycle', () => {
  it(`91 ${CYCLES} clients are opened and closed: sockets go within 1 s, no timer or listener stays, the heap grows by less than 2 MB`, async () => {
    async function cycle(): Promise<void> {
      const flags = openClient(server.url);
      await flags.ready();
      flags.isEnabled('a');
      await closeClients();
    }
    for (let warm = 0; warm < 50; warm++) await cycle();
    server.seen.length = server.batches.length = 0;
    const before = { heap: heapBytes(), timers: timers(), listeners: listeners() };
    for (let round = 0; round < CYCLES; round++) {
      await cycle();
      server.seen.length = server.batches.length = 0;
    }
    const closedAt = performance.now();
    await eventually(() => server.connectionCount === 0);
    expectInTime('letting go of the sockets', performance.now() - closedAt, 1_000);
    expect(timers()).toBeLessThanOrEqual(before.timers);
    expect(listeners()).toEqual(before.listeners);
    expect(heapBytes() - before.heap).toBeLessThan(2 * MEGABYTE);
  });

  it('92 a client that reconnects again and again does not grow, and keeps as many sockets and timers as ever', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const reconnects = IS_LONG ? 72 * 60 : 300;
    const flags = openClient(server.url, { reporting: false });
    await eventually(() => stateOf(flags) === 'live');
    async function reconnect(): Promise<void> {
      const before = server.requests('stream').length;
      server.send('goodbye', { reconnectInMs: 0 });
      await eventually(() => server.requests('stream').length > before && stateOf(flags) === 'live');
      server.seen.length = 0;
    }
    // Until what the engine keeps of code that has run often is there: more than a megabyte, once.
    for (let warm = 0; warm < (IS_LONG ? 1_000 : 200); warm++) await reconnect();
    const before = { heap: heapBytes(), timers: timers(), sockets: server.connectionCount, listeners: listeners() };
    for (let round = 0; round < reconnects; round++) await reconnect();
    expect(heapBytes() - before.heap).toBeLessThan(MEGABYTE);
    expect(timers()).toBeLessThanOrEqual(before.timers + 1);
    expect(server.connectionCount).toBeLessThanOrEqual(before.sockets + 1);
    expect(listeners()).toEqual(before.listeners);
    expect(flags.isEnabled('a')).toBe(true);
  });

  it('97 the status tells state, since when, id, how old the last event is and the last error, and is not `live` within 60 s of a lost connection', () => {
    const world = silentWorld();
    const flags = openFake(world, { maxStaleMs: 60_000 });
    expect(flags.status()).toMatchObject({ state: 'connecting', id: '', lastEventAgeMs: null, lastError: null });
    deliver(world);
    const since = world.nowMs;
    world.pass(10_000);
    expect(flags.status()).toMatchObject({
      state: 'live',
      since,
      id: RULES.id,
      lastEventAgeMs: 10_000,
      lastError: null,
    });
    expect(flags.evaluate('a', false).reason).not.toBe('STALE');
    // Nobody says that the connection is gone.
    world.pass(50_000);
    expect(['reconnecting', 'connecting']).toContain(flags.status().state);
    expect(flags.status()).toMatchObject({ id: RULES.id, lastEventAgeMs: 60_000 });
    expect(flags.status().lastError).toMatch(/^silent for/);
    expect(flags.evaluate('a', false)).toMatchObject({ value: true, reason: 'STALE' });
  });

  it('98 24 hours without a network: every evaluation is answered, and neither memory nor timers grow', async () => {
    const world = silentWorld();
    world.die = Math.random;
    const flags = openFake(world);
    deliver(world);
    let before = 0;
    let mostTimers = 0;
    for (let minute = 0; minute < 24 * 60; minute++) {
      if (world.streams.at(-1)?.open) world.stream.sink.failed(failureOf(0));
      await world.passSlowly(HOUR_MS / 60);
      expect(flags.isEnabled('a', { targetingKey: `${minute}` })).toBe(true);
      expect(flags.evaluate('a', false).errorCode).toBeUndefined();
      flags.value('nowhere', 1);
      mostTimers = Math.max(mostTimers, world.timerCount);
      world.streams.splice(0, world.streams.length - 1);
      world.requests.length = 0;
      if (minute === 60) before = heapBytes();
    }
    expect(heapBytes() - before).toBeLessThan(MEGABYTE);
    expect(mostTimers).toBeLessThanOrEqual(4);
    expect(world.logged.length).toBeLessThanOrEqual(2);
  });
});

/** Meets with everything that goes wrong, while its host does not forgive a single rejection or error. */
const PROGRAM = `
  const awake = setInterval(() => {}, 1000);
  const out = [];
  const logger = { warn: (line) => console.log(line), error: (line) => console.log(line) };
  for (const url of process.env.URLS.split(' ')) {
    const flags = createClient({ url, key: '${KEY}', cache: process.env.CACHE, initTimeoutMs: 400, logger });
    flags.on('change', () => { throw new Error('a listener that throws'); });
    flags.on('status', async () => { throw new Error('a listener that rejects'); });
    const { ready } = await flags.ready();
    console.log(url, ready, flags.isEnabled('a'), JSON.stringify(flags.status()), JSON.stringify(flags));
    flags.launch('a', {}, { maxLagMs: 60_000, control: () => 1, candidate: () => { throw new Error('a candidate that throws'); } });
    await flags.close();
  }
  clearInterval(awake);
  console.error(new Error('the end').stack);`;

describe('I. What a host sees', () => {
  it('93, 96 no rejection or error escapes, whatever goes wrong, and the key is in no output, address, file, report or stack', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'dimmer-test-'));
    const proxies = await Promise.all(Array.from({ length: 7 }, () => FaultProxy.start(server.url)));
    const [cut, corrupt, hole, html, refused, unauthorised, redirected] = proxies as [FaultProxy, ...FaultProxy[]] &
      Record<number, FaultProxy>;
    cut!.fault = { kind: 'cut', afterBytes: 300, by: 'rst' };
    corrupt!.fault = { kind: 'corrupt', atByte: 3 };
    hole!.fault = { kind: 'blackhole', direction: 'both' };
    html!.fault = { kind: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' };
    refused!.fault = { kind: 'refuse' };
    unauthorised!.fault = { kind: 'answer', status: 401, body: '{"code":"KEY_UNKNOWN"}' };
    redirected!.fault = { kind: 'answer', status: 302, headers: { location: 'http://[' } };
    server.behaviours.events = (request) => request.socket.destroy();
    const urls = [...proxies.map(({ url }) => url), 'http://127.0.0.1:1', server.url];
    const { stdout, stderr, code } = await runApplication(PROGRAM, { URLS: urls.join(' '), CACHE: cache });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Error: the end/);
    const lines = stdout.split('\n').filter((line) => line.startsWith('http'));
    expect(lines).toHaveLength(urls.length);
    expect(lines.at(-1)).toContain(`${server.url} true true`);
    const kept = await Promise.all(
      (await readdir(cache)).map(async (name) => name + (await readFile(join(cache, name)))),
    );
    expect(kept.length).toBeGreaterThan(0);
    const addresses = server.seen.map(({ path, query }) => `${path}?${query}`);
    expect(addresses.length).toBeGreaterThan(0);
    // Something to be found in: the key is in the header, and nowhere else.
    expect(server.seen.some(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
    expect([stdout, stderr, ...kept, ...addresses, JSON.stringify(server.batches)].join('\n')).not.toMatch(
      /verysecret|selector/,
    );
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await rm(cache, { recursive: true, force: true });
  });
});
