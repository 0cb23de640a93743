import dns from 'node:dns';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { FaultProxy } from '../faults/fault-proxy/fault-proxy.ts';
import { closeClients, logged, openClient, stateOf } from './clients.ts';
import { RULES } from './fake-client.ts';
import { eventually, pass, passUntil, stopClock } from './stopped-clock.ts';

let server: FakeServer;
let proxy: FaultProxy;

beforeEach(async () => {
  server = await FakeServer.start(RULES);
  proxy = await FaultProxy.start(server.url);
  stopClock();
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await closeClients();
  await proxy.close();
  await server.close();
});

type Found = (error: Error | null, addresses?: { address: string; family: number }[]) => void;

/** Names resolve at once, or not at all: a look-up takes its time by no clock of ours. */
function resolveNames(resolves: boolean): void {
  vi.spyOn(dns, 'lookup').mockImplementation(((name: string, _options: object, found: Found) => {
    if (resolves) found(null, [{ address: '127.0.0.1', family: 4 }]);
    else found(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }));
  }) as never);
}

/** Each breaks what is open and what comes, and answers what mends it. */
const FAILURES: readonly [string, () => () => void][] = [
  ['a close', () => breakBy('fin')],
  ['a reset', () => breakBy('rst')],
  [
    'an end',
    () => {
      server.behaviours.stream = (_request, response) =>
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end();
      for (const stream of server.streams) stream.end();
      return () => (server.behaviours.stream = undefined);
    },
  ],
  [
    'an I/O error',
    () => {
      server.behaviours.stream = (request) => request.socket.end('this is not HTTP');
      for (const stream of server.streams) stream.socket?.write('nor is this a chunk\r\n');
      return () => (server.behaviours.stream = undefined);
    },
  ],
  [
    'a name that does not resolve',
    () => {
      resolveNames(false);
      proxy.cutAll('rst');
      return () => resolveNames(true);
    },
  ],
];

function breakBy(by: 'fin' | 'rst'): () => void {
  proxy.cutAll(by);
  proxy.fault = { kind: 'cut', afterBytes: 0, by };
  return () => (proxy.fault = { kind: 'pass' });
}

describe('B. Reconnect', () => {
  describe('11 reconnects after a close, a reset, an end, an I/O error and a name that does not resolve', () => {
    beforeEach(() => resolveNames(true));

    it.each(FAILURES)('at the first attempt: %s', async (_what, fail) => {
      const mend = fail();
      const flags = openClient(`http://localhost:${proxy.port}`);
      await eventually(() => stateOf(flags) === 'reconnecting');
      expect(flags.status().lastError).not.toBeNull();
      await pass(5_000);
      expect(stateOf(flags)).toBe('reconnecting');
      mend();
      expect(await passUntil(() => stateOf(flags) === 'live')).toBeLessThanOrEqual(30_100);
      expect(flags.isEnabled('a')).toBe(true);
    });

    it.each(FAILURES)('after a stream that had worked: %s', async (_what, fail) => {
      const flags = openClient(`http://localhost:${proxy.port}`);
      await eventually(() => stateOf(flags) === 'live');
      const mend = fail();
      await eventually(() => stateOf(flags) === 'reconnecting');
      await pass(5_000);
      expect(flags.isEnabled('a')).toBe(true);
      mend();
      expect(await passUntil(() => stateOf(flags) === 'live')).toBeLessThanOrEqual(30_100);
      expect(server.seen.at(-1)?.headers['last-event-id']).toBe(RULES.id);
      expect(logged.filter((line) => line.includes('STREAM_LOST'))).toHaveLength(1);
    });
  });

  it.each([
    ['seconds', () => '7'],
    ['a date', () => new Date(Date.now() + 7_000).toUTCString()],
  ])('17 comes back no sooner than Retry-After asks, given as %s', async (_how, retryAfter) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    vi.setSystemTime(1_760_000_000_000);
    proxy.fault = { kind: 'answer', status: 503, headers: { 'retry-after': retryAfter() }, times: 1 };
    const flags = openClient(proxy.url, { reporting: false });
    await eventually(() => stateOf(flags) === 'reconnecting');
    // The rules are fetched at once, once; the fault has answered the first attempt, so the server sees the second.
    const waitedMs = await passUntil(() => server.requests('stream').length === 1);
    expect(waitedMs).toBeGreaterThanOrEqual(7_400);
    expect(waitedMs).toBeLessThanOrEqual(7_600);
    expect(server.requests('ruleset')).toHaveLength(1);
  });

  it.each([1, 99_999_999])(
    '18 is neither hurried nor held up by `retry: %i`: only its own delays count',
    async (retry) => {
      vi.spyOn(Math, 'random').mockReturnValue(0.5);
      server.behaviours.stream = (request, response) => {
        server.stream(request, response);
        response.write(`retry: ${retry}\n\n`);
      };
      const flags = openClient(proxy.url, { reporting: false });
      await eventually(() => stateOf(flags) === 'live');
      for (const stream of server.streams) stream.end();
      await eventually(() => stateOf(flags) === 'reconnecting');
      const waitedMs = await passUntil(() => server.requests('stream').length === 2);
      expect(waitedMs).toBeGreaterThanOrEqual(2_400);
      expect(waitedMs).toBeLessThanOrEqual(2_600);
    },
  );

  it.each([
    ['a goodbye', () => server.send('goodbye', { reconnectInMs: 10_000 })],
    [
      'Retry-After',
      () => {
        proxy.fault = { kind: 'answer', status: 429, headers: { 'retry-after': '10' }, times: 1 };
        server.send('goodbye', { reconnectInMs: 0 });
      },
    ],
  ])('20 told by %s to stay away for 10 s, makes no attempt within 100 ms, nor before', async (_how, say) => {
    const flags = openClient(proxy.url, { reporting: false });
    await eventually(() => stateOf(flags) === 'live');
    say();
    await eventually(() => stateOf(flags) === 'reconnecting');
    // What a goodbye of 0 ms leads to is the refused attempt, which is not counted.
    await pass(1);
    const before = proxy.accepted;
    await pass(100);
    await pass(9_800);
    expect(proxy.accepted).toBe(before);
    expect(await passUntil(() => proxy.accepted > before)).toBeLessThanOrEqual(1_200);
  });

  describe('24 follows redirects within the origin, three at most, and takes its key nowhere else', () => {
    it('is told nothing by another origin, which hears nothing', async () => {
      const other = await FakeServer.start(RULES);
      server.behaviours.stream = (request, response) =>
        response.writeHead(307, { location: other.url + request.url }).end();
      const flags = openClient(server.url, { reporting: false });
      await eventually(() => flags.status().lastError === 'redirected to another origin');
      expect(other.seen).toEqual([]);
      expect(stateOf(flags)).toBe('reconnecting');
      await other.close();
    });

    it.each([
      [3, 'live'],
      [4, 'reconnecting'],
    ])('redirected %i times in a row: %s', async (redirects, state) => {
      server.behaviours.stream = (request, response) => {
        const seen = server.requests('stream').length;
        if (seen > redirects) server.stream(request, response);
        else response.writeHead(302, { location: `/${seen}/sdk/v1/stream` }).end();
      };
      const flags = openClient(server.url, { reporting: false });
      await eventually(() => stateOf(flags) === state);
      expect(server.requests('stream')).toHaveLength(4);
      expect(server.seen.every(({ headers }) => headers.authorization?.startsWith('Bearer '))).toBe(true);
    });

    it('goes nowhere, and does no harm, if the address is none', async () => {
      server.behaviours.stream = (_request, response) => response.writeHead(302, { location: 'http://[' }).end();
      const flags = openClient(server.url, { reporting: false });
      await eventually(() => stateOf(flags) === 'reconnecting');
      expect(flags.status().lastError).toBe('redirected to another origin');
    });
  });
});
