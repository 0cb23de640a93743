import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { FakeWorld } from '../../client/test/fake/fake-world.ts';
import { snapshotOf, switchFlag, textFlag } from '../../client/test/fake/rules.ts';
import { FaultProxy } from '../faults/fault-proxy/fault-proxy.ts';
import { closeClients, openClient, stateOf } from './clients.ts';
import { deliver, openFake, patchText, RULES } from './fake-client.ts';
import { freeMemory, heapBytes } from './heap.ts';
import { eventually, pass, passUntil, stopClock, turns } from './stopped-clock.ts';

const MEGABYTE = 1024 * 1024;

let server: FakeServer;

beforeEach(async () => {
  server = await FakeServer.start(RULES);
});

afterEach(async () => {
  vi.useRealTimers();
  await closeClients();
  await server.close();
});

describe('D. Parsing', () => {
  it.each(['snapshot', 'patch', 'ping'])(
    '44 malformed JSON in a %s drops the connection; what is held stays, and a snapshot is there within 5 s',
    async (event) => {
      stopClock();
      const flags = openClient(server.url, { reporting: false });
      await eventually(() => stateOf(flags) === 'live');
      server.send(event, '{"schema":1,"flags":{"a":', '9.broken');
      await eventually(() => stateOf(flags) === 'reconnecting');
      await eventually(() => server.streams.size === 0);
      expect(flags.status().id).toBe(RULES.id);
      expect(flags.isEnabled('a')).toBe(true);
      expect(await passUntil(() => stateOf(flags) === 'live')).toBeLessThanOrEqual(5_000);
      expect(server.requests('stream')[1]?.headers['last-event-id']).toBeUndefined();
    },
  );

  it('48 an event over 16 MiB drops the connection, and the heap has grown by less than 32 MiB', async () => {
    const flags = openClient(server.url, { reporting: false });
    await eventually(() => stateOf(flags) === 'live');
    const piece = Buffer.alloc(MEGABYTE, 'x');
    const [stream] = server.streams;
    const before = heapBytes();
    let most = 0;
    stream!.write('event: snapshot\ndata: ');
    for (let written = 0; written < 40 && stateOf(flags) === 'live'; written++) {
      await new Promise((resolve) => void stream!.write(piece, resolve));
      await turns(20);
      most = Math.max(most, heapBytes() - before);
    }
    expect(flags.status().lastError).toBe('an event over 16 MiB');
    expect(flags.isEnabled('a')).toBe(true);
    expect(most).toBeGreaterThan(8 * MEGABYTE);
    expect(most).toBeLessThan(32 * MEGABYTE);
    await closeClients();
    freeMemory();
    expect(heapBytes() - before).toBeLessThan(8 * MEGABYTE);
  });

  it('50 numbers that are none, or too large, crash nothing, and weights that are none decide nothing', () => {
    const world = new FakeWorld();
    const flags = openFake(world);
    const flag = { ...textFlag('x'), type: 'number', variations: [{ key: 'text', value: 'NUMBER' }] };
    const number = (text: string) => JSON.stringify(flag).replace('"NUMBER"', text);
    const split = (parts: string) =>
      `{"type":"string","variations":[{"key":"text","value":"x"}],"on":true,"off":"text","seed":"s","fallthrough":{"slices":[{"variation":"text","parts":${parts}}]}}`;
    const numbers = ['1e400', '-0', '9007199254740993', '"NaN"', '-1e-400'];
    const parts = ['1e400', '-1', '"NaN"', '0.5', '99999', '9007199254740993', 'null'];
    const entries = [
      ...numbers.map((text, index) => `"number-${index}":${number(text)}`),
      ...parts.map((text, index) => `"parts-${index}":${split(text)}`),
      `"good":${JSON.stringify(switchFlag(true))}`,
    ];
    const text = JSON.stringify(snapshotOf({}, '9.c')).replace('"flags":{}', `"flags":{${entries.join()}}`);
    world.stream.sink.event('snapshot', text);
    expect(flags.isEnabled('good')).toBe(true);
    for (const index of numbers.keys()) {
      expect(typeof flags.value(`number-${index}`, 42)).toBe('number');
      expect(flags.value(`number-${index}`, 42)).not.toBeNaN();
    }
    for (const index of parts.keys()) {
      expect(flags.evaluate(`parts-${index}`, 'default', { targetingKey: 'ann' })).toMatchObject({
        value: 'default',
        errorCode: 'PARSE_ERROR',
      });
    }
    expect(world.streams).toHaveLength(1);
  });

  it('51 lone surrogates, NUL and right-to-left marks in keys and values come through as they are', async () => {
    const texts = ['\ud800', 'a\udc00b', '\u0000', 'x\u0000y', '\u202eabc', 'שלום', '\u2028\u2029', '"\\\n\r\t', '🚀'];
    const entries = texts.map((text) => [`key ${text}`, textFlag(`value ${text}`)]);
    server.snapshot = snapshotOf(Object.fromEntries(entries), '9.c');
    const flags = openClient(server.url, { reporting: false });
    await eventually(() => stateOf(flags) === 'live');
    for (const text of texts) {
      expect(flags.value(`key ${text}`, 'default', { targetingKey: text, [text]: text })).toBe(`value ${text}`);
    }
  });

  it('52 a captive portal’s page, in the place of stream and rules, leaves rules and cache untouched', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'dimmer-test-'));
    const proxy = await FaultProxy.start(server.url);
    const kept = async (): Promise<string> => readFile(join(cache, (await readdir(cache))[0] ?? ''), 'utf8');
    const first = openClient(proxy.url, { cache });
    await eventually(() => stateOf(first) === 'live');
    await first.close();
    const before = await kept();
    const headers = { 'content-type': 'text/html' };
    proxy.fault = { kind: 'answer', status: 200, headers, body: '<html>Welcome to our hotel</html>' };
    stopClock();
    const flags = openClient(proxy.url, { cache, reporting: false });
    await eventually(() => stateOf(flags) === 'refused');
    expect(flags.status().lastError).toBe('not an event stream but text/html');
    // Long enough for polls to be answered in the same way.
    for (let step = 0; step < 60; step++) await pass(1_000);
    expect(flags.evaluate('a', false)).toMatchObject({ value: true, source: 'cache' });
    expect(await kept()).toBe(before);
    await closeClients();
    await proxy.close();
    await rm(cache, { recursive: true, force: true });
  });

  it('53 flags named like properties of every object are made, changed, listened to, decided and removed', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', 'toJSON', 'valueOf', 'length'];
    const world = new FakeWorld();
    const flags = openFake(world);
    deliver(world, snapshotOf({}, '1.a'));
    const changed: string[] = [];
    flags.on('change', ({ keys }) => changed.push(...keys));
    let from = '1.a';
    let revision = 1;
    const patch = (name: string, flag: unknown): void => {
      const id = `${++revision}.x`;
      const text = patchText(from, id, {}).replace(
        '"flags":{}',
        `"flags":{${JSON.stringify(name)}:${JSON.stringify(flag)}}`,
      );
      world.stream.sink.event('patch', text);
      from = id;
    };
    for (const name of names) {
      expect(flags.evaluate(name, 'default')).toMatchObject({ value: 'default', errorCode: 'FLAG_NOT_FOUND' });
      patch(name, textFlag('made'));
      expect(flags.value(name, 'default', { targetingKey: name, [name]: name })).toBe('made');
      patch(name, textFlag('changed'));
      expect(flags.value(name, 'default')).toBe('changed');
      patch(name, null);
      expect(flags.evaluate(name, 'default')).toMatchObject({ value: 'default', errorCode: 'FLAG_NOT_FOUND' });
    }
    expect(changed).toEqual(names.flatMap((name) => [name, name, name]));
    expect(world.streams).toHaveLength(1);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
