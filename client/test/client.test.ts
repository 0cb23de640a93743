import { describe, expect, it } from 'vitest';
import { createDimmerClient } from '../src/client.ts';
import type { DimmerClient } from '../src/dimmer-client.ts';
import { DEFAULTS, readOptions } from '../src/options.ts';
import { FakeWorld, failureOf, settled } from './fake/fake-world.ts';
import { snapshotOf, switchFlag, textFlag } from './fake/rules.ts';

const RULES = snapshotOf({ a: switchFlag(true), text: textFlag('blue') }, '7.aaaaaaaaaaaa');

function connect(world: FakeWorld, options: Partial<typeof DEFAULTS> = {}): DimmerClient {
  return createDimmerClient({ ...DEFAULTS, ...options }, world.deps);
}

function deliver(world: FakeWorld, snapshot = RULES): void {
  world.stream.sink.event('snapshot', JSON.stringify(snapshot));
  world.stream.sink.event('ping', JSON.stringify({ id: snapshot.id, at: world.nowMs }));
}

describe('snapshot()', () => {
  it('answers the rules that decide, which nobody can change by it', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    expect(flags.snapshot()).toBeUndefined();
    deliver(world);
    const held = flags.snapshot() as unknown as { flags: { a: { on: boolean; variations: { value: unknown }[] } } };
    expect(held).toEqual(RULES);
    expect(() => (held.flags.a.on = false)).toThrow(TypeError);
    expect(() => (held.flags.a.variations[0]!.value = false)).toThrow(TypeError);
    expect(flags.isEnabled('a')).toBe(true);
  });
});

describe('ready()', () => {
  it('resolves when the server has said what the rules are', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const ready = flags.ready();
    deliver(world);
    expect(await ready).toEqual({ ready: true, timedOut: false });
    expect(await flags.ready()).toEqual({ ready: true, timedOut: false });
  });

  it('resolves when the server confirms the cached rules', async () => {
    const world = new FakeWorld();
    world.kept = JSON.stringify(RULES);
    const flags = connect(world);
    const ready = flags.ready();
    world.stream.sink.event('ping', JSON.stringify({ id: RULES.id, at: world.nowMs }));
    expect(await ready).toEqual({ ready: true, timedOut: false });
  });

  it('gives up waiting after 5 s and never rejects; connecting goes on', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const ready = flags.ready();
    expect(world.holdsProcess).toBe(true);
    world.pass(5_000);
    expect(await ready).toEqual({ ready: false, timedOut: true });
    expect(world.holdsProcess).toBe(false);
    deliver(world);
    expect(await flags.ready()).toEqual({ ready: true, timedOut: false });
  });

  it.each([401, 403])('resolves as soon as the key is refused with %i, and says so', async (status) => {
    const world = new FakeWorld();
    const flags = connect(world);
    const ready = flags.ready();
    world.stream.sink.failed(failureOf(status, { message: `HTTP ${status} KEY_INVALID: no such key` }));
    expect(await ready).toEqual({ ready: false, timedOut: false });
    expect(await flags.ready()).toEqual({ ready: false, timedOut: false });
    expect(flags.status()).toMatchObject({ state: 'refused', lastError: `HTTP ${status} KEY_INVALID: no such key` });
    expect(world.holdsProcess).toBe(false);
    world.untilNextStreamMs();
    deliver(world);
    expect(await flags.ready()).toEqual({ ready: true, timedOut: false });
  });

  it('resolves as soon as a certificate is refused, or the address is none', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const ready = flags.ready();
    world.stream.sink.failed(failureOf(0, { refused: true }));
    expect(await ready).toEqual({ ready: false, timedOut: false });
  });

  it('waits on when the server is only away', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const ready = flags.ready();
    for (const status of [0, 503]) {
      world.stream.sink.failed(failureOf(status));
      world.untilNextStreamMs();
    }
    deliver(world);
    expect(await ready).toEqual({ ready: true, timedOut: false });
  });

  it('asked a hundred times opens one stream and leaves no timer', async () => {
    const world = new FakeWorld();
    const flags = connect(world, { reporting: false });
    const timers = world.timerCount;
    const waiting = Array.from({ length: 100 }, () => flags.ready());
    expect(world.timerCount).toBe(timers + 1);
    deliver(world);
    await Promise.all(waiting);
    expect(world.streams).toHaveLength(1);
    expect(world.holdsProcess).toBe(false);
  });

  it('of an environment without flags is ready', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world, snapshotOf({}));
    expect(await flags.ready()).toEqual({ ready: true, timedOut: false });
  });

  it('resolves at once when there is nothing to wait for', async () => {
    const world = new FakeWorld();
    const offline = createDimmerClient(DEFAULTS, { ...world.deps, connect: undefined });
    expect(await offline.ready()).toEqual({ ready: false, timedOut: false });
    expect(offline.status().state).toBe('offline');

    const flags = connect(world);
    const waiting = flags.ready();
    await flags.close();
    expect(await waiting).toEqual({ ready: false, timedOut: false });
    expect(await flags.ready()).toEqual({ ready: false, timedOut: false });
  });
});

describe('the answer', () => {
  it('comes from the stream before the cache, the cache before the bootstrap, the bootstrap before the default', () => {
    const world = new FakeWorld();
    const text = (value: string, id: string) => snapshotOf({ text: textFlag(value) }, id);
    const ask = (flags: DimmerClient) => {
      const { value, source } = flags.evaluate('text', 'default');
      return [value, source];
    };
    expect(ask(connect(world))).toEqual(['default', 'default']);
    const bootstrap = text('bootstrap', '1.a');
    expect(ask(connect(world, { bootstrap }))).toEqual(['bootstrap', 'bootstrap']);
    expect(ask(connect(world, { bootstrap: JSON.stringify(bootstrap) }))).toEqual(['bootstrap', 'bootstrap']);
    world.kept = JSON.stringify(text('cache', '2.b'));
    const flags = connect(world, { bootstrap });
    expect(ask(flags)).toEqual(['cache', 'cache']);
    deliver(world, text('stream', '3.c'));
    expect(ask(flags)).toEqual(['stream', 'stream']);
  });

  it('tells variation, reason, rule and id', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    expect(flags.evaluate('text', 'red')).toEqual({
      value: 'blue',
      variation: 'text',
      reason: 'STATIC',
      ruleId: undefined,
      id: RULES.id,
      source: 'stream',
      errorCode: undefined,
      errorMessage: undefined,
    });
  });

  it('is the default, and says why, for what cannot be answered', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    expect(flags.evaluate('text', 'red')).toMatchObject({ value: 'red', errorCode: 'PROVIDER_NOT_READY' });
    deliver(world);
    expect(flags.evaluate('nowhere', 'red')).toMatchObject({
      value: 'red',
      reason: 'ERROR',
      errorCode: 'FLAG_NOT_FOUND',
    });
    expect(flags.evaluate('text', 42)).toMatchObject({ value: 42, reason: 'ERROR', errorCode: 'TYPE_MISMATCH' });
    expect(flags.isEnabled('nowhere')).toBe(false);
    expect(flags.isEnabled('text')).toBe(false);
  });

  it('never throws, whatever is asked', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    const hostile = new Proxy(
      {},
      {
        get: () => {
          throw new Error('no');
        },
        has: () => {
          throw new Error('no');
        },
        getOwnPropertyDescriptor: () => {
          throw new Error('no');
        },
      },
    );
    const odd = [undefined, null, 0, Number.NaN, '', 'text', [], {}, hostile, Symbol('s'), () => {}, 10n] as never[];
    for (const key of [...odd, 'a', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then'] as never[]) {
      for (const context of odd) {
        flags.isEnabled(key, context);
        flags.value(key, context, context);
        flags.evaluate(key, context, context);
        flags.launchStage(key, context);
      }
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('says STALE once the server has been silent for longer than the caller allows', () => {
    const world = new FakeWorld();
    const flags = connect(world, { maxStaleMs: 60_000 });
    deliver(world);
    world.pass(59_000);
    expect(flags.evaluate('text', 'red').reason).toBe('STATIC');
    world.pass(1_000);
    expect(flags.evaluate('text', 'red')).toMatchObject({ value: 'blue', reason: 'STALE' });
  });

  it('names the stage of a launch, and `off` for everything else', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const stages = ['off', 'dark', 'live'].map((stage) => ({ key: stage, value: stage }));
    const launch = { ...textFlag(''), type: 'launch' as const, variations: stages, off: 'off' };
    deliver(
      world,
      snapshotOf({
        dark: { ...launch, fallthrough: { variation: 'dark' } },
        live: { ...launch, fallthrough: { variation: 'live' } },
        text: textFlag('live'),
      }),
    );
    expect(['dark', 'live', 'text', 'nowhere'].map((key) => flags.launchStage(key))).toEqual([
      'dark',
      'live',
      'off',
      'off',
    ]);
    expect(['dark', 'live', 'text'].map((key) => flags.isEnabled(key))).toEqual([false, true, false]);
  });
});

describe('listeners', () => {
  it('are told which flags changed, at which id, and stop being told when they unsubscribe', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const changes: unknown[] = [];
    const unsubscribe = flags.on('change', (change) => changes.push(change));
    deliver(world);
    expect(changes).toEqual([{ keys: ['a', 'text'], id: RULES.id, delayMs: null }]);
    unsubscribe();
    deliver(world, snapshotOf({}, '9.c'));
    expect(changes).toHaveLength(1);
  });

  it('that throw, reject or never resolve stop neither the others nor the stream', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const seen: string[] = [];
    flags.on('change', () => {
      throw new Error('mine');
    });
    flags.on('change', async () => {
      throw new Error('also mine');
    });
    flags.on('change', () => new Promise(() => {}));
    flags.on('change', ({ id }) => seen.push(id));
    deliver(world);
    deliver(world, snapshotOf({}, '9.c'));
    await settled();
    expect(seen).toEqual([RULES.id, '9.c']);
    expect(world.logged.map(({ code }) => code)).toEqual(Array(4).fill('LISTENER_FAILED'));
    expect(flags.status().state).toBe('live');
  });

  it('are told each change of state once', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const states: string[] = [];
    flags.on('status', ({ state }) => states.push(state));
    deliver(world);
    world.stream.sink.failed(failureOf(503));
    world.untilNextStreamMs();
    world.stream.sink.failed(failureOf(503));
    world.untilNextStreamMs();
    deliver(world);
    void flags.close();
    expect(states).toEqual(['live', 'reconnecting', 'live', 'closed']);
  });

  it('are told nothing when an empty patch moves the id', () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    const changes: unknown[] = [];
    flags.on('change', (change) => changes.push(change));
    const patch = { schema: 1, hash: 1, from: RULES.id, id: '8.b', at: 0, flags: {}, segments: {} };
    world.stream.sink.event('patch', JSON.stringify(patch));
    expect(changes).toEqual([]);
    expect(flags.status().id).toBe('8.b');
  });
});

describe('what is kept for the next start', () => {
  it('is what is held, written together a moment after a change', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    const patch = {
      schema: 1,
      hash: 1,
      from: RULES.id,
      id: '8.b',
      at: 5,
      flags: { a: null, b: switchFlag(true) },
      segments: {},
    };
    world.stream.sink.event('patch', JSON.stringify(patch));
    expect(world.written).toEqual([]);
    await world.passSlowly(2_000);
    const kept = { text: textFlag('blue'), b: switchFlag(true) };
    expect(world.written).toEqual([{ schema: 1, hash: 1, id: '8.b', at: 5, flags: kept, segments: {} }]);
    world.kept = JSON.stringify(world.written[0]);
    const next = connect(world);
    expect(['a', 'b'].map((key) => next.evaluate(key, false).errorCode)).toEqual(['FLAG_NOT_FOUND', undefined]);
    await flags.close();
    expect(world.written).toHaveLength(1);
  });

  it('is written before closing, if a change was not written yet', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    deliver(world);
    await flags.close();
    expect(world.written).toEqual([RULES]);
  });

  it.each(['', '{', 'null', '[]', '{"schema":99,"hash":1,"id":"1.a","at":0,"flags":{},"segments":{}}'])(
    'and is %j is ignored with at most one warning',
    (kept) => {
      const world = new FakeWorld();
      world.kept = kept;
      const flags = connect(world, { bootstrap: RULES });
      expect(flags.evaluate('text', 'red')).toMatchObject({ value: 'blue', source: 'bootstrap' });
      expect(world.logged.map(({ code }) => code)).toEqual(kept === '' ? [] : ['CACHE_INVALID']);
    },
  );

  it('may hold flags named like properties of every object', async () => {
    const world = new FakeWorld();
    const flags = connect(world);
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', 'toJSON'];
    const definitions = Object.fromEntries(names.map((name) => [name, switchFlag(true)]));
    deliver(world, snapshotOf(definitions, '9.c'));
    expect(names.map((name) => flags.isEnabled(name))).toEqual(names.map(() => true));
    await flags.close();
    expect(Object.keys((world.written[0] as { flags: object }).flags)).toEqual(names);
  });
});

describe('options', () => {
  function read(options: unknown) {
    const logged: string[] = [];
    const taken = readOptions(DEFAULTS, options, (code, detail) => void logged.push(`${code} ${detail}`));
    return { taken, logged };
  }

  it('of the right kind are taken, with defaults for the rest', () => {
    const options = { url: 'http://x', key: 'k', initTimeoutMs: 0, reporting: false, bootstrap: '{}' };
    expect(read(options)).toEqual({ taken: { ...DEFAULTS, ...options }, logged: [] });
  });

  it('of the wrong kind fall back to their default with one warning each', () => {
    const { taken, logged } = read({
      url: 1,
      initTimeoutMs: '5',
      maxStaleMs: Number.NaN,
      reporting: null,
      key: undefined,
    });
    expect(taken).toEqual(DEFAULTS);
    expect(logged).toHaveLength(4);
    expect(logged[0]).toBe('OPTION_INVALID url: takes a string');
    expect(read({ initTimeoutMs: -1 }).taken.initTimeoutMs).toBe(5_000);
  });

  it('that do not exist are named', () => {
    expect(read({ initTimeout: 5, __proto: 1, constructor: 2 }).logged).toEqual([
      'OPTION_UNKNOWN initTimeout',
      'OPTION_UNKNOWN __proto',
      'OPTION_UNKNOWN constructor',
    ]);
  });

  it.each([undefined, null, 7, true])('may be %j: nothing is taken, nothing is thrown', (options) => {
    expect(read(options)).toEqual({ taken: DEFAULTS, logged: [] });
  });
});
