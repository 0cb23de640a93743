import type { Snapshot } from '@dimmer/core';
import { describe, expect, it } from 'vitest';
import { createDimmerClient } from '../src/client.ts';
import type { DimmerClient } from '../src/dimmer-client.ts';
import { DEFAULTS } from '../src/options.ts';
import { answerOf, FakeWorld, failureOf } from './fake/fake-world.ts';
import { snapshotOf, switchFlag } from './fake/rules.ts';

const RULES = snapshotOf({ a: switchFlag(true) }, '7.aaaaaaaaaaaa');

function connect(world: FakeWorld, options: Partial<typeof DEFAULTS> = {}): DimmerClient {
  return createDimmerClient({ ...DEFAULTS, ...options }, world.deps);
}

/** Sends what a healthy server sends at once. */
function deliver(world: FakeWorld, snapshot: Snapshot = RULES): void {
  world.stream.sink.event('snapshot', JSON.stringify(snapshot));
  ping(world, snapshot.id);
}

function ping(world: FakeWorld, id: string, at = world.nowMs): void {
  world.stream.sink.event('ping', JSON.stringify({ id, at }));
}

function patch(from: string, id: string, flags: object, at = 0): string {
  return JSON.stringify({ schema: 1, hash: 1, from, id, at, flags, segments: {} });
}

describe('a stream is opened', () => {
  it('at once, asking for a snapshot', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    expect(world.streams.map(({ id }) => id)).toEqual(['']);
    expect(flags.status()).toMatchObject({ state: 'connecting', id: '', source: 'default', lastEventAgeMs: null });
  });

  it('also when rules came from the cache, from whose id it goes on', () => {
    const world = new FakeWorld();
    world.kept = JSON.stringify(RULES);
    const flags = connect(world);
    expect(world.streams.map(({ id }) => id)).toEqual([RULES.id]);
    expect(flags.isEnabled('a')).toBe(true);
    ping(world, RULES.id);
    expect(flags.status()).toMatchObject({ state: 'live', source: 'stream' });
  });

  it('and given up after 10 s without an answer, or without a first event', () => {
    const world = new FakeWorld();
    connect(world);
    world.pass(9_999);
    expect(world.stream).toBe(world.streams[0]);
    world.stream.sink.alive();
    world.pass(10_000);
    expect(world.streams[0]?.open).toBe(false);
    expect(world.untilNextStreamMs()).toBeGreaterThan(0);
  });
});

describe('a stream that cannot even be tried', () => {
  it('throws into nobody, and is tried again rarely', () => {
    const world = new FakeWorld();
    const open = () => {
      throw new SyntaxError('no such address');
    };
    const connect = () => ({ ...world.connection, stream: { open } });
    const flags = createDimmerClient(DEFAULTS, { ...world.deps, connect });
    expect(flags.status()).toMatchObject({ state: 'refused', lastError: 'SyntaxError: no such address' });
    world.pass(3_600_000);
    expect(world.logged.map(({ code }) => code)).toEqual(['STREAM_REFUSED']);
  });
});

describe('a stream is lost', () => {
  it.each([0, 400, 408, 425, 429, 500, 502, 503, 504, 520, 526])(
    'by %i, and opened again within a second',
    (status) => {
      const world = new FakeWorld();
      const flags = connect(world);
      world.stream.sink.failed(failureOf(status));
      expect(flags.status()).toMatchObject({ state: 'reconnecting' });
      expect(world.untilNextStreamMs()).toBeLessThanOrEqual(1_000);
    },
  );

  it.each([200, 204, 401, 403, 404, 405, 410])('by %i, and opened again after minutes, for ever', (status) => {
    const world = new FakeWorld();
    const flags = connect(world);
    for (let attempt = 0; attempt < 10; attempt++) {
      world.stream.sink.failed(failureOf(status));
      expect(flags.status()).toMatchObject({ state: 'refused', lastError: `HTTP ${status}` });
      expect(world.untilNextStreamMs()).toBeGreaterThanOrEqual(150_000);
    }
    expect(world.logged.map(({ code }) => code)).toEqual(['STREAM_REFUSED']);
  });

  it('without a word in the log for each attempt', () => {
    const world = new FakeWorld();
    connect(world);
    for (let attempt = 0; attempt < 10; attempt++) {
      world.stream.sink.failed(failureOf(503));
      world.untilNextStreamMs();
    }
    expect(world.logged.map(({ code }) => code)).toEqual(['STREAM_LOST']);
  });

  it('by silence: 45 s after the last event', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    world.pass(44_999);
    expect(flags.status().state).toBe('live');
    world.pass(1);
    expect(flags.status()).toMatchObject({ state: 'reconnecting', lastEventAgeMs: 45_000 });
    expect(world.untilNextStreamMs()).toBeLessThanOrEqual(5_000);
    expect(world.stream.id).toBe(RULES.id);
  });

  it('more and more rarely, as long as no stream has lasted for 60 s', () => {
    const world = new FakeWorld();
    world.die = () => 1;
    connect(world);
    const delays: number[] = [];
    for (let attempt = 0; attempt < 100; attempt++) {
      deliver(world);
      world.pass(10_000);
      world.stream.sink.failed(failureOf(0));
      delays.push(world.untilNextStreamMs());
    }
    expect(delays.slice(0, 7)).toEqual([5_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(new Set(delays.slice(7))).toEqual(new Set([30_000]));

    deliver(world);
    world.pass(40_000);
    ping(world, RULES.id);
    world.pass(20_000);
    world.stream.sink.failed(failureOf(0));
    expect(world.untilNextStreamMs()).toBe(5_000);
  });

  it('by a goodbye: not a failure, and back in the time that the server gave', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    world.stream.sink.event('goodbye', '{"reconnectInMs":1234}');
    expect(world.streams[0]?.open).toBe(false);
    expect(flags.status()).toMatchObject({ state: 'reconnecting', lastError: null });
    expect(world.untilNextStreamMs()).toBe(1_234);
    expect(world.logged).toEqual([]);
    deliver(world);
    expect(flags.status()).toMatchObject({ state: 'live', lastError: null });
  });

  it('by a goodbye, and the log hears of it if the server does not come back', () => {
    const world = new FakeWorld();
    connect(world);
    deliver(world);
    world.stream.sink.event('goodbye', '{"reconnectInMs":1234}');
    for (let attempt = 0; attempt < 3; attempt++) {
      world.untilNextStreamMs();
      world.stream.sink.failed(failureOf(503));
    }
    expect(world.logged.map(({ code }) => code)).toEqual(['STREAM_LOST']);
  });

  it.each(['', 'null', '{"reconnectInMs":"soon"}', '{"reconnectInMs":-5}', '{"reconnectInMs":1e99}'])(
    'by the goodbye %j, and back within a minute',
    (data) => {
      const world = new FakeWorld();
      connect(world);
      deliver(world);
      world.stream.sink.event('goodbye', data);
      expect(world.untilNextStreamMs()).toBeLessThanOrEqual(60_000);
    },
  );
});

describe('an event', () => {
  it('that is a patch from the id that is held is applied', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    world.stream.sink.event('patch', patch(RULES.id, '8.b', { a: switchFlag(false) }));
    expect(flags.isEnabled('a')).toBe(false);
    expect(flags.status().id).toBe('8.b');
  });

  it('that came before is ignored, and nobody is called', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    const changes: unknown[] = [];
    flags.on('change', (change) => changes.push(change));
    const text = patch(RULES.id, '8.b', { a: switchFlag(false) });
    world.stream.sink.event('patch', text);
    world.stream.sink.event('patch', text);
    expect(changes).toHaveLength(1);
    expect(world.streams).toHaveLength(1);
  });

  it('that is a patch from elsewhere changes nothing; a snapshot is asked for within 5 s', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    world.stream.sink.event('patch', patch('6.z', '8.b', { a: switchFlag(false) }));
    expect(flags.isEnabled('a')).toBe(true);
    expect(world.untilNextStreamMs()).toBeLessThanOrEqual(5_000);
    expect(world.stream.id).toBe('');
  });

  it('that is a ping with another id means something was missed', () => {
    const world = new FakeWorld();
    connect(world);
    deliver(world);
    ping(world, '9.c');
    expect(world.untilNextStreamMs()).toBeLessThanOrEqual(5_000);
    expect(world.stream.id).toBe('');
  });

  it.each([
    ['snapshot', '{"schema":1'],
    ['snapshot', 'null'],
    ['snapshot', '[]'],
    ['snapshot', '"text"'],
    ['snapshot', '{"schema":1,"hash":1,"id":"9.c","at":0}'],
    ['snapshot', '{"schema":2,"hash":1,"id":"9.c","at":0,"flags":{},"segments":{}}'],
    ['snapshot', '{"schema":1,"hash":2,"id":"9.c","at":0,"flags":{},"segments":{}}'],
    ['snapshot', '{"schema":1,"hash":1,"id":9,"at":0,"flags":{},"segments":{}}'],
    ['snapshot', '{"schema":1,"hash":1,"id":"9.c","at":0,"flags":7,"segments":{}}'],
    ['patch', '{'],
    ['patch', 'null'],
    ['patch', '{"schema":1,"hash":1,"from":"7.aaaaaaaaaaaa","id":"8.b","at":0,"flags":null,"segments":{}}'],
    ['ping', 'x'],
    ['ping', 'null'],
  ])('that is a %s of %s is not used; what is held stays, and a snapshot is asked for', (type, data) => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    world.stream.sink.event(type, data);
    expect(flags.isEnabled('a')).toBe(true);
    expect(flags.status().id).toBe(RULES.id);
    expect(world.untilNextStreamMs()).toBeLessThanOrEqual(5_000);
    expect(world.stream.id).toBe('');
  });

  it('of an unknown name, or with unknown fields, hurts nobody', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world, { ...RULES, news: 1, flags: { a: { ...switchFlag(true), future: [] } } } as never);
    world.stream.sink.event('launch', 'not even JSON');
    expect(flags.isEnabled('a')).toBe(true);
    expect(world.streams).toHaveLength(1);
  });

  it('that is a snapshot takes away the flags that are not in it', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    deliver(world, snapshotOf({ b: switchFlag(true) }, '9.c'));
    expect([flags.isEnabled('a'), flags.isEnabled('b')]).toEqual([false, true]);
  });

  it('that brings a segment and the flag that asks it brings both at once', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    const rule = { id: 'r', when: [{ operator: 'inSegment', values: ['testers'] }], serve: { variation: 'on' } };
    const flag = { ...switchFlag(true), rules: [rule], fallthrough: { variation: 'off' } };
    const seen: boolean[] = [];
    flags.on('change', () => seen.push(flags.isEnabled('a', { targetingKey: 'ann' })));
    world.stream.sink.event(
      'patch',
      JSON.stringify({
        ...JSON.parse(patch(RULES.id, '8.b', { a: flag })),
        segments: { testers: { included: ['ann'] } },
      }),
    );
    expect(seen).toEqual([true]);
  });

  it('with one malformed flag leaves that flag as it was and brings the others', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    world.stream.sink.event('patch', patch(RULES.id, '8.b', { a: { type: 'boolean' }, b: switchFlag(true) }));
    expect([flags.isEnabled('a'), flags.isEnabled('b')]).toEqual([true, true]);
    expect(world.logged.map(({ code }) => code)).toContain('FLAG_INVALID');
    expect(world.streams).toHaveLength(1);
  });

  it('that reverts to a former id is a change like any other', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    world.stream.sink.event('patch', patch(RULES.id, '8.b', { a: switchFlag(false) }));
    world.stream.sink.event('patch', patch('8.b', RULES.id, { a: switchFlag(true) }));
    expect(flags.isEnabled('a')).toBe(true);
    expect(flags.status().id).toBe(RULES.id);
  });

  it('of a restored server, with the same revision and another hash, leads to its snapshot', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    ping(world, '7.ffffffffffff');
    world.untilNextStreamMs();
    deliver(world, snapshotOf({ a: switchFlag(false) }, '7.ffffffffffff'));
    expect(flags.isEnabled('a')).toBe(false);
    expect(flags.status()).toMatchObject({ state: 'live', id: '7.ffffffffffff' });
  });
});

/** Requests for the rules, other than by stream. */
function fetches(world: FakeWorld): FakeWorld['requests'] {
  return world.requests.filter(({ path }) => path === 'ruleset');
}

describe('a client that has heard nothing yet fetches the rules', () => {
  it.each([200, 404, 407, 429, 500, 502, 503])('at once, when its first stream is answered with %i', async (status) => {
    const world = new FakeWorld();
    const flags = connect(world);
    const ready = flags.ready();
    world.answer = (path) => (path === 'ruleset' ? answerOf(200, JSON.stringify(RULES)) : answerOf(202));
    world.stream.sink.failed(failureOf(status, { retryAfterMs: 9_000 }));
    await world.passSlowly(0);
    expect(fetches(world)).toMatchObject([{ id: '' }]);
    expect(await ready).toEqual({ ready: true, timedOut: false });
    expect(flags.isEnabled('a')).toBe(true);
    expect(flags.status()).toMatchObject({ source: 'poll', id: RULES.id, lastError: `HTTP ${status}` });
  });

  it('also one that had kept rules, which may be old', async () => {
    const world = new FakeWorld();
    world.kept = JSON.stringify(RULES);
    const flags = connect(world);
    world.answer = () => answerOf(304);
    world.stream.sink.failed(failureOf(503));
    await world.passSlowly(0);
    expect(fetches(world)).toMatchObject([{ id: RULES.id }]);
    expect(flags.status()).toMatchObject({ state: 'reconnecting', source: 'poll' });
  });

  it('once, and not again before the time of polling, however often the stream fails', async () => {
    const world = new FakeWorld();
    connect(world, { reporting: false });
    world.answer = () => answerOf(503);
    for (let failure = 0; failure < 2; failure++) {
      world.stream.sink.failed(failureOf(503));
      await world.passSlowly(0);
      if (failure === 0) world.untilNextStreamMs();
    }
    expect(fetches(world)).toHaveLength(1);
  });

  it('and goes on trying for a stream as soon as it would have without', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    world.answer = () => answerOf(200, JSON.stringify(RULES));
    for (const mostMs of [1_000, 2_000]) {
      world.stream.sink.failed(failureOf(503));
      await world.passSlowly(0);
      expect(world.untilNextStreamMs()).toBeLessThanOrEqual(mostMs);
    }
    deliver(world);
    expect(flags.status()).toMatchObject({ state: 'live', source: 'stream' });
    expect(world.logged.map(({ code }) => code)).toEqual(['STREAM_LOST']);
  });

  it('later where the server asks for it by Retry-After', async () => {
    const world = new FakeWorld();
    connect(world, { reporting: false });
    world.answer = () => answerOf(429, '', 100_000);
    world.stream.sink.failed(failureOf(429, { retryAfterMs: 100_000 }));
    await world.passSlowly(0);
    expect(fetches(world)).toHaveLength(1);
    await world.passSlowly(120_000);
    expect(fetches(world)).toHaveLength(1);
    await world.passSlowly(20_000);
    expect(fetches(world)).toHaveLength(2);
  });

  it('within 3 s, when its first stream cannot be reached, as something on the way may cut streams off', async () => {
    const world = new FakeWorld();
    const flags = connect(world, { reporting: false });
    world.answer = () => answerOf(200, JSON.stringify(RULES));
    world.stream.sink.failed(failureOf(0));
    await world.passSlowly(0);
    expect(fetches(world)).toHaveLength(0);
    await world.passSlowly(3_000);
    expect(fetches(world)).toHaveLength(1);
    expect(flags.isEnabled('a')).toBe(true);
  });

  it('and polls from the third failure on, without asking sooner for that', async () => {
    const world = new FakeWorld();
    const flags = connect(world, { reporting: false });
    world.answer = () => answerOf(200, JSON.stringify(RULES));
    for (let failure = 0; failure < 3; failure++) {
      world.stream.sink.failed(failureOf(429, { retryAfterMs: 2_000 }));
      await world.passSlowly(0);
      expect(flags.status().state).toBe(failure < 2 ? 'reconnecting' : 'polling');
      if (failure < 2) world.untilNextStreamMs();
    }
    expect(fetches(world)).toHaveLength(1);
    await world.passSlowly(30_000);
    expect(fetches(world)).toHaveLength(2);
  });

  it('when a stream is open and brings nothing for 3 s, because something on its way holds it up', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const ready = flags.ready();
    world.answer = () => answerOf(200, JSON.stringify(RULES));
    world.stream.sink.alive();
    await world.passSlowly(3_000);
    expect(fetches(world)).toHaveLength(1);
    expect(await ready).toEqual({ ready: true, timedOut: false });
    expect(flags.status()).toMatchObject({ state: 'connecting', source: 'poll' });
    deliver(world);
    expect(flags.status()).toMatchObject({ state: 'live', source: 'stream' });
  });

  it('not if the stream works, nor when one that has worked is lost', async () => {
    const world = new FakeWorld();
    connect(world, { reporting: false });
    await world.passSlowly(1_000);
    deliver(world);
    await world.passSlowly(10_000);
    world.stream.sink.failed(failureOf(503));
    await world.passSlowly(0);
    expect(fetches(world)).toEqual([]);
  });

  it('and its refusal of the key ends the waiting', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const ready = flags.ready();
    world.answer = () => answerOf(401, '{"error":{"code":"KEY_INVALID","message":"No such key.","fix":"Make one."}}');
    world.stream.sink.failed(failureOf(404));
    await world.passSlowly(0);
    expect(await ready).toEqual({ ready: false, timedOut: false });
    expect(flags.status()).toMatchObject({
      state: 'refused',
      lastError: 'HTTP 401 KEY_INVALID: No such key. Make one.',
    });
  });
});

describe('the rules are fetched instead', () => {
  it('after three failures, every 30 s ± 10 %, until a stream works', async () => {
    const world = new FakeWorld();
    const flags = connect(world, { reporting: false });
    deliver(world);
    world.answer = (path) => (path === 'ruleset' ? answerOf(200, JSON.stringify(RULES)) : answerOf(202));
    for (let failure = 0; failure < 3; failure++) {
      expect(fetches(world)).toHaveLength(0);
      world.stream.sink.failed(failureOf(503));
      if (failure < 2) world.untilNextStreamMs();
    }
    await world.passSlowly(1);
    expect(fetches(world)).toMatchObject([{ id: RULES.id }]);
    expect(flags.status()).toMatchObject({ state: 'polling', source: 'poll', id: RULES.id });

    world.answer = () => answerOf(304);
    await world.passSlowly(30_000);
    expect(fetches(world)).toMatchObject([{ id: RULES.id }, { id: RULES.id }]);
    expect(flags.status().state).toBe('polling');

    world.untilNextStreamMs();
    world.stream.sink.failed(failureOf(503));
    expect(flags.status().state).toBe('polling');
    world.untilNextStreamMs();
    ping(world, RULES.id);
    expect(flags.status()).toMatchObject({ state: 'live', source: 'stream' });
    const before = fetches(world).length;
    await world.passSlowly(40_000);
    expect(fetches(world)).toHaveLength(before);
  });

  it('after 30 s without a stream, also where streams are refused by something in between', async () => {
    const world = new FakeWorld();
    connect(world, { reporting: false });
    deliver(world);
    world.answer = () => answerOf(200, JSON.stringify(RULES));
    world.stream.sink.failed(failureOf(200));
    await world.passSlowly(29_999);
    expect(fetches(world)).toHaveLength(0);
    await world.passSlowly(1);
    expect(fetches(world)).toHaveLength(1);
  });

  it('never while the key is refused', async () => {
    const world = new FakeWorld();
    connect(world);
    world.stream.sink.failed(failureOf(401));
    await world.passSlowly(149_000);
    expect(fetches(world)).toHaveLength(0);
  });

  it('and an answer that comes after a stream has come is not used', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    let late: (answer: ReturnType<typeof answerOf>) => void = () => {};
    world.answer = () => new Promise((resolve) => (late = resolve));
    for (let failure = 0; failure < 3; failure++) {
      world.stream.sink.failed(failureOf(503));
      if (failure < 2) world.untilNextStreamMs();
    }
    await world.passSlowly(1);
    world.untilNextStreamMs();
    deliver(world, snapshotOf({ a: switchFlag(true) }, '9.c'));
    late(answerOf(200, JSON.stringify(RULES)));
    await world.passSlowly(1);
    expect(flags.status()).toMatchObject({ id: '9.c', source: 'stream' });
  });
});
