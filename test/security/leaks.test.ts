import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Logger } from '../../server/src/logger.ts';
import { ADMIN_TOKEN, TestServer } from '../../server/test/running-server.ts';
import { Browser, firstAdmin, PASSWORD, rawRequest } from '../../server/test/sign-in/browser.ts';
import { fill, ROUTES } from './routes.ts';

const NASTY = `'; DROP TABLE changes; -- <script>alert(1)</script> \${7*7} ../../etc/passwd`;
/** How a defect shows: a stack, a statement, a path of this machine, a class of some library. */
const INNARDS =
  /\bat (async )?[\w.<>]+ \(|node:internal|\/src\/|node_modules|SQLITE|sqlite|SELECT |INSERT |kysely|drizzle|ZodError|TypeError|undefined/;

let server: TestServer;
let ann: Browser;
const logged: string[] = [];

beforeAll(async () => {
  const note = (message: string, fields = {}) => void logged.push(message + JSON.stringify(fields));
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  server = await TestServer.start({ logger });
  ann = await firstAdmin(server);
  await server.admin('POST', 'flags', { key: 'cart' });
});
afterAll(() => server.stop());

describe('T22 An error', () => {
  it('of any route, whatever is sent, says what is wrong and nothing of what is inside', async () => {
    const bodies = [
      '',
      '{',
      'null',
      '[]',
      '"x"',
      '{"key":1}',
      JSON.stringify({ key: NASTY, email: NASTY, code: NASTY, password: NASTY }),
      `{"a":${'['.repeat(70)}${']'.repeat(70)}}`,
    ];
    const wrong: string[] = [];
    for (const route of Object.keys(ROUTES)) {
      const [method, path] = route.split(' ') as [string, string];
      // A stream does not end; and whoever has signed out gets no further.
      if (path.endsWith('/stream') || path.endsWith('/sign-out')) continue;
      const address = fill(path, { flag: encodeURIComponent(NASTY), revision: '9e9' });
      for (const body of method === 'GET' ? [undefined] : bodies) {
        const answer = await rawRequest(server.url, {
          method,
          path: `${address}?limit=${encodeURIComponent(NASTY)}&dryRun=x`,
          headers: { authorization: `Bearer ${ADMIN_TOKEN}`, cookie: ann.cookies, 'content-type': 'application/json' },
          ...(body !== undefined && { body }),
        });
        if (answer.status >= 500 || (answer.status >= 400 && INNARDS.test(answer.body)))
          wrong.push(`${route} ${body?.slice(0, 30)}: ${answer.status} ${answer.body.slice(0, 200)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(logged.filter((line) => line.startsWith('A request failed'))).toEqual([]);
    expect((await ann.get('/api/v1/me')).status).toBe(200);
  });
});

describe('T6 What is secret', () => {
  it('stands in no line of the log: tokens, keys, passwords, cookies, whoever sends them where', async () => {
    const { body: minted } = await server.call('POST', '/api/v1/keys', { role: 'viewer' });
    const secrets = [ADMIN_TOKEN, server.serverKey, minted.token, PASSWORD, ann.cookie('session_token') ?? '?'];
    const wrongPassword = 'a wrong lamp on the wall';
    for (const secret of secrets) {
      await fetch(`${server.url}/sdk/v1/ruleset?key=${encodeURIComponent(secret)}`);
      await fetch(`${server.url}/sdk/v1/ruleset`, {
        headers: { authorization: `Bearer ${secret}`, origin: 'https://x.example' },
      });
      await fetch(`${server.url}/api/v1/me?token=${encodeURIComponent(secret)}`, {
        headers: { authorization: `Bearer ${secret}` },
      });
      await new Browser(server).post('/auth/link', { code: secret });
    }
    await new Browser(server).signIn('ann@shop.example', wrongPassword);
    await server.call('POST', `/api/v1/keys/${minted.document.selector}/rotate`, {});
    const text = logged.join('\n');
    expect(logged.length).toBeGreaterThan(0);
    for (const secret of [...secrets, wrongPassword]) expect(text.includes(secret), secret.slice(0, 8)).toBe(false);
  });

  it('is not in the database as it is: hashes of tokens and passwords only', async () => {
    const { body: minted } = await server.call('POST', '/api/v1/keys', { role: 'viewer' });
    const files = await Promise.all(['', '-wal'].map((end) => readFile(`${server.folder}/dimmer.db${end}`, 'latin1')));
    const stored = files.join('');
    expect(stored.includes(minted.document.selector)).toBe(true);
    for (const secret of [minted.token.slice(-43), server.serverKey.slice(-43), PASSWORD])
      expect(stored.includes(secret)).toBe(false);
  });

  it('is shown once: no list, change or stream gives a token or its hash again', async () => {
    const { body: minted } = await server.call('POST', '/api/v1/keys', { role: 'viewer' });
    const texts: string[] = [];
    const { items } = (await ann.get('/api/v1/changes?limit=50')).body;
    for (const { revision } of items) texts.push(JSON.stringify((await ann.get(`/api/v1/changes/${revision}`)).body));
    for (const path of [
      '/api/v1/keys',
      '/api/v1/invitations',
      '/api/v1/people',
      '/api/v1/projects/default/environments/production/keys',
    ]) {
      texts.push(JSON.stringify((await ann.get(path)).body));
    }
    const all = texts.join('\n');
    expect(all).toContain(minted.document.selector);
    expect(all.includes(minted.token.slice(-43))).toBe(false);
    expect(all).not.toMatch(/secretHash|scrypt/);
  });
});
