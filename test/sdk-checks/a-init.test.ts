import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { failureOf } from '../../client/test/fake/fake-world.ts';
import { FaultProxy } from '../faults/fault-proxy/fault-proxy.ts';
import { expectInTime } from '../patience.ts';
import { closeClients, openClient, stateOf } from './clients.ts';
import { deliver, openFake, RULES, silentWorld } from './fake-client.ts';
import { eventually, passUntil, stopClock } from './stopped-clock.ts';

let server: FakeServer;

beforeEach(async () => {
  server = await FakeServer.start(RULES);
});

afterEach(async () => {
  vi.useRealTimers();
  await closeClients();
  await server.close();
});

describe('A. Init', () => {
  it('2 with the server down, the first evaluate() takes at most 1 ms, and says where its answer is from', async () => {
    const { port } = server;
    await server.close();
    const url = `http://127.0.0.1:${port}`;
    const tookMs: number[] = [];
    for (let client = 0; client < 20; client++) {
      const bootstrap = client % 2 ? RULES : undefined;
      const flags = openClient(url, { bootstrap });
      const began = performance.now();
      const answer = flags.evaluate('a', false);
      tookMs.push(performance.now() - began);
      expect(answer).toMatchObject(
        bootstrap ? { value: true, source: 'bootstrap' } : { value: false, source: 'default' },
      );
    }
    // The quickest: what another process did to the others is not theirs.
    expectInTime('the first answer', Math.min(...tookMs), 1);
    server = await FakeServer.start(RULES);
  });

  it('3 goes on connecting after ready() has given up, and is ready as soon as the server answers', async () => {
    const world = silentWorld();
    const flags = openFake(world);
    const first = flags.ready();
    const start = world.nowMs;
    while (world.nowMs - start < 600_000) {
      world.stream.sink.failed(failureOf(0));
      await world.passSlowly(0);
      expect(world.untilNextStreamMs()).toBeLessThanOrEqual(30_000);
    }
    expect(await first).toEqual({ ready: false, timedOut: true });
    const second = flags.ready();
    deliver(world);
    expect(await second).toEqual({ ready: true, timedOut: false });
    expect(flags.isEnabled('a')).toBe(true);
  });

  it('4 gives up a server that takes the connection and says nothing after 10 s, and tries again', async () => {
    const sockets = new Set<Socket>();
    let asked = 0;
    let open = 0;
    const silent = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('data', (text) => {
        if (!text.includes('/sdk/v1/stream')) return;
        asked += 1;
        open += 1;
        socket.on('close', () => (open -= 1));
      });
    });
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    stopClock();
    const flags = openClient(`http://127.0.0.1:${(silent.address() as { port: number }).port}`);
    await eventually(() => open === 1);
    expect(await passUntil(() => open === 0)).toBeGreaterThanOrEqual(9_900);
    expect(flags.status()).toMatchObject({ state: 'reconnecting', lastError: 'silent for 10000 ms' });
    expect(await passUntil(() => asked === 2)).toBeLessThanOrEqual(1_100);
    await closeClients();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('5 gives up a stream that has headers and no first event after 10 s, and tries again', async () => {
    let open = 0;
    server.behaviours.stream = (_request, response) => {
      open += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      response.on('close', () => (open -= 1));
    };
    const proxy = await FaultProxy.start(server.url);
    stopClock();
    const flags = openClient(proxy.url);
    await eventually(() => open === 1);
    const abandonedAfterMs = await passUntil(() => open === 0);
    expect(abandonedAfterMs).toBeGreaterThanOrEqual(9_900);
    expect(abandonedAfterMs).toBeLessThanOrEqual(11_000);
    expect(stateOf(flags)).toBe('reconnecting');
    server.behaviours.stream = undefined;
    expect(await passUntil(() => stateOf(flags) === 'live')).toBeLessThanOrEqual(1_100);
    await proxy.close();
  });
});
