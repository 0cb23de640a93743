import { afterEach, describe, expect, it, vi } from 'vitest';
import type { HubObserver } from '../../src/hub/hub-observer.ts';
import { NO_OBSERVER } from '../../src/hub/hub-observer.ts';
import { FakeRulesets } from './fake-rulesets.ts';
import { HubServer } from './hub-server.ts';
import type { RawStream } from './raw-stream.ts';

const started: HubServer[] = [];

async function start(origin: FakeRulesets, options: Parameters<typeof HubServer.start>[1] = {}): Promise<HubServer> {
  const server = await HubServer.start(origin, options);
  started.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

/** Looked at often: most things here take a millisecond. */
const SOON = { interval: 5 };

const names = (stream: RawStream): string[] => stream.events.map(({ event }) => event);
const pinged = (stream: RawStream) => vi.waitFor(() => expect(stream.named('ping').length).toBeGreaterThan(0), SOON);
const hasId = (stream: RawStream, id: string) =>
  vi.waitFor(() => expect(stream.events.findLast((each) => each.id !== undefined)?.id).toBe(id), SOON);

/** Counts what the hub tells about itself. */
function countingObserver(): HubObserver & { readonly encodings: string[]; readonly closings: string[] } {
  const encodings: string[] = [];
  const closings: string[] = [];
  return {
    ...NO_OBSERVER,
    encodings,
    closings,
    encoded: (_audience, kind) => encodings.push(kind),
    closed: (_audience, reason) => closings.push(reason),
  };
}

describe('a stream', () => {
  it('begins with its retry time, a snapshot and a ping, in this order', async () => {
    const rulesets = new FakeRulesets();
    const stream = await (await start(rulesets)).stream();
    await pinged(stream);
    expect(names(stream)).toEqual(['message', 'snapshot', 'ping']);
    expect(Number(stream.events[0]?.retry)).toBeGreaterThanOrEqual(2_000);
    expect(Number(stream.events[0]?.retry)).toBeLessThanOrEqual(8_000);
    expect(stream.named('snapshot')[0]).toMatchObject({
      id: rulesets.id,
      data: { id: rulesets.id, flags: { first: true } },
    });
  });

  it('carries no SSE id on a ping, so that only what was applied is ever resumed from', async () => {
    const rulesets = new FakeRulesets();
    const stream = await (await start(rulesets)).stream();
    await pinged(stream);
    expect(stream.named('ping')[0]?.id).toBeUndefined();
    expect(stream.named('ping')[0]?.data).toMatchObject({ id: rulesets.id, clients: 1 });
    expect(stream.named('ping')[0]?.data.at).toBeGreaterThan(1_700_000_000_000);
  });

  it('says on its first ping how many streams have this ruleset, itself among them, also if they came at one instant', async () => {
    const server = await start(new FakeRulesets(), { now: () => 1_760_000_000_000 });
    const counted: number[] = [];
    for (const _each of [1, 2, 3]) {
      const stream = await server.stream();
      await pinged(stream);
      counted.push(Number(stream.named('ping')[0]?.data.clients));
    }
    expect(counted).toEqual([1, 2, 3]);
  });

  it('tells different clients different retry times', async () => {
    const server = await start(new FakeRulesets());
    const streams = await Promise.all(Array.from({ length: 20 }, () => server.stream()));
    await Promise.all(streams.map(pinged));
    expect(new Set(streams.map((stream) => stream.events[0]?.retry)).size).toBeGreaterThan(15);
  });

  it('receives a change as one patch from its id to the new one', async () => {
    const rulesets = new FakeRulesets();
    const stream = await (await start(rulesets)).stream();
    await pinged(stream);
    const from = rulesets.id;
    const id = rulesets.set('checkout', { on: true });
    await hasId(stream, id);
    expect(stream.named('patch')).toEqual([
      {
        event: 'patch',
        id,
        retry: undefined,
        data: expect.objectContaining({ from, id, flags: { checkout: { on: true } } }),
      },
    ]);
  });

  it('receives the changes of one turn as one patch', async () => {
    const rulesets = new FakeRulesets();
    const stream = await (await start(rulesets)).stream();
    await pinged(stream);
    const from = rulesets.id;
    for (let count = 1; count <= 50; count += 1) rulesets.set('counter', count);
    await hasId(stream, rulesets.id);
    expect(stream.named('patch').map(({ data }) => data)).toMatchObject([{ from, flags: { counter: 50 } }]);
  });

  it('never shows a gap, however changes and connections interleave', async () => {
    const rulesets = new FakeRulesets();
    const server = await start(rulesets);
    const streams: RawStream[] = [];
    for (let round = 0; round < 60; round += 1) {
      rulesets.set(`flag-${round % 7}`, round);
      if (round % 3 === 0) streams.push(await server.stream());
      if (round % 5 === 0) rulesets.set('other', round);
    }
    await Promise.all(streams.map((stream) => hasId(stream, rulesets.id)));
    for (const stream of streams) {
      let id: string | undefined;
      for (const { event, data } of stream.events) {
        if (event === 'patch') expect(data.from).toBe(id);
        if (event === 'ping') expect(data.id).toBe(id);
        if (event === 'patch' || event === 'snapshot') id = data.id;
      }
    }
  });

  it('is pinged again within 18 s, with the id that it has', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const rulesets = new FakeRulesets();
      const stream = await (await start(rulesets)).stream();
      await pinged(stream);
      await vi.advanceTimersByTimeAsync(11_900);
      expect(stream.named('ping')).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(6_400);
      vi.useRealTimers();
      await vi.waitFor(() => expect(stream.named('ping')).toHaveLength(2));
      expect(stream.last?.data.id).toBe(rulesets.id);
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps a flag named __proto__', async () => {
    const rulesets = new FakeRulesets();
    const server = await start(rulesets);
    const old = rulesets.id;
    const stream = await server.stream();
    rulesets.set('__proto__', { on: true });
    await hasId(stream, rulesets.id);
    rulesets.set('constructor', { on: false });
    await hasId(stream, rulesets.id);
    const resumed = await server.stream(old);
    await pinged(resumed);
    expect(Object.entries(resumed.named('patch')[0]?.data.flags)).toEqual([
      ['__proto__', { on: true }],
      ['constructor', { on: false }],
    ]);
  });
});

describe('resuming', () => {
  it('sends nothing but a ping to a client that is up to date', async () => {
    const rulesets = new FakeRulesets();
    const stream = await (await start(rulesets)).stream(rulesets.id);
    await pinged(stream);
    expect(names(stream)).toEqual(['message', 'ping']);
  });

  it('sends one patch from the id of the client to the present, in which the later change wins', async () => {
    const rulesets = new FakeRulesets();
    const server = await start(rulesets);
    const watcher = await server.stream();
    const from = rulesets.id;
    for (const [key, value] of [
      ['a', 1],
      ['b', 1],
      ['a', 2],
      ['b', null],
    ] as const) {
      await hasId(watcher, rulesets.set(key, value));
    }
    const resumed = await server.stream(from);
    await pinged(resumed);
    expect(names(resumed)).toEqual(['message', 'patch', 'ping']);
    expect(resumed.named('patch')[0]?.data).toMatchObject({ from, id: rulesets.id, flags: { a: 2, b: null } });
    expect(watcher.named('patch')).toHaveLength(4);
  });

  it.each([
    ['of another history', '1.bbbbbbbbbbb1'],
    ['ahead of the server', '99.aaaaaaaaaaa9'],
    ['that is nonsense', 'hello'],
  ])('sends a snapshot to a client with an id %s', async (_what, id) => {
    const rulesets = new FakeRulesets();
    const stream = await (await start(rulesets)).stream(id);
    await pinged(stream);
    expect(names(stream)).toEqual(['message', 'snapshot', 'ping']);
  });

  it('sends a snapshot to a client that was away for longer than the server remembers', async () => {
    let now = Date.now();
    const rulesets = new FakeRulesets();
    const server = await start(rulesets, { now: () => now });
    const watcher = await server.stream();
    const from = rulesets.id;
    await hasId(watcher, rulesets.set('a', 1));
    now += 11 * 60_000;
    await hasId(watcher, rulesets.set('b', 1));
    const resumed = await server.stream(from);
    await pinged(resumed);
    expect(names(resumed)).toEqual(['message', 'snapshot', 'ping']);
  });

  it('remembers 1,000 patches', async () => {
    const rulesets = new FakeRulesets();
    const server = await start(rulesets);
    const ids = [rulesets.id];
    // Each request for the ruleset moves it on, as a fan-out would.
    for (let count = 0; count < 1_001; count += 1) {
      ids.push(rulesets.set('counter', count));
      server.hub.ruleset({ project: 'default', environment: 'production', audience: 'server' });
    }
    const tooOld = await server.stream(ids[0]);
    const oldest = await server.stream(ids[1]);
    await Promise.all([tooOld, oldest].map(pinged));
    expect(names(tooOld)).toContain('snapshot');
    expect(oldest.named('patch')[0]?.data).toMatchObject({ from: ids[1], id: rulesets.id, flags: { counter: 1_000 } });
  });
});

describe('many streams', () => {
  it('share one encoding of a change, and all receive it', async () => {
    const rulesets = new FakeRulesets();
    const observer = countingObserver();
    const server = await start(rulesets, { observer });
    const streams = await Promise.all(Array.from({ length: 300 }, () => server.stream()));
    await Promise.all(streams.map(pinged));
    expect(observer.encodings).toEqual(['snapshot']);
    for (let count = 1; count <= 3; count += 1) {
      const id = rulesets.set('checkout', count);
      await Promise.all(streams.map((stream) => hasId(stream, id)));
    }
    expect(observer.encodings).toEqual(['snapshot', 'patch', 'patch', 'patch']);
    for (const stream of streams)
      expect(stream.named('patch').map(({ data }) => data.flags.checkout)).toEqual([1, 2, 3]);
  });

  it('are refused beyond the limit, and let in again when others have gone', async () => {
    const server = await start(new FakeRulesets(), { maxStreams: 2 });
    const first = await server.stream();
    await server.stream();
    expect((await server.stream()).response.statusCode).toBe(503);
    first.close();
    await vi.waitFor(() => expect(server.hub.size).toBe(1));
    expect((await server.stream()).response.statusCode).toBe(200);
    expect(server.outcomes).toEqual(['open', 'open', 'full', 'open']);
  });

  it('leave nothing behind when they go', async () => {
    const observer = countingObserver();
    const server = await start(new FakeRulesets(), { observer });
    const streams = await Promise.all(Array.from({ length: 50 }, () => server.stream()));
    for (const stream of streams) stream.close();
    await vi.waitFor(() => expect(server.hub.size).toBe(0));
    expect(observer.closings).toEqual(Array.from({ length: 50 }, () => 'client'));
  });
});

describe('a reader that does not keep up', () => {
  const large = (mark: number) => `${mark}${'x'.repeat(700_000)}`;

  it('is skipped to the newest state, and misses nothing of it', async () => {
    const rulesets = new FakeRulesets();
    const server = await start(rulesets);
    const slow = await server.stream();
    const healthy = await server.stream();
    await Promise.all([slow, healthy].map(pinged));
    slow.pause();
    // Small changes after a large one: what is skipped must still arrive.
    for (let count = 0; count < 14; count += 1) {
      await hasId(healthy, rulesets.set(`large-${count}`, 'x'.repeat(400_000)));
      await hasId(healthy, rulesets.set('counter', count));
    }
    slow.resume();
    await hasId(slow, rulesets.id);
    expect(slow.ended).toBe(false);
    const flags = Object.assign({}, ...slow.events.map(({ data }) => data?.flags ?? {}));
    expect(Object.keys(flags)).toHaveLength(16);
    expect(flags.counter).toBe(13);
    expect(slow.named('patch').length).toBeLessThan(healthy.named('patch').length);
  });

  it('is cut when it has stopped, while others go on', async () => {
    const rulesets = new FakeRulesets();
    const observer = countingObserver();
    const server = await start(rulesets, { observer });
    const stopped = await Promise.all(Array.from({ length: 10 }, () => server.stream()));
    const healthy = await server.stream();
    await Promise.all([...stopped, healthy].map(pinged));
    for (const stream of stopped) stream.pause();
    for (let count = 0; server.hub.size > 1 && count < 60; count += 1)
      await hasId(healthy, rulesets.set('large', large(count) + large(count)));
    expect(server.hub.size).toBe(1);
    expect(observer.closings).toEqual(Array.from({ length: 10 }, () => 'stalled'));
    expect(healthy.ended).toBe(false);
  });

  it('may take a snapshot of any size', async () => {
    const rulesets = new FakeRulesets();
    for (let count = 0; count < 10; count += 1) rulesets.set(`large-${count}`, large(count));
    const server = await start(rulesets);
    const stream = await server.stream();
    stream.pause();
    const id = rulesets.set('counter', 1);
    const witness = await server.stream(id);
    await pinged(witness);
    for (let count = 2; count < 20; count += 1) await hasId(witness, rulesets.set('counter', count));
    stream.resume();
    await hasId(stream, rulesets.id);
    expect(stream.ended).toBe(false);
  });
});

describe('a ruleset that no SDK takes', () => {
  it('is not sent: who has it is let in, who is a step behind gets the step, and nobody else is', async () => {
    const rulesets = new FakeRulesets();
    const before = rulesets.set('one', 'x'.repeat(9 * 1024 * 1024));
    const server = await start(rulesets);
    await pinged(await server.stream(before));
    const over = rulesets.set('two', 'x'.repeat(9 * 1024 * 1024));
    await pinged(await server.stream(over));
    await hasId(await server.stream(before), over);
    server.outcomes.length = 0;
    await server.stream();
    expect(server.outcomes).toEqual(['large']);
  });
});

describe('a key', () => {
  it('ends its streams with a goodbye when it is no longer valid, and no others', async () => {
    const observer = countingObserver();
    const server = await start(new FakeRulesets(), { observer });
    const mine = await server.stream(undefined, '?key=mine');
    const other = await server.stream(undefined, '?key=other');
    await Promise.all([mine, other].map(pinged));
    server.revoked.add('mine');
    await vi.waitFor(() => expect(mine.ended).toBe(true));
    expect(mine.last).toMatchObject({ event: 'goodbye', data: { reconnectInMs: expect.any(Number) } });
    expect(other.ended).toBe(false);
    expect(observer.closings).toEqual(['key']);
  });
});

describe('a stream that has been open for half an hour', () => {
  it('is sent away to come back, within a fifth of that more or less, and is pinged until then', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      let now = 1_760_000_000_000;
      const observer = countingObserver();
      const server = await start(new FakeRulesets(), { now: () => now, observer });
      const stream = await server.stream();
      await pinged(stream);
      now += 23 * 60_000;
      vi.advanceTimersByTime(20_000);
      await vi.waitFor(() => expect(stream.named('ping').length).toBeGreaterThan(1), SOON);
      expect(stream.named('goodbye')).toEqual([]);
      now += 14 * 60_000;
      vi.advanceTimersByTime(20_000);
      await vi.waitFor(() => expect(stream.ended).toBe(true), SOON);
      expect(stream.last).toMatchObject({ event: 'goodbye', data: { reconnectInMs: expect.any(Number) } });
      expect(observer.closings).toEqual(['age']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('draining', () => {
  it('says goodbye to all, with different times to come back, and takes no new streams', async () => {
    const server = await start(new FakeRulesets());
    const streams = await Promise.all(Array.from({ length: 200 }, () => server.stream()));
    await Promise.all(streams.map(pinged));
    const drained = server.hub.drain(300);
    expect((await server.stream()).response.statusCode).toBe(503);
    await drained;
    await vi.waitFor(() => expect(streams.every(({ ended }) => ended)).toBe(true));
    const times = streams.map((stream) => stream.named('goodbye')[0]?.data.reconnectInMs);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...times)).toBeLessThanOrEqual(5_000);
    expect(new Set(times).size).toBeGreaterThan(150);
    expect(server.hub.size).toBe(0);
  });

  it('spreads the goodbyes over the time it is given', async () => {
    const server = await start(new FakeRulesets());
    const streams = await Promise.all(Array.from({ length: 300 }, () => server.stream()));
    // Together: the drain goes by the one, and rests by the other.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const drained = server.hub.drain(500);
      await vi.advanceTimersByTimeAsync(100);
      // However fast the others are: a fifth of the time, and one step ahead.
      expect(server.hub.size).toBeGreaterThanOrEqual(300 - Math.ceil((300 * 120) / 500));
      await vi.advanceTimersByTimeAsync(500);
      await drained;
    } finally {
      vi.useRealTimers();
    }
    await vi.waitFor(() => expect(streams.every(({ ended }) => ended)).toBe(true));
  });
});

describe('a ruleset without streams', () => {
  it('is let go after ten minutes and opened anew, current, when somebody asks', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      let now = Date.now();
      const rulesets = new FakeRulesets();
      const server = await start(rulesets, { now: () => now });
      const scope = { project: 'default', environment: 'production', audience: 'server' } as const;
      server.hub.ruleset(scope);
      now += 11 * 60_000;
      await vi.advanceTimersByTimeAsync(1_000);
      expect(rulesets.closed).toBe(1);
      const id = rulesets.set('a', 1);
      expect(server.hub.ruleset(scope).id).toBe(id);
      expect(rulesets.opened).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('costs no encoding when it changes', async () => {
    const rulesets = new FakeRulesets();
    const observer = countingObserver();
    const server = await start(rulesets, { observer });
    const scope = { project: 'default', environment: 'production', audience: 'server' } as const;
    server.hub.ruleset(scope);
    for (let count = 0; count < 100; count += 1) rulesets.set('counter', count);
    await new Promise(setImmediate);
    expect(observer.encodings).toEqual(['snapshot']);
    expect(JSON.parse(server.hub.ruleset(scope).json.toString())).toMatchObject({ flags: { counter: 99 } });
  });
});
