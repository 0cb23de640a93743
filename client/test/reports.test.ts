import { describe, expect, it } from 'vitest';
import { createDimmerClient } from '../src/client.ts';
import type { DimmerClient } from '../src/dimmer-client.ts';
import type { Lifecycle } from '../src/lifecycle.ts';
import { DEFAULTS } from '../src/options.ts';
import type { EventsBatch } from './fake/fake-server.ts';
import { answerOf, FakeWorld, settled } from './fake/fake-world.ts';
import { snapshotOf, switchFlag, textFlag } from './fake/rules.ts';

const RULES = snapshotOf({ a: switchFlag(true), text: textFlag('x') }, '7.aaaaaaaaaaaa');

function connect(world: FakeWorld, options: Partial<typeof DEFAULTS> = {}): DimmerClient {
  const flags = createDimmerClient({ ...DEFAULTS, ...options }, world.deps);
  world.stream.sink.event('snapshot', JSON.stringify(RULES));
  world.stream.sink.event('ping', JSON.stringify({ id: RULES.id, at: world.nowMs }));
  return flags;
}

function change(world: FakeWorld, from: string, id: string, at = world.nowMs): void {
  const flags = { a: switchFlag(true) };
  world.stream.sink.event('patch', JSON.stringify({ schema: 1, hash: 1, from, id, at, flags, segments: {} }));
}

function sendPatch(world: FakeWorld, { id, flags }: { id: string; flags: object }): void {
  const patch = { schema: 1, hash: 1, from: RULES.id, id, at: world.nowMs, flags, segments: {} };
  world.stream.sink.event('patch', JSON.stringify(patch));
}

/** Keeps the stream alive while time passes. */
async function pass(world: FakeWorld, ms: number, id = RULES.id): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1_000) {
    world.stream.sink.event('ping', JSON.stringify({ id, at: world.nowMs }));
    await world.passSlowly(Math.min(1_000, ms - passed));
  }
}

const batches = (world: FakeWorld): EventsBatch[] =>
  world.requests.filter(({ path }) => path === 'events').map(({ body }) => JSON.parse(body ?? ''));

/** A client of a host that may stop at any moment, and `flush` as such a host calls it. */
function connectOnHostThatLeaves(world: FakeWorld): { flags: DimmerClient; flush: () => unknown } {
  let flush: (() => unknown) | undefined;
  const lifecycle: Lifecycle = ({ stream, reporter }) => {
    flush = reporter?.flushNow;
    stream.connect();
    return () => {};
  };
  Object.assign(world.deps, { lifecycle });
  return { flags: connect(world), flush: () => flush?.() };
}

const failuresIn = (world: FakeWorld) =>
  batches(world).flatMap((batch) => (batch as { failure?: { message: string } }).failure ?? []);
const countsOf = (world: FakeWorld) =>
  batches(world).flatMap(({ summaries }) => summaries.flatMap(({ counts }) => counts));

describe('a host that leaves while a batch is on its way', () => {
  it('has sent at once what was counted since', async () => {
    const world = new FakeWorld();
    const { flags, flush } = connectOnHostThatLeaves(world);
    world.answer = () => new Promise(() => {});
    flags.isEnabled('a');
    flush();
    flags.value('text', 'y');
    flush();
    flush();
    expect(countsOf(world)).toEqual([
      { flag: 'a', variation: 'on', count: 1 },
      { flag: 'text', variation: 'text', count: 1 },
    ]);
  });

  it('sends it again if it is still there, under the same name, so that it is counted once', async () => {
    const world = new FakeWorld();
    const { flags, flush } = connectOnHostThatLeaves(world);
    const answer = world.answer;
    let asked = 0;
    world.answer = async (...of) => (++asked === 2 ? answerOf(503) : answer(...of));
    flags.isEnabled('a');
    flush();
    flags.value('text', 'y');
    flush();
    await pass(world, 30_000);
    const [, refused, again] = batches(world);
    expect(again).toEqual(refused);
    expect(batches(world)).toHaveLength(3);
  });
});

describe('evaluations', () => {
  it('are counted by flag and variation and sent every 10 s, never one by one', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    for (let i = 0; i < 1_000; i++) flags.isEnabled('a');
    flags.value('text', 'y');
    flags.evaluate('text', 'y');
    flags.value('text', 42);
    flags.isEnabled('nowhere');
    await pass(world, 11_000);
    expect(batches(world).at(-1)).toMatchObject({ instance: 'i-1', application: 'shop', sdk: 'test/1' });
    expect(countsOf(world)).toEqual([
      { flag: 'a', variation: 'on', count: 1_000 },
      { flag: 'text', variation: null, count: 1 },
      { flag: 'text', variation: 'text', count: 2 },
      { flag: 'nowhere', variation: null, count: 1 },
    ]);
    const sent = batches(world).length;
    await pass(world, 30_000);
    expect(batches(world)).toHaveLength(sent);
  });

  it('are counted at the id that decided them', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    flags.isEnabled('a');
    await pass(world, 1_000);
    change(world, RULES.id, '8.b');
    flags.isEnabled('a');
    flags.isEnabled('a');
    await pass(world, 15_000, '8.b');
    const summaries = batches(world).flatMap(({ summaries }) => summaries);
    expect(summaries.map(({ id, counts }) => [id, counts[0]?.count])).toEqual([
      [RULES.id, 1],
      ['8.b', 2],
    ]);
    expect(summaries[0]?.to).toBeLessThanOrEqual(summaries[1]?.from as number);
    expect(summaries[0]?.from).toBeLessThan(summaries[0]?.to as number);
  });

  it('wait while the server is away, go on being counted, and are sent once it is back', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    await pass(world, 1_000);
    world.requests.length = 0;
    world.answer = () => answerOf(503);
    for (let second = 0; second < 120; second++) {
      flags.isEnabled('a');
      await pass(world, 1_000);
    }
    const failed = batches(world);
    expect(failed.length).toBeLessThan(15);
    expect(new Set(failed.map(({ batch }) => batch)).size).toBe(1);

    world.requests.length = 0;
    world.answer = () => answerOf(202);
    await pass(world, 45_000);
    expect(countsOf(world).reduce((sum, { count }) => sum + count, 0)).toBe(120);
    expect(batches(world)[0]?.batch).toBe(failed[0]?.batch);
    expect(new Set(batches(world).map(({ batch }) => batch)).size).toBe(batches(world).length);
  });

  it('are reported as rarely as the server asks', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    await pass(world, 1_000);
    world.requests.length = 0;
    flags.isEnabled('a');
    world.answer = () => answerOf(429, '', 60_000);
    await pass(world, 65_000);
    expect(batches(world)).toHaveLength(1);
  });

  it.each([400, 413, 422])('are given up when the server answers %i, which it would again', async (status) => {
    const world = new FakeWorld();
    const flags = connect(world);
    await pass(world, 1_000);
    flags.isEnabled('a');
    world.answer = () => answerOf(status);
    await pass(world, 30_000);
    world.requests.length = 0;
    world.answer = () => answerOf(202);
    await pass(world, 60_000);
    expect(batches(world)).toEqual([]);
  });

  it('are still reported, rarely, when the key is refused, and the stream is not touched', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    await pass(world, 1_000);
    world.requests.length = 0;
    flags.isEnabled('a');
    world.answer = () => answerOf(401);
    await pass(world, 120_000);
    expect(batches(world)).toHaveLength(1);
    expect(flags.status().state).toBe('live');
    await pass(world, 300_000);
    expect(batches(world).length).toBeGreaterThan(1);
  });

  it('of more flags than a batch may hold go in several', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const many = Object.fromEntries(Array.from({ length: 2_500 }, (_, i) => [`f${i}`, switchFlag(true)]));
    world.stream.sink.event('snapshot', JSON.stringify(snapshotOf(many, '9.c')));
    for (const key of Object.keys(many)) flags.isEnabled(key);
    await pass(world, 15_000, '9.c');
    expect(countsOf(world)).toHaveLength(2_500);
    for (const { summaries } of batches(world)) {
      expect(summaries.flatMap(({ counts }) => counts).length).toBeLessThanOrEqual(1_000);
    }
  });

  it('at more ids than may wait are dropped, and one warning says so', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    await pass(world, 1_000);
    world.answer = () => answerOf(503);
    let from = RULES.id;
    for (let revision = 100; revision < 120; revision++) {
      flags.isEnabled('a');
      change(world, from, `${revision}.x`);
      from = `${revision}.x`;
      await pass(world, 1_000, from);
    }
    expect(world.logged.filter(({ code }) => code === 'REPORTS_DROPPED')).toHaveLength(1);
  });

  it('are not reported at all if the caller does not want it', async () => {
    const world = new FakeWorld();
    const flags = connect(world, { reporting: false });
    flags.isEnabled('a');
    await pass(world, 30_000);
    await flags.close();
    expect(world.requests).toEqual([]);
  });

  it('name no attribute of any context', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    flags.isEnabled('a', { targetingKey: 'ann-secret', email: 'ann@secret.example' });
    await flags.close();
    expect(JSON.stringify(world.requests)).not.toContain('secret');
  });
});

describe('receipts', () => {
  it('say at once which id has been applied, and how long after the change', async () => {
    const world = new FakeWorld();
    connect(world);
    await pass(world, 1_500);
    expect(batches(world).flatMap(({ receipts }) => receipts)).toEqual([{ id: RULES.id }]);
    change(world, RULES.id, '8.b', world.nowMs - 12);
    await pass(world, 200, '8.b');
    expect(batches(world).at(-1)?.receipts).toEqual([{ id: '8.b', delayMs: 12 }]);
  });

  it('measure by the server’s clock', async () => {
    const world = new FakeWorld();
    connect(world);
    const aheadMs = 600_000;
    world.stream.sink.event('ping', JSON.stringify({ id: RULES.id, at: world.nowMs + aheadMs }));
    await world.passSlowly(1_500);
    change(world, RULES.id, '8.b', world.nowMs + aheadMs - 30);
    await world.passSlowly(200);
    expect(batches(world).at(-1)?.receipts).toEqual([{ id: '8.b', delayMs: 30 }]);
  });

  it.each([
    ['on one machine', 0, 25],
    ['where the server’s clock is ahead', 600_000, 21],
    ['where it is behind', -600_000, 21],
    ['where it is a moment ahead', 300, 21],
  ])('do not take the time that pings need for a difference of clocks: %s', async (_where, aheadMs, delayMs) => {
    const world = new FakeWorld();
    connect(world);
    for (const latencyMs of [29, 4, 12, 900]) {
      world.stream.sink.event('ping', JSON.stringify({ id: RULES.id, at: world.nowMs + aheadMs - latencyMs }));
      await world.passSlowly(15_000);
    }
    change(world, RULES.id, '8.b', world.nowMs + aheadMs - 25);
    await world.passSlowly(200);
    expect(batches(world).at(-1)?.receipts).toEqual([{ id: '8.b', delayMs }]);
  });

  it('forget a clock that was set within a few pings', async () => {
    const world = new FakeWorld();
    connect(world);
    for (const aheadMs of [600_000, 0, 0, 0, 0]) {
      world.stream.sink.event('ping', JSON.stringify({ id: RULES.id, at: world.nowMs + aheadMs - 4 }));
      await world.passSlowly(15_000);
    }
    change(world, RULES.id, '8.b', world.nowMs - 25);
    await world.passSlowly(200);
    expect(batches(world).at(-1)?.receipts).toEqual([{ id: '8.b', delayMs: 25 }]);
  });

  it('come at once from one of a few, and spread over the time that it takes a server to hear all of many', async () => {
    const sentAfterMs = async (clients: number): Promise<number> => {
      const world = new FakeWorld();
      (world.deps.limits as { receiptSpreadMs: number }).receiptSpreadMs = 5_000;
      world.die = () => 0.999;
      connect(world);
      await pass(world, 20_000);
      world.stream.sink.event('ping', JSON.stringify({ id: RULES.id, at: world.nowMs, clients }));
      await world.passSlowly(5_000);
      world.requests.length = 0;
      const start = world.nowMs;
      change(world, RULES.id, '8.b');
      while (!world.requests.length) await world.passSlowly(1);
      return world.nowMs - start;
    };
    expect(await sentAfterMs(1)).toBeLessThanOrEqual(1);
    expect(await sentAfterMs(200)).toBeLessThanOrEqual(80);
    expect(await sentAfterMs(10_000)).toBeGreaterThan(3_900);
    expect(await sentAfterMs(10_000_000)).toBeLessThanOrEqual(5_000);
  });

  it('say why what the server has cannot be taken, and no more once it can', async () => {
    const world = new FakeWorld();
    connect(world);
    await pass(world, 1_000);
    world.stream.sink.event('snapshot', '{"schema":');
    await world.passSlowly(1_000);
    const failures = () => failuresIn(world);
    expect(failures()).toEqual([{ message: expect.stringMatching(/^snapshot: SyntaxError/) }]);
    await world.passSlowly(10_000);
    world.stream.sink.event('snapshot', JSON.stringify({ ...RULES, id: '8.bbbbbbbbbbbb' }));
    await pass(world, 11_000, '8.bbbbbbbbbbbb');
    expect(failures()).toHaveLength(1);
  });

  it('say which flag of a change is not understood, so that it does not count as applied', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    await pass(world, 1_000);
    const broken = { ...switchFlag(false), off: 'nowhere' };
    sendPatch(world, { id: '8.bbbbbbbbbbbb', flags: { a: broken } });
    await pass(world, 11_000, '8.bbbbbbbbbbbb');
    expect(failuresIn(world)).toEqual([{ message: expect.stringMatching(/^a: TypeError/) }]);
    // What had its key before goes on.
    expect(flags.isEnabled('a')).toBe(true);
    expect(batches(world).at(-1)).toMatchObject({ receipts: [{ id: '8.bbbbbbbbbbbb' }], failure: {} });
  });

  it('say so of what is noticed when it is asked for: a condition, a segment, a flag of a snapshot', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const when = [{ attribute: 'plan', operator: 'soundsLike', values: ['pro'] }];
    const odd = { ...switchFlag(false), rules: [{ id: 'r', when, serve: { variation: 'on' } }] };
    sendPatch(world, { id: '8.bbbbbbbbbbbb', flags: { a: { ...odd, on: true } } });
    await pass(world, 11_000, '8.bbbbbbbbbbbb');
    expect(failuresIn(world)).toEqual([]);
    flags.isEnabled('a', { plan: 'pro' });
    await pass(world, 11_000, '8.bbbbbbbbbbbb');
    expect(failuresIn(world)).toEqual([{ message: 'a: soundsLike' }]);
  });

  it('of a kill are receipts also where the rules of the flag are not understood', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    sendPatch(world, { id: '8.bbbbbbbbbbbb', flags: { a: { ...switchFlag(true), on: false, rules: 'nonsense' } } });
    await pass(world, 11_000, '8.bbbbbbbbbbbb');
    expect(flags.isEnabled('a')).toBe(false);
    expect(failuresIn(world)).toEqual([]);
  });

  it('say at the end, once, that this was all', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    await pass(world, 1_000);
    await flags.close();
    expect(batches(world).filter((batch) => (batch as { leaves?: boolean }).leaves)).toHaveLength(1);
  });

  it('of many changes go together, at most some requests a second', async () => {
    const world = new FakeWorld();
    connect(world);
    await pass(world, 2_000);
    world.requests.length = 0;
    let from = RULES.id;
    for (let revision = 100; revision < 150; revision++) {
      change(world, from, `${revision}.x`);
      from = `${revision}.x`;
      await world.passSlowly(100);
    }
    await pass(world, 1_500, from);
    expect(batches(world).length).toBeLessThanOrEqual(16);
    expect(batches(world).flatMap(({ receipts }) => receipts)).toHaveLength(50);
  });

  it('are sent by a sample of the clients only, where the platform says so', async () => {
    const world = new FakeWorld();
    (world.deps.limits as { receiptShare: number }).receiptShare = 0.1;
    connect(world);
    await pass(world, 30_000);
    expect(batches(world)).toEqual([]);
  });

  it('that come while a batch is on its way do not hold up the next', async () => {
    const world = new FakeWorld();
    connect(world);
    await pass(world, 1_500);
    let take: () => void = () => {};
    world.answer = () =>
      new Promise((resolve) => {
        take = () => resolve(answerOf(202));
      });
    change(world, RULES.id, '8.b');
    await pass(world, 1_200, '8.b');
    change(world, '8.b', '9.c');
    take();
    await world.passSlowly(0);
    take();
    world.answer = () => answerOf(202);
    await pass(world, 1_500, '9.c');
    change(world, '9.c', '10.d');
    await pass(world, 1_200, '10.d');
    expect(
      batches(world)
        .flatMap(({ receipts }) => receipts)
        .at(-1)?.id,
    ).toBe('10.d');
  });
});

describe('flush()', () => {
  it('sends receipts and what is counted now, and goes on', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    flags.isEnabled('a');
    await flags.flush();
    expect(batches(world)).toMatchObject([{ receipts: [{ id: RULES.id }] }]);
    expect(countsOf(world)).toEqual([{ flag: 'a', variation: 'on', count: 1 }]);
    flags.isEnabled('a');
    await flags.flush();
    expect(countsOf(world)).toHaveLength(2);
    expect(flags.status().state).toBe('live');
  });

  it('sends nothing where nothing is new', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    await flags.flush();
    const before = world.requests.length;
    await flags.flush();
    expect(world.requests).toHaveLength(before);
    expect(world.holdsProcess).toBe(false);
  });

  it('sends also what is counted while a batch is on its way', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const late: (() => void)[] = [];
    world.answer = () => new Promise((resolve) => late.push(() => resolve(answerOf(202))));
    flags.isEnabled('a');
    const first = flags.flush();
    await settled();
    flags.value('text', '');
    const second = flags.flush();
    late[0]!();
    await first;
    await settled();
    late[1]!();
    await second;
    expect(countsOf(world).map(({ flag }) => flag)).toEqual(['a', 'text']);
  });

  it('resolves after 2 s at most, whatever the server does; nothing is lost', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    flags.isEnabled('a');
    world.answer = () => new Promise(() => {});
    const flushed = flags.flush();
    expect(world.holdsProcess).toBe(true);
    await world.passSlowly(2_000);
    await flushed;
    expect(world.holdsProcess).toBe(false);
  });

  it('keeps what could not be sent for the next time, and does not ask sooner than the server wants', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    flags.isEnabled('a');
    world.answer = () => answerOf(429, '', 20_000);
    await flags.flush();
    world.answer = () => answerOf(202);
    const asked = batches(world).length;
    await flags.flush();
    expect(batches(world)).toHaveLength(asked);
    flags.value('text', '');
    await world.passSlowly(21_000);
    await flags.flush();
    const [refused, again, more] = batches(world);
    expect(again).toEqual(refused);
    expect(more?.summaries[0]?.counts).toMatchObject([{ flag: 'text' }]);
  });

  it.each([
    ['without reporting', { reporting: false }],
    ['after closing', {}],
  ])('does nothing %s', async (what, options) => {
    const world = new FakeWorld();
    const flags = connect(world, options);
    if (what === 'after closing') await flags.close();
    const before = world.requests.length;
    flags.isEnabled('a');
    await flags.flush();
    expect(world.requests).toHaveLength(before);
    expect(world.holdsProcess).toBe(false);
  });

  it('does nothing where there is no server', async () => {
    const world = new FakeWorld();
    await createDimmerClient(DEFAULTS, { ...world.deps, connect: undefined }).flush();
    expect(world.requests).toEqual([]);
  });
});

describe('closing', () => {
  it('sends also what has been counted since a batch that could not be sent', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    flags.isEnabled('a');
    world.answer = () => answerOf(503);
    await pass(world, 10_000);
    world.answer = () => answerOf(202);
    flags.value('text', '');
    const before = batches(world).length;
    await flags.close();
    const sent = batches(world).slice(before);
    expect(sent.flatMap(({ summaries }) => summaries.flatMap(({ counts }) => counts.map(({ flag }) => flag)))).toEqual([
      'a',
      'text',
    ]);
  });

  it('sends what is counted', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    flags.isEnabled('a');
    await flags.close();
    expect(countsOf(world)).toEqual([{ flag: 'a', variation: 'on', count: 1 }]);
  });

  it('takes 2 s at most, whatever the server does, and leaves nothing behind', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    flags.isEnabled('a');
    world.answer = () => new Promise(() => {});
    const closed = flags.close();
    expect(world.holdsProcess).toBe(true);
    await world.passSlowly(2_000);
    await closed;
    expect(world.timerCount).toBe(0);
    expect(world.streams.every(({ open }) => !open)).toBe(true);
    expect(flags.status().state).toBe('closed');
  });
});
