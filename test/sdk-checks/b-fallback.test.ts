import { createStream } from '@dimmer/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { answerOf, FakeWorld, failureOf } from '../../client/test/fake/fake-world.ts';
import { closeClients, openClient, stateOf } from './clients.ts';
import { deliver, openFake, RULES, silentWorld } from './fake-client.ts';
import { eventually, pass, passUntil, stopClock } from './stopped-clock.ts';

const CLIENTS = 10_000;
/** No more than this share of the clients may come back within the same 100 ms. */
const MOST = 0.035;

const nothing = () => undefined;

/** How many of the busiest 100 ms. */
function peak(timesMs: readonly number[]): number {
  const buckets = new Map<number, number>();
  for (const timeMs of timesMs) {
    const bucket = Math.floor(timeMs / 100);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  return Math.max(...buckets.values());
}

describe('B. Reconnect: a fleet', () => {
  it('14 of 10,000 clients that lose their streams at one instant, no 100 ms see more than 3.5 % come back', () => {
    const attempts: number[][] = [[], [], [], [], []];
    for (let client = 0; client < CLIENTS; client++) {
      const world = new FakeWorld();
      world.die = Math.random;
      const replica = { ruleset: { id: '' }, heardAt: 0, receive: nothing, replace: nothing, confirm: nothing };
      createStream({ ...world.platform, connection: world.connection, replica, emit() {} }).connect();
      world.stream.sink.event('ping', '{}');
      const lostAt = world.nowMs;
      for (const times of attempts) {
        world.stream.sink.failed(failureOf(0));
        world.untilNextStreamMs();
        times.push(world.nowMs - lostAt);
      }
    }
    // Each attempt for itself, and the first, which brings all back if the server is there.
    expect(attempts.map((times) => peak(times) / CLIENTS <= MOST)).toEqual([true, true, true, true, true]);
    expect(Math.max(...attempts[0]!)).toBeLessThanOrEqual(5_000);
  });
});

describe('B. Reconnect: the rules come another way', () => {
  let server: FakeServer;
  beforeEach(async () => {
    server = await FakeServer.start(RULES);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await closeClients();
    await server.close();
  });

  it('21 fetches the rules at once, polls after three failures, every 30 s ± 10 %, and is sent nothing twice', async () => {
    const polls: { at: number; tag: string | undefined; status: number }[] = [];
    server.behaviours.stream = (_request, response) => response.writeHead(503).end();
    server.behaviours.ruleset = (request, response) => {
      server.ruleset(request, response);
      polls.push({ at: Date.now(), tag: request.headers['if-none-match'], status: response.statusCode });
    };
    stopClock();
    const flags = openClient(server.url, { reporting: false });
    await passUntil(() => flags.status().source === 'poll');
    expect(server.requests('stream')).toHaveLength(1);
    expect(await passUntil(() => stateOf(flags) === 'polling')).toBeLessThanOrEqual(30_000);
    expect(server.requests('stream')).toHaveLength(3);
    expect(flags.evaluate('a', false)).toMatchObject({ value: true, source: 'poll' });
    await passUntil(() => polls.length === 5);
    expect(polls.map(({ tag, status }) => [tag, status])).toEqual([
      [undefined, 200],
      ...Array.from({ length: 4 }, () => [`"${RULES.id}"`, 304]),
    ]);
    const gaps = polls.slice(1).map(({ at }, index) => at - polls[index]!.at);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(27_000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(33_100);
    expect(stateOf(flags)).toBe('polling');

    server.change({});
    await passUntil(() => flags.status().id === server.snapshot.id, { limitMs: 33_100 });
  });

  it('22 while it polls, probes for a stream every 60 to 300 s, and polls no more as soon as one is there', async () => {
    const world = silentWorld();
    world.die = Math.random;
    world.answer = (path) => (path === 'ruleset' ? answerOf(200, JSON.stringify(RULES)) : answerOf(202));
    const flags = openFake(world, { reporting: false });
    while (flags.status().state !== 'polling') {
      world.stream.sink.failed(failureOf(503));
      await world.passSlowly(0);
      if (flags.status().state !== 'polling') world.untilNextStreamMs();
    }
    world.untilNextStreamMs();
    const probes: number[] = [];
    for (let probe = 0; probe < 50; probe++) {
      const streams = world.streams.length;
      const lostAt = world.nowMs;
      world.stream.sink.failed(failureOf(503));
      while (world.streams.length === streams) await world.passSlowly(1_000);
      probes.push(world.nowMs - lostAt);
      expect(flags.status().state).toBe('polling');
    }
    expect(Math.min(...probes)).toBeGreaterThanOrEqual(60_000);
    expect(Math.max(...probes)).toBeLessThanOrEqual(301_000);
    expect(Math.max(...probes) - Math.min(...probes)).toBeGreaterThan(60_000);

    deliver(world);
    expect(flags.status().state).toBe('live');
    const before = world.requests.length;
    for (let pings = 0; pings < 10; pings++) {
      await world.passSlowly(30_000);
      world.stream.sink.event('ping', JSON.stringify({ id: RULES.id, at: world.nowMs }));
    }
    expect(world.requests).toHaveLength(before);
  });

  it('22 told by Retry-After when to come, does so though it polls', async () => {
    const world = silentWorld();
    world.answer = () => answerOf(200, JSON.stringify(RULES));
    const flags = openFake(world, { reporting: false });
    for (let failure = 0; failure < 3; failure++) {
      world.stream.sink.failed(failureOf(503));
      await world.passSlowly(0);
      world.untilNextStreamMs();
    }
    expect(flags.status().state).toBe('polling');
    world.stream.sink.failed(failureOf(503, { retryAfterMs: 2_000 }));
    expect(world.untilNextStreamMs()).toBeLessThanOrEqual(32_000);
  });

  it('43 streaming that is impossible leads to polling and one warning, however long it lasts', async () => {
    const world = silentWorld();
    world.answer = (path) => (path === 'ruleset' ? answerOf(200, JSON.stringify(RULES)) : answerOf(202));
    const flags = openFake(world);
    for (let attempt = 0; attempt < 50; attempt++) {
      world.stream.sink.failed(failureOf(200, { message: 'not an event stream but text/html' }));
      await world.passSlowly(0);
      world.untilNextStreamMs();
      await world.passSlowly(0);
    }
    expect(flags.status()).toMatchObject({ state: 'polling', source: 'poll', id: RULES.id });
    expect(flags.status().lastError).toContain('text/html');
    expect(world.logged.map(({ code }) => code)).toEqual(['STREAM_REFUSED']);
  });
});

describe('B. Reconnect: a sleep', () => {
  it('25 after ten minutes of sleep, connects once, within 5 s of waking up, and fires no burst of timers', async () => {
    const server = await FakeServer.start(RULES);
    stopClock();
    const flags = openClient(server.url, { reporting: false });
    await eventually(() => stateOf(flags) === 'live');
    await pass(10_000);
    // The wall clock has gone on; everything else has not.
    vi.setSystemTime(Date.now() + 600_000);
    server.change({});
    const wokeMs = await passUntil(() => server.requests('stream').length === 2, { limitMs: 20_000 });
    expect(wokeMs).toBeLessThanOrEqual(5_000);
    await pass(1_000);
    expect(server.requests('stream')).toHaveLength(2);
    expect(flags.status()).toMatchObject({ state: 'live', id: server.snapshot.id });
    await pass(20_000);
    expect(server.requests('stream')).toHaveLength(2);
    vi.useRealTimers();
    await closeClients();
    await server.close();
  });

  it('25 a client that is reconnecting when the host wakes up makes one attempt', () => {
    const world = silentWorld();
    openFake(world, { reporting: false });
    deliver(world);
    world.stream.sink.failed(failureOf(0));
    const before = world.streams.length;
    world.sleep(600_000);
    expect(world.streams).toHaveLength(before + 1);
    deliver(world);
    world.pass(14_000);
    expect(world.streams).toHaveLength(before + 1);
  });
});
