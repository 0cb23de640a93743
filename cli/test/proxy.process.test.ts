import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { ADMIN_TOKEN, TestServer } from '../../server/test/running-server.ts';
import { builtCli } from '../../test/built.ts';
import { TestAuthority } from '../../test/sdk-checks/certificates.ts';
import { ForwardProxy } from '../../test/sdk-checks/forward-proxy.ts';
import { TlsFront } from '../../test/sdk-checks/tls-front.ts';
import { type } from './command-line.ts';

let server: TestServer;
let proxy: ForwardProxy;
const portOf = (url: string) => Number(new URL(url).port);

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  proxy = await ForwardProxy.start(portOf(server.url));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await proxy.close();
});

/** A command line in a process of its own, which alone reads certificates at its start. */
async function runInProcess(
  line: string,
  environment: Record<string, string>,
): Promise<{ code: number; text: string }> {
  const args = [await builtCli(), ...line.split(' ')];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env.PATH, DIMMER_TOKEN: ADMIN_TOKEN, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (piece) => (text += piece));
  child.stderr.on('data', (piece) => (text += piece));
  const [code] = await once(child, 'close');
  return { code, text };
}

it.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])('commands go by the proxy that %s names', async (name) => {
  vi.stubEnv(name, proxy.url.replace('//', '//user:pass%20word@'));
  const { code, err } = await type('http://flags.test:8080/', 'flags list');
  expect([code, err]).toEqual([0, '']);
  const [asked] = proxy.asked;
  expect(asked?.target).toMatch(/^http:\/\/flags\.test:8080\/api\/v1\/projects\/default\/flags/);
  expect(asked?.headers['proxy-authorization']).toBe(`Basic ${Buffer.from('user:pass word').toString('base64')}`);
});

it('not where NO_PROXY names the server', async () => {
  vi.stubEnv('HTTP_PROXY', proxy.url);
  vi.stubEnv('NO_PROXY', 'invalid');
  expect((await type('http://flags.invalid', 'flags list')).code).toBe(3);
  expect(proxy.asked).toEqual([]);
});

it('a proxy that cannot be used is said once, with the fix, and the server is reached directly', async () => {
  vi.stubEnv('ALL_PROXY', 'socks5://user:secret@proxy.test:1080');
  const { code, out, err } = await type('http://flags.invalid', ['flags', 'list', '--json']);
  expect([code, out]).toEqual([3, '']);
  expect(err.match(/ALL_PROXY names a socks5 proxy, which is not supported/g)).toHaveLength(1);
  expect(err).toContain('put flags.invalid into NO_PROXY');
  expect(err).not.toContain('secret');
  const doctor = await type('http://flags.invalid', 'doctor', { env: { ALL_PROXY: 'socks5://proxy.test:1080' } });
  expect(doctor.out + doctor.err).toContain('ALL_PROXY names a socks5 proxy');
  // Which proxy a server on this machine would need, nobody asks.
  expect(await type(server.url, 'flags list')).toMatchObject({ code: 0, err: '' });
});

it('`doctor` names the proxy without who uses it, and its event stream comes through', async () => {
  const env = { HTTP_PROXY: proxy.url.replace('//', '//user:secret@') };
  vi.stubEnv('HTTP_PROXY', env.HTTP_PROXY);
  const { out, err } = await type('http://flags.test:8080', 'doctor', { env });
  expect(out + err).toContain(`by the proxy ${proxy.url}`);
  expect(out + err).toContain('events stream');
  expect(out + err).not.toContain('secret');
  expect(proxy.asked.map(({ target }) => target)).toContain('http://flags.test:8080/api/v1/stream');
});

it('what a proxy refuses is said to be its doing', async () => {
  vi.stubEnv('HTTP_PROXY', proxy.url);
  vi.stubEnv('HTTPS_PROXY', proxy.url);
  proxy.refusal = 407;
  const plain = await type('http://flags.test', 'flags list');
  expect([plain.code, plain.err]).toEqual([3, expect.stringContaining(`answers 407 by the proxy ${proxy.url}`)]);
  const tunnelled = await type('https://flags.test', 'flags list');
  expect(tunnelled.code).toBe(3);
  expect(tunnelled.err).toContain(`by the proxy ${proxy.url}: the proxy answered HTTP 407`);
});

it('by https they go through it unseen, and take the certificates of NODE_EXTRA_CA_CERTS', async () => {
  const authority = await TestAuthority.create();
  const front = await TlsFront.start(await authority.sign('flags.test'), portOf(server.url));
  const tunnel = await ForwardProxy.start(front.port);
  const environment = { HTTPS_PROXY: tunnel.url, DIMMER_URL: 'https://flags.test' };
  const trusted = await runInProcess('projects', { ...environment, NODE_EXTRA_CA_CERTS: authority.path });
  expect(trusted.text).toContain('default');
  expect(trusted.code).toBe(0);
  expect(tunnel.asked).toMatchObject([{ method: 'CONNECT', target: 'flags.test:443' }]);
  const unknown = await runInProcess('projects', environment);
  expect(unknown.code).toBe(3);
  expect(unknown.text).toContain('NODE_EXTRA_CA_CERTS');
  await tunnel.close();
  front.close();
  await authority.discard();
});
