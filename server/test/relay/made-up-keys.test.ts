import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AskingLanes } from '../../src/relay/asking-lanes.ts';
import { TestServer } from '../running-server.ts';

let origin: TestServer;
let relay: TestServer;
let between: Server;
/** Keys that the server above has been asked about and is thinking of. */
let pondered = new Set<string>();
/** Whether it has thought enough, and says that it knows none of them. */
let hasThought = false;

const madeUp = (each: number) => `${origin.serverKey.slice(0, -4)}${String(each).padStart(4, 'A')}`;

/** Passes on what comes with a good key, and does not answer what comes with another. */
function startBetween(): Promise<string> {
  between = createServer((incoming, answer) => {
    const { authorization = '' } = incoming.headers;
    if (!authorization.includes(origin.serverKey)) {
      pondered.add(authorization);
      if (hasThought) answer.writeHead(401).end();
      return;
    }
    const { method, headers, url } = incoming;
    const passed = request(new URL(url ?? '/', origin.url), { method, headers }, (from) => {
      answer.writeHead(from.statusCode ?? 500, from.headers);
      from.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  return new Promise((resolve) =>
    between.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(between.address() as AddressInfo).port}`)),
  );
}

beforeEach(async () => {
  pondered = new Set();
  hasThought = false;
  origin = await TestServer.start();
  const env = { DIMMER_RELAY_FOLDER: `${origin.folder}/kept`, DIMMER_PROXIES: '1' };
  relay = await TestServer.start({ env: { ...env, DIMMER_UPSTREAM: await startBetween() } });
});
afterEach(async () => {
  between.closeAllConnections();
  await relay.stop();
  between.close();
  await origin.stop();
});

const ask = (token: string, address: string) =>
  fetch(`${relay.url}/sdk/v1/ruleset`, { headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': address } });

describe('A relay that is sent keys somebody has made up', () => {
  it('asks about a few of them at once, and about a good new key from elsewhere without delay', async () => {
    const floods = Array.from({ length: 60 }, (_, each) => ask(madeUp(each), '203.0.113.9'));
    await vi.waitFor(() => expect(pondered.size).toBe(4));
    expect((await ask(origin.serverKey, '198.51.100.1')).status).toBe(200);
    expect(pondered.size).toBe(4);
    // It is good from now on, also for whoever shares an address with the other one.
    expect((await ask(origin.serverKey, '203.0.113.9')).status).toBe(200);
    hasThought = true;
    between.closeAllConnections();
    for (const answer of await Promise.all(floods)) expect([401, 503]).toContain(answer.status);
  });

  it('serves a key that was good before its restart, though all lanes are full', async () => {
    expect((await ask(origin.serverKey, '198.51.100.1')).status).toBe(200);
    await relay.close();
    await relay.resume();
    const floods = Array.from({ length: 30 }, (_, each) => ask(madeUp(each), `203.0.113.${each}`));
    await vi.waitFor(() => expect(pondered.size).toBe(20));
    expect((await ask(origin.serverKey, '198.51.100.1')).status).toBe(200);
    hasThought = true;
    between.closeAllConnections();
    await Promise.all(floods);
  });
});

describe('The lanes of keys that are asked about', () => {
  it('are so many in sum and so many of one network; a place that is free goes to whoever may take it', async () => {
    const lanes = new AskingLanes(3, 2);
    const entered: string[] = [];
    const enter = (name: string, network: string) =>
      lanes.enter(network, 60_000).then((may) => void (may && entered.push(name)));
    await Promise.all([enter('a1', 'a'), enter('a2', 'a')]);
    const waiting = [enter('a3', 'a'), enter('b1', 'b'), enter('b2', 'b')];
    await waiting[1];
    expect(entered).toEqual(['a1', 'a2', 'b1']);
    lanes.leave('b');
    await waiting[2];
    expect(entered).toEqual(['a1', 'a2', 'b1', 'b2']);
    lanes.leave('a');
    await waiting[0];
    expect(entered.at(-1)).toBe('a3');
  });

  it('have no endless line, and nobody waits in it for ever', async () => {
    const lanes = new AskingLanes(1, 1);
    expect(await lanes.enter('a', 1)).toBe(true);
    expect(await lanes.enter('a', 1)).toBe(false);
    const line = Array.from({ length: 20 }, () => lanes.enter('a', 1_000));
    expect(await lanes.enter('a', 60_000)).toBe(false);
    expect(await Promise.all(line)).toEqual(Array(20).fill(false));
  });
});
