import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TestServer } from '../running-server.ts';
import { Browser, firstAdmin, join, PASSWORD } from './browser.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let server: TestServer;
const start = async (env: Record<string, string> = {}) => {
  server = await TestServer.start({ env, now: () => Date.now() });
  return server;
};
afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
});

/** Sets the clock that everything in this process goes by; timers go on as ever. */
const setClock = (ms: number) => vi.useFakeTimers({ toFake: ['Date'], now: ms });
const isIn = async (browser: Browser) => (await browser.get('/api/v1/me')).status === 200;

describe('What is over', () => {
  it('is removed from the database: sessions, and how often an address has asked', async () => {
    await start();
    await firstAdmin(server);
    await server.call('POST', '/auth/sign-in/email', { email: 'ann@shop.example', password: 'wrong wrong wrong' });
    const rows = () => {
      const sqlite = new Sqlite(`${server.folder}/dimmer.db`, { readonly: true });
      const count = (table: string) => sqlite.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
      const found = { sessions: count('sign_in_sessions'), rates: count('sign_in_rates') };
      sqlite.close();
      return found;
    };
    expect(rows().sessions).toBe(1);
    setClock(Date.now() + 9 * HOUR_MS);
    await server.restart();
    await expect.poll(rows).toEqual({ sessions: 0, rates: 0 });
  });
});

describe('The cookie of a session', () => {
  it('is for no script, for no other site’s requests, and for this server alone', async () => {
    await start();
    const { setCookies, body } = await new Browser(server).accept(server.setUpLink, { email: 'ann@shop.example' });
    expect(setCookies).toHaveLength(1);
    const [pair, ...attributes] = (setCookies[0] as string).split('; ');
    expect(pair).toMatch(/^dimmer\.session_token=[\w-]{32}\.\S+$/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=28800', 'Path=/', 'SameSite=Lax']);
    expect(JSON.stringify(body)).not.toContain(pair?.split('=')[1]?.split('.')[0]);
  });

  it('is for https and this host alone, where people come by https', async () => {
    const publicUrl = 'https://flags.example.com';
    await start({ DIMMER_PUBLIC_URL: publicUrl });
    expect(server.setUpLink).toMatch(/^https:\/\/flags\.example\.com\/link#/);
    const browser = new Browser(server, { origin: publicUrl });
    const { setCookies } = await browser.accept(server.setUpLink, { email: 'ann@shop.example' });
    const [pair, ...attributes] = (setCookies[0] as string).split('; ');
    expect(pair).toMatch(/^__Host-dimmer\.session_token=/);
    expect(attributes.sort()).toEqual(['HttpOnly', 'Max-Age=28800', 'Path=/', 'SameSite=Lax', 'Secure']);
    expect(await isIn(browser)).toBe(true);
    // Planted by a page of a sibling host, without the prefix that only this host can set.
    const planted = new Browser(server).take(browser.cookies.replace('__Host-', ''));
    expect(await isIn(planted)).toBe(false);
  });

  it('has the path in its name below one, so that two servers of one host do not sign each other’s people out', async () => {
    await start({ DIMMER_PUBLIC_URL: 'https://tools.example.com/flags/of-the-shop' });
    const browser = new Browser(server, { origin: 'https://tools.example.com' });
    const { setCookies } = await browser.accept(server.setUpLink, { email: 'ann@shop.example' });
    expect(setCookies[0]).toMatch(/^__Host-dimmer-flags-of-the-shop\.session_token=/);
    expect(await isIn(browser)).toBe(true);
  });

  it('opens nothing when it has been altered, or was signed by another server', async () => {
    await start();
    const ann = await firstAdmin(server);
    const [token = '', signature = ''] = decodeURIComponent(ann.cookie('session_token') ?? '').split('.');
    const forged = [
      `${token}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
      `${token.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}.${signature}`,
      ...[token, `${token}.`, '', '.', '%00', 'x'.repeat(5_000)],
    ];
    for (const value of forged) {
      const browser = new Browser(server).take(`dimmer.session_token=${encodeURIComponent(value)}`);
      expect(await isIn(browser), value.slice(0, 60)).toBe(false);
    }
    const other = await TestServer.start();
    const stranger = await firstAdmin(other);
    expect(await isIn(new Browser(server).take(stranger.cookies))).toBe(false);
    await other.stop();
  });

  it('is not that which the browser came with: signing in makes another', async () => {
    await start();
    const ann = await firstAdmin(server);
    await join(server, ann, 'bob@shop.example', { role: 'viewer' });
    const victim = new Browser(server).take(ann.cookies);
    const planted = victim.cookie('session_token');
    await victim.signIn('bob@shop.example');
    expect(victim.cookie('session_token')).not.toBe(planted);
    expect((await victim.get('/api/v1/me')).body.email).toBe('bob@shop.example');
    expect((await ann.get('/api/v1/me')).body.email).toBe('ann@shop.example');
  });

  it('counts for nothing beside a token, right or wrong', async () => {
    await start();
    const ann = await firstAdmin(server);
    const { body } = await server.call('POST', '/api/v1/keys', { role: 'viewer' });
    const both = (token: string) => ann.get('/api/v1/me', { authorization: `Bearer ${token}` });
    expect((await both(body.token)).body).toMatchObject({ kind: 'token', grants: [{ role: 'viewer' }] });
    expect((await both('adm_nonsense')).status).toBe(401);
  });
});

describe('A session', () => {
  it('ends when somebody signs out, also for whoever has a copy of the cookie', async () => {
    await start();
    const ann = await firstAdmin(server);
    const thief = new Browser(server).take(ann.cookies);
    await ann.post('/auth/sign-out');
    expect(ann.cookies).toBe('');
    expect(await isIn(thief)).toBe(false);
    expect((await thief.get('/auth/get-session')).body).toBeNull();
  });

  it('outlives a restart of the server', async () => {
    await start();
    const ann = await firstAdmin(server);
    await server.restart();
    expect(await isIn(ann)).toBe(true);
  });

  it('ends after eight hours in which nobody has used it, and is prolonged by use', async () => {
    await start();
    const begun = Date.now();
    const ann = await firstAdmin(server);
    const idle = new Browser(server);
    await idle.signIn('ann@shop.example');
    setClock(begun + 7 * HOUR_MS);
    const { setCookies } = await ann.get('/api/v1/me');
    // The browser must keep the cookie as long as the session lasts here.
    expect(setCookies[0]).toContain('Max-Age=28800');
    setClock(begun + 8 * HOUR_MS + 60_000);
    expect(await isIn(idle)).toBe(false);
    expect(await isIn(ann)).toBe(true);
  });

  it('ends after a week, however much it is used, for sign-in’s own routes too', async () => {
    await start();
    const begun = Date.now();
    const ann = await firstAdmin(server);
    for (let hours = 6; hours < 7 * 24; hours += 6) {
      setClock(begun + hours * HOUR_MS);
      expect(await isIn(ann), `after ${hours} hours`).toBe(true);
    }
    setClock(begun + 7 * DAY_MS + 60_000);
    expect((await ann.get('/auth/list-sessions')).status).toBe(401);
    expect((await ann.post('/auth/two-factor/enable', { password: PASSWORD })).status).toBe(401);
    expect(await isIn(ann)).toBe(false);
  });
});

describe('One’s sessions', () => {
  it('are listed without what is in their cookies, and ended by name', async () => {
    await start();
    const ann = await firstAdmin(server);
    const phone = new Browser(server, { 'user-agent': 'Phone' });
    await phone.signIn('ann@shop.example');
    const { body } = await ann.get('/auth/list-sessions');
    expect(body).toMatchObject([
      { isCurrent: true },
      { isCurrent: false, userAgent: 'Phone', ipAddress: expect.stringMatching(/127\.0\.0\.1$/) },
    ]);
    for (const browser of [ann, phone]) {
      const secret = decodeURIComponent(browser.cookie('session_token') ?? '').split('.')[0] as string;
      expect(JSON.stringify([body, (await browser.get('/auth/get-session')).body])).not.toContain(secret);
    }
    await ann.post('/auth/revoke-session', { id: body[1].id });
    expect([await isIn(phone), await isIn(ann)]).toEqual([false, true]);
  });

  it('are nobody else’s to end or to see', async () => {
    await start();
    const ann = await firstAdmin(server);
    const bob = await join(server, ann, 'bob@shop.example', { role: 'viewer' });
    const [own] = (await ann.get('/auth/list-sessions')).body;
    const secret = decodeURIComponent(ann.cookie('session_token') ?? '').split('.')[0] as string;
    expect((await bob.get('/auth/list-sessions')).body).toHaveLength(1);
    for (const named of [{ id: own.id }, { token: own.id }, { token: secret }, { id: secret }]) {
      await bob.post('/auth/revoke-session', named);
    }
    expect(await isIn(ann)).toBe(true);
  });

  it('end all but one when somebody asks for that', async () => {
    await start();
    const ann = await firstAdmin(server);
    const others = [new Browser(server), new Browser(server)];
    for (const other of others) await other.signIn('ann@shop.example');
    await ann.post('/auth/revoke-other-sessions');
    expect(await Promise.all([ann, ...others].map(isIn))).toEqual([true, false, false]);
  });

  it('are not to be had without one', async () => {
    await start();
    await firstAdmin(server);
    const stranger = new Browser(server);
    for (const [method, path, body] of [
      ['GET', '/auth/list-sessions', undefined],
      ['POST', '/auth/revoke-session', { id: 'x' }],
      ['POST', '/auth/revoke-other-sessions', {}],
      ['POST', '/auth/change-password', { currentPassword: PASSWORD, newPassword: PASSWORD }],
      ['POST', '/auth/two-factor/enable', { password: PASSWORD }],
      ['POST', '/auth/two-factor/disable', { password: PASSWORD }],
      ['POST', '/auth/two-factor/generate-backup-codes', { password: PASSWORD }],
      ['POST', '/auth/two-factor/verify-totp', { code: '000000' }],
      ['POST', '/auth/two-factor/verify-backup-code', { code: 'aaaaa-bbbbb' }],
    ] as const) {
      expect((await stranger.send(method, path, body)).status, path).toBe(401);
    }
  });
});

describe('What Better Auth knows besides', () => {
  it('is not there', async () => {
    await start();
    const ann = await firstAdmin(server);
    const { body } = await ann.get('/auth/get-session');
    const routes = [
      'POST /auth/sign-up/email',
      'POST /auth/sign-in/social',
      'POST /auth/sign-in/username',
      'POST /auth/update-user',
      'POST /auth/update-session',
      'POST /auth/change-email',
      'POST /auth/delete-user',
      'GET /auth/delete-user/callback',
      'GET /auth/list-accounts',
      'POST /auth/link-social',
      'POST /auth/unlink-account',
      'POST /auth/request-password-reset',
      'POST /auth/forget-password',
      'POST /auth/reset-password',
      'GET /auth/reset-password/x',
      'POST /auth/set-password',
      'POST /auth/verify-password',
      'GET /auth/verify-email',
      'POST /auth/send-verification-email',
      'POST /auth/revoke-sessions',
      'POST /auth/get-access-token',
      'POST /auth/refresh-token',
      'GET /auth/account-info',
      'POST /auth/get-session',
      'POST /auth/two-factor/get-totp-uri',
      'POST /auth/two-factor/send-otp',
      'POST /auth/two-factor/verify-otp',
      'POST /auth/two-factor/view-backup-codes',
      'GET /auth/ok',
      'GET /auth/error',
      'GET /auth/reference',
      'GET /auth/callback/google',
    ];
    for (const route of routes) {
      const [method, path] = route.split(' ') as [string, string];
      const sent = { email: 'eve@shop.example', password: PASSWORD, name: 'Eve', token: body.session.id };
      const answer = await ann.send(method, path, method === 'POST' ? sent : undefined);
      expect({ route, status: answer.status, code: answer.body.error?.code }).toEqual({
        route,
        status: 404,
        code: 'ROUTE_NOT_FOUND',
      });
    }
    expect((await ann.get('/api/v1/people')).body.items).toHaveLength(1);
  });
});
