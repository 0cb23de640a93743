import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, PASSWORD, rawRequest } from '../../server/test/sign-in/browser.ts';
import { ShippedServer } from './shipped-server.ts';

const PUBLIC_URL = 'https://flags.example.com';
const TOGGLE = '/api/v1/projects/default/flags/cart/environments/production/toggle';

let server: ShippedServer;
let ann: Browser;
/** Behind a proxy that takes https and calls the server by another name. */
let proxied: ShippedServer;
let behind: Browser;

beforeAll(async () => {
  server = await ShippedServer.start();
  await server.admin.post('/api/v1/projects/default/flags', { key: 'cart' });
  ann = await server.join('ann@shop.example', 'admin');
  proxied = await ShippedServer.start({ DIMMER_PUBLIC_URL: PUBLIC_URL, DIMMER_PROXIES: '1' });
  await proxied.admin.post('/api/v1/projects/default/flags', { key: 'cart' });
  behind = await proxied.join('ann@shop.example', 'admin', { origin: PUBLIC_URL, 'x-forwarded-for': '203.0.113.9' });
});
afterAll(async () => {
  await server?.stop();
  await proxied?.stop();
});

/** A request with the cookie of somebody, and exactly these headers. */
const send = (
  {
    to,
    by,
    path = TOGGLE,
    method = 'POST',
    body = '{"on":true}',
  }: {
    to: ShippedServer;
    by: Browser;
    path?: string;
    method?: string;
    body?: string;
  },
  headers: Record<string, string>,
) =>
  rawRequest(to.url, {
    method,
    path,
    body,
    headers: {
      cookie: by.cookies,
      'content-type': 'application/json',
      'content-length': String(body.length),
      ...headers,
    },
  });
const codeIn = ({ body }: { body: string }) => JSON.parse(body).error?.code;
const isOn = async (of: ShippedServer) =>
  (await of.admin.get('/api/v1/projects/default/flags/cart/environments/production')).body.on;

/** What browsers send with a request that a page of another site has made. */
const FOREIGN: readonly Record<string, string>[] = [
  { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  { 'sec-fetch-site': 'same-site', origin: 'https://evil.example.com' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'nonsense' },
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: '' },
  { origin: 'https://flags.example.com.evil.example' },
  { origin: 'https://flags.example.com@evil.example' },
];

describe('T10 A request that a page of another site has made', () => {
  it('changes nothing, though the browser sends the cookie with it', async () => {
    for (const headers of FOREIGN) {
      for (const [to, by] of [
        [server, ann],
        [proxied, behind],
      ] as const) {
        const answer = await send({ to, by }, headers);
        expect({ headers, status: answer.status, code: codeIn(answer) }).toEqual({
          headers,
          status: 403,
          code: 'REQUEST_FORGED',
        });
      }
    }
    expect([await isOn(server), await isOn(proxied)]).toEqual([false, false]);
  });

  it('signs nobody in, out, or in as somebody else', async () => {
    for (const headers of FOREIGN) {
      for (const [path, body] of [
        ['/auth/sign-in/email', JSON.stringify({ email: 'ann@shop.example', password: PASSWORD })],
        ['/auth/sign-out', '{}'],
        ['/auth/change-password', JSON.stringify({ currentPassword: PASSWORD, newPassword: 'another lamp on a wall' })],
        ['/auth/revoke-other-sessions', '{}'],
        ['/auth/sign-in/oauth2', '{"providerId":"oidc"}'],
        ['/auth/link', '{"code":"x"}'],
      ] as const) {
        const answer = await send({ to: server, by: ann, path, body }, headers);
        expect({ path, headers, status: answer.status }).toEqual({ path, headers, status: 403 });
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
    }
    expect((await ann.get('/api/v1/me')).status).toBe(200);
  });

  it('is no form: sign-in and the API take JSON only, and say so before they look at it', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = `email=ann%40shop.example&password=${encodeURIComponent(PASSWORD)}`;
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x', '']) {
      const answer = await send(
        { to: server, by: ann, path: '/auth/sign-in/email', body },
        { ...form, 'content-type': type },
      );
      expect({ type, status: answer.status }).toEqual({ type, status: 415 });
      const toggled = await send({ to: server, by: ann }, { 'content-type': type, 'sec-fetch-site': 'same-origin' });
      expect({ type, status: toggled.status }).toEqual({ type, status: 415 });
    }
    expect(await isOn(server)).toBe(false);
  });

  it('reads nothing either: no page of another site is allowed to see an answer', async () => {
    for (const path of ['/api/v1/me', '/api/v1/projects', '/auth/get-session', '/openapi.json']) {
      const answer = await send(
        { to: server, by: ann, path, method: 'GET', body: '' },
        FOREIGN[0] as Record<string, string>,
      );
      expect(answer.headers['access-control-allow-origin'], path).toBeUndefined();
      expect(answer.headers['access-control-allow-credentials'], path).toBeUndefined();
    }
    const preflight = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
    const asked = await send({ to: server, by: ann, method: 'OPTIONS', body: '' }, preflight);
    expect(asked.headers['access-control-allow-origin']).toBeUndefined();
    expect(asked.status).toBeGreaterThanOrEqual(400);
  });
});

describe('T10 A page of this server', () => {
  it('is believed by what its browser says, or by where it comes from', async () => {
    const { host } = new URL(server.url);
    for (const [index, headers] of [
      { 'sec-fetch-site': 'same-origin', origin: server.url },
      { 'sec-fetch-site': 'same-origin' },
      { origin: server.url },
      { origin: `https://${host}` },
      {},
    ].entries()) {
      const on = index % 2 === 0;
      const { status } = await send({ to: server, by: ann, body: JSON.stringify({ on }) }, headers);
      expect({ headers, status }).toEqual({ headers, status: 200 });
    }
  });

  it('behind a proxy is known by the address that people see, whatever the proxy calls the server', async () => {
    for (const [index, headers] of [
      { 'sec-fetch-site': 'same-origin', origin: PUBLIC_URL, host: 'internal:4400' },
      { origin: PUBLIC_URL, host: 'internal:4400' },
      { origin: PUBLIC_URL, host: 'flags.example.com' },
    ].entries()) {
      const on = index % 2 === 0;
      const { status } = await send({ to: proxied, by: behind, body: JSON.stringify({ on }) }, headers);
      expect({ headers, status }).toEqual({ headers, status: 200 });
    }
  });

  it('is no other page that shares its host name but for the port, or that the host header names', async () => {
    const { hostname } = new URL(server.url);
    for (const headers of [
      { origin: `http://${hostname}:1` },
      { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
      { origin: 'https://evil.example', forwarded: 'host=evil.example' },
    ]) {
      const answer = await send({ to: server, by: ann }, headers);
      expect({ headers, code: codeIn(answer) }).toEqual({ headers, code: 'REQUEST_FORGED' });
    }
  });

  it('signs in where the server is told its https address, with a cookie for https alone', async () => {
    expect(behind.cookies).toMatch(/^__Host-dimmer\.session_token=/);
    expect((await behind.get('/auth/list-sessions')).body).toMatchObject([{ ipAddress: '203.0.113.9' }]);
  });
});

describe('T10 A program with a token', () => {
  it('is not asked where it comes from: nobody’s browser sends a token by itself', async () => {
    const { status } = await server.admin.post(
      TOGGLE,
      { on: false },
      { 'sec-fetch-site': 'cross-site', origin: 'https://ci.example' },
    );
    expect(status).toBe(200);
  });
});
