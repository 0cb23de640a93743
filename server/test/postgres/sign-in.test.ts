import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestServer } from '../running-server.ts';
import { codeOf } from '../sign-in/authenticator.ts';
import { Browser, firstAdmin, join, PASSWORD } from '../sign-in/browser.ts';
import { IdentityProvider, PUBLIC_URL } from '../sign-in/identity-provider.ts';
import { PostgresCluster, statement } from './postgres-cluster.ts';

const SECRET = { DIMMER_AUTH_SECRET: 'the same text on every server, 32 characters' };

let cluster: PostgresCluster;
let url = '';
const servers: TestServer[] = [];

beforeAll(async () => {
  cluster = await PostgresCluster.start();
});
afterAll(() => cluster?.stop());
beforeEach(async () => {
  url = await cluster.createDatabase();
  return async () => {
    for (const server of servers.splice(0)) await server.stop();
  };
});

async function start(env: Record<string, string> = SECRET): Promise<TestServer> {
  const server = await TestServer.start({ env: { DATABASE_URL: url, ...env } });
  servers.push(server);
  return server;
}
/** The same browser, as a load balancer sends it to another server. */
const at = (server: TestServer, browser: Browser) => new Browser(server).take(browser.cookies);
const isIn = async (browser: Browser) => (await browser.get('/api/v1/me')).status === 200;

describe('On PostgreSQL', () => {
  it('people come in by links, passwords and second factors, and go', async () => {
    const server = await start();
    const ann = await firstAdmin(server);
    const bob = await join(server, ann, 'bob@shop.example', { role: 'editor', project: 'default' });
    expect((await bob.post('/api/v1/projects/default/flags', { key: 'cart' })).status).toBe(201);
    const { body } = await bob.post('/auth/two-factor/enable', { password: PASSWORD });
    await bob.post('/auth/two-factor/verify-totp', { code: codeOf(body.totpURI) });
    const again = new Browser(server);
    expect((await again.signIn('bob@shop.example')).body.twoFactorRedirect).toBe(true);
    await again.post('/auth/two-factor/verify-totp', { code: codeOf(body.totpURI) });
    expect(await isIn(again)).toBe(true);
    expect((await again.get('/auth/list-sessions')).body).toHaveLength(2);
    const { body: reset } = await ann.post(`/api/v1/people/${bob.id}/reset-link`);
    await new Browser(server).accept(reset.link, { password: 'another lamp on the wall' });
    expect([await isIn(bob), await isIn(again)]).toEqual([false, false]);
    expect((await new Browser(server).signIn('bob@shop.example')).status).toBe(401);
  });

  it('people come by single sign-on', async () => {
    const provider = await IdentityProvider.start();
    const server = await start({ ...SECRET, ...provider.env, DIMMER_OIDC_ROLE: 'viewer' });
    const browser = new Browser(server, { origin: PUBLIC_URL });
    for (let round = 0; round < 2; round++) {
      const { body } = await browser.post('/auth/sign-in/oauth2', { providerId: 'oidc' });
      const back = provider.authorize(body.url, {
        sub: '1',
        email: 'eve@shop.example',
        email_verified: true,
        name: 'Eve',
      });
      await browser.get(server.url + back.slice(PUBLIC_URL.length));
      expect((await browser.get('/api/v1/me')).body).toMatchObject({ email: 'eve@shop.example', name: 'Eve' });
      await browser.post('/auth/sign-out');
    }
    await provider.stop();
  });

  it('two servers with one secret share sessions, their end, and the only first person', async () => {
    const [a, b] = [await start(), await start()];
    expect([a.setUpLink, b.setUpLink].filter(Boolean)).toHaveLength(1);
    const made = await Promise.all(
      [a, b].map((server, index) =>
        new Browser(server).accept(a.setUpLink || b.setUpLink, { email: `p${index}@shop.example` }),
      ),
    );
    expect(made.map(({ status }) => status).sort()).toEqual([200, 404]);
    const winner = new Browser(a);
    const email = `p${made.findIndex(({ status }) => status === 200)}@shop.example`;
    await vi.waitFor(async () => expect((await winner.signIn(email)).status).toBe(200));
    await vi.waitFor(async () => expect(await isIn(at(b, winner))).toBe(true));
    const page = await at(b, winner).follow();
    await winner.post('/auth/sign-out');
    expect(await isIn(at(b, winner))).toBe(false);
    await vi.waitFor(() => expect(page.ended).toBe(true));
  });

  it('somebody disabled at one server is out at the other', async () => {
    const [a, b] = [await start(), await start()];
    const server = a.setUpLink ? a : b;
    const other = server === a ? b : a;
    const ann = await firstAdmin(server);
    const bob = await join(server, ann, 'bob@shop.example', { role: 'viewer' });
    await vi.waitFor(async () => expect(await isIn(at(other, bob))).toBe(true));
    await ann.post(`/api/v1/people/${bob.id}/disable`);
    expect(await isIn(at(other, bob))).toBe(false);
    expect((await new Browser(server).signIn('bob@shop.example')).status).toBe(403);
  });

  it('a session is worth nothing with another secret, nor what a thief of the database finds there', async () => {
    const a = await start();
    const ann = await firstAdmin(a);
    const c = await start({ DIMMER_AUTH_SECRET: 'another text than the others have, 32+' });
    expect(await isIn(at(c, ann))).toBe(false);
    const [{ token }] = (await statement(url, 'SELECT token FROM dimmer.sign_in_sessions')) as [{ token: string }];
    expect(decodeURIComponent(ann.cookie('session_token') ?? '').startsWith(token)).toBe(true);
    expect(await isIn(new Browser(a).take(`dimmer.session_token=${token}`))).toBe(false);
  });

  it('without a secret nobody signs in, which is said, and tokens work', async () => {
    const server = await start({ DIMMER_AUTH_SECRET: '' });
    expect(server.setUpLink).toBe('');
    expect((await new Browser(server).get('/auth/ways')).body).toEqual({ password: false, oidc: null, setUp: false });
    for (const [path, body] of [
      ['/auth/sign-in/email', { email: 'ann@shop.example', password: PASSWORD }],
      ['/auth/link', { code: 'x' }],
      ['/auth/sign-out', {}],
    ] as const) {
      const answer = await new Browser(server).post(path, body);
      expect(answer, path).toMatchObject({ status: 503, body: { error: { code: 'SIGN_IN_OFF' } } });
    }
    expect((await server.call('GET', '/api/v1/projects')).status).toBe(200);
  });

  it('while the database is away people are told so, and a token still reads', async () => {
    const server = await start();
    const ann = await firstAdmin(server);
    await cluster.crash();
    try {
      expect(await ann.get('/api/v1/projects')).toMatchObject({
        status: 503,
        body: { error: { code: 'STORE_UNAVAILABLE' } },
      });
      const tried = await new Browser(server).signIn('ann@shop.example');
      expect(tried.status).toBeGreaterThanOrEqual(500);
      expect(JSON.stringify(tried.body)).not.toMatch(/ECONN|sign_in_|select|postgres/i);
      expect((await server.call('GET', '/api/v1/projects')).status).toBe(200);
    } finally {
      await cluster.resume();
    }
    await vi.waitFor(async () => expect(await isIn(ann)).toBe(true));
  });
});
