import dns from 'node:dns';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { runApplication } from './application.ts';
import { TestAuthority } from './certificates.ts';
import { closeClients, KEY, openClient, stateOf } from './clients.ts';
import { RULES } from './fake-client.ts';
import { ForwardProxy } from './forward-proxy.ts';
import { eventually, passUntil, stopClock } from './stopped-clock.ts';
import { TlsFront } from './tls-front.ts';

let server: FakeServer;

beforeEach(async () => {
  server = await FakeServer.start(RULES);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await closeClients();
  await server.close();
});

describe('26 reaches the server through the proxy that the environment names', () => {
  it('over http: stream, poll and events, by their whole address', async () => {
    const proxy = await ForwardProxy.start(server.port);
    vi.stubEnv('HTTP_PROXY', proxy.url.replace('//', '//user:pass%20word@'));
    stopClock();
    const flags = openClient('http://flags.test:8080/base');
    await eventually(() => stateOf(flags) === 'live');
    flags.isEnabled('a');
    await passUntil(() => server.batches.length > 0);
    server.behaviours.stream = (_request, response) => response.writeHead(503).end();
    server.cut();
    await passUntil(() => stateOf(flags) === 'polling');
    const base = 'http://flags.test:8080/base/sdk/v1/';
    const endpoints = proxy.asked.map(({ method, target }) => `${method} ${target.split('?')[0]}`);
    expect(new Set(endpoints)).toEqual(new Set([`GET ${base}stream`, `POST ${base}events`, `GET ${base}ruleset`]));
    const [first] = proxy.asked;
    expect(first?.headers.host).toBe('flags.test:8080');
    expect(Buffer.from(first?.headers['proxy-authorization']?.split(' ')[1] ?? '', 'base64').toString()).toBe(
      'user:pass word',
    );
    await closeClients();
    await proxy.close();
  });

  it('not where NO_PROXY names it', async () => {
    const proxy = await ForwardProxy.start(server.port);
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', 'other.test,flags.test');
    vi.spyOn(dns, 'lookup').mockImplementation(((
      _name: string,
      _options: object,
      found: (...found: unknown[]) => void,
    ) => found(null, [{ address: '127.0.0.1', family: 4 }])) as never);
    const flags = openClient(`http://flags.test:${server.port}`, { reporting: false });
    await eventually(() => stateOf(flags) === 'live');
    expect(proxy.asked).toEqual([]);
    await proxy.close();
  });

  it('over https: by a tunnel, in which the proxy sees neither key nor rules', async () => {
    const authority = await TestAuthority.create();
    const front = await TlsFront.start(await authority.sign('flags.test'), server.port);
    const proxy = await ForwardProxy.start(front.port);
    const { stdout, stderr, code } = await runApplication(
      `const flags = createClient({ url: 'https://flags.test', key: '${KEY}', cache: false });
       console.log((await flags.ready()).ready, flags.isEnabled('a'));
       await flags.close();`,
      { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: authority.path },
    );
    expect({ stdout, stderr, code }).toEqual({ stdout: 'true true\n', stderr: '', code: 0 });
    expect(server.batches.flatMap(({ summaries }) => summaries)).toHaveLength(1);
    expect(new Set(proxy.asked.map(({ method, target }) => `${method} ${target}`))).toEqual(
      new Set(['CONNECT flags.test:443']),
    );
    expect(JSON.stringify(proxy.asked)).not.toContain('verysecret');
    await proxy.close();
    front.close();
    await authority.discard();
  });

  it.each([
    [407, 'refused'],
    [502, 'reconnecting'],
  ])('and a proxy that answers %i to CONNECT is said to have done so', async (refusal, state) => {
    const proxy = await ForwardProxy.start(server.port);
    proxy.refusal = refusal;
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    const flags = openClient('https://flags.test');
    await eventually(() => stateOf(flags) === state);
    expect(flags.status().lastError).toBe(`the proxy answered HTTP ${refusal}`);
    await closeClients();
    await proxy.close();
  });

  it('and a proxy that says nothing is given up after 10 s', async () => {
    const silent = createServer((socket) => void socket.resume());
    await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('HTTPS_PROXY', `http://127.0.0.1:${(silent.address() as { port: number }).port}`);
    stopClock();
    const flags = openClient('https://flags.test', { reporting: false });
    expect(await passUntil(() => stateOf(flags) === 'reconnecting')).toBeLessThanOrEqual(10_100);
    await closeClients();
    await new Promise((resolve) => silent.close(resolve));
  });
});
