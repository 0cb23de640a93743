import { readFile } from 'node:fs/promises';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Logger } from '../../src/logger.ts';
import { ADMIN_TOKEN, TestServer } from '../running-server.ts';
import { codeOf as codeNow } from './authenticator.ts';
import { Browser, codeOf, firstAdmin, join, PASSWORD } from './browser.ts';

const HOUR_MS = 3_600_000;
const NEW_PASSWORD = 'another lamp on the wall';

let server: TestServer;
let laterMs = 0;
const logged: string[] = [];

beforeEach(async () => {
  laterMs = 0;
  const note = (message: string, fields = {}) => void logged.push(message + JSON.stringify(fields));
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  server = await TestServer.start({ now: () => Date.now() + laterMs, logger });
});
afterEach(() => server.stop());

const people = async (admin: Browser) => (await admin.get('/api/v1/people')).body.items as { email: string }[];
const look = async (link: string) => {
  const { status, body } = await new Browser(server).post('/auth/link', { code: codeOf(link) });
  return body.error?.code ?? { status, ...body };
};
const invite = async (admin: Browser, email: string, ...grants: object[]) =>
  (await admin.post('/api/v1/invitations', { email, grants })).body.link as string;

describe('The link of a new server', () => {
  it('makes the first person, an admin of everything, and works once', async () => {
    const browser = new Browser(server);
    expect((await browser.get('/auth/ways')).body).toEqual({ password: true, oidc: null, setUp: true });
    expect(await look(server.setUpLink)).toMatchObject({ purpose: 'set-up', email: null });
    const { status, body } = await browser.accept(server.setUpLink, { email: 'Ann@Shop.Example ', name: 'Ann' });
    expect({ status, email: body.user.email }).toEqual({ status: 200, email: 'ann@shop.example' });
    expect((await browser.get('/api/v1/me')).body).toMatchObject({
      kind: 'person',
      name: 'Ann',
      email: 'ann@shop.example',
      twoFactor: false,
      grants: [{ role: 'admin', project: null, environment: null }],
    });
    expect((await browser.get('/auth/ways')).body.setUp).toBe(false);
    const again = await new Browser(server).accept(server.setUpLink, { email: 'eve@shop.example' });
    expect(again).toMatchObject({ status: 404, body: { error: { code: 'LINK_INVALID' } } });
    expect(await look(server.setUpLink)).toBe('LINK_INVALID');
    expect(await people(browser)).toHaveLength(1);
  });

  it('lets one in, of two who follow it at once', async () => {
    const browsers = [new Browser(server), new Browser(server)];
    const answers = await Promise.all(
      browsers.map((browser, index) => browser.accept(server.setUpLink, { email: `p${index}@shop.example` })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
    const winner = browsers[answers.findIndex(({ status }) => status === 200)] as Browser;
    expect(await people(winner)).toHaveLength(1);
    const loser = answers.findIndex(({ status }) => status !== 200);
    expect((await new Browser(server).signIn(`p${loser}@shop.example`)).status).toBe(401);
  });

  it('followed twice by one person, as by a double click, lets them in and leaves their account whole', async () => {
    const answers = await Promise.all(
      [1, 2].map(() => new Browser(server).accept(server.setUpLink, { email: 'ann@shop.example' })),
    );
    const [first, second] = answers.map(({ status }) => status).sort();
    expect(first).toBe(200);
    expect([404, 409]).toContain(second);
    expect((await new Browser(server).signIn('ann@shop.example')).status).toBe(200);
  });

  it('is not shown again by a server that starts anew, and works no longer than a month', async () => {
    await server.restart();
    laterMs = 30 * 24 * HOUR_MS;
    expect(await look(server.setUpLink)).toBe('LINK_INVALID');
  });

  it('makes way for nobody who is just making the same account, and clears away what a server that died left half-made', async () => {
    const database = new Sqlite(`${server.folder}/dimmer.db`);
    const halfMade = (atMs: number) => {
      const at = new Date(atMs).toISOString();
      database
        .prepare('INSERT INTO sign_in_users VALUES (?, ?, ?, 1, NULL, ?, ?, 0)')
        .run('half', 'Ann', 'ann@shop.example', at, at);
    };
    halfMade(Date.now());
    const early = await new Browser(server).accept(server.setUpLink, { email: 'ann@shop.example' });
    expect(early).toMatchObject({ status: 409, body: { error: { code: 'PERSON_EXISTS' } } });
    expect(database.prepare('SELECT id FROM sign_in_users').pluck().all()).toEqual(['half']);
    database.exec('DELETE FROM sign_in_users');
    halfMade(Date.now() - 120_000);
    database.close();
    expect((await new Browser(server).accept(server.setUpLink, { email: 'ann@shop.example' })).status).toBe(200);
    expect((await new Browser(server).signIn('ann@shop.example')).status).toBe(200);
  });

  it('needs an address', async () => {
    expect((await new Browser(server).accept(server.setUpLink)).body.error).toMatchObject({
      code: 'BODY_INVALID',
      path: 'email',
    });
  });
});

describe('An invitation', () => {
  let ann: Browser;

  beforeEach(async () => {
    ann = await firstAdmin(server);
  });

  it('is for one address, whatever else is sent, and gives the roles that it names', async () => {
    const link = await invite(ann, 'bob@shop.example', { role: 'editor', project: 'default' });
    expect(await look(link)).toMatchObject({ purpose: 'invitation', email: 'bob@shop.example' });
    const bob = new Browser(server);
    await bob.accept(link, { email: 'eve@elsewhere.example', name: 'Bob' });
    const { body } = await bob.get('/api/v1/me');
    expect(body).toMatchObject({
      email: 'bob@shop.example',
      grants: [{ role: 'editor', project: 'default', environment: null }],
    });
    expect(await look(link)).toBe('LINK_INVALID');
    expect((await ann.get('/api/v1/invitations')).body.items).toContainEqual(
      expect.objectContaining({ email: 'bob@shop.example', status: 'used' }),
    );
  });

  it('works for a week, until it is revoked', async () => {
    const link = await invite(ann, 'bob@shop.example', { role: 'viewer' });
    const made = await ann.post('/api/v1/invitations', { email: 'eve@shop.example', grants: [{ role: 'viewer' }] });
    await ann.post(`/api/v1/invitations/${made.body.document.id}/revoke`);
    expect(await look(made.body.link)).toBe('LINK_INVALID');
    laterMs = 7 * 24 * HOUR_MS - 60_000;
    expect(await look(link)).toMatchObject({ email: 'bob@shop.example' });
    laterMs += 60_000;
    expect(await look(link)).toBe('LINK_INVALID');
    expect((await new Browser(server).accept(link)).body.error.code).toBe('LINK_INVALID');
  });

  it('is not made for an address that somebody has', async () => {
    const answer = await ann.post('/api/v1/invitations', { email: 'ANN@shop.example', grants: [{ role: 'viewer' }] });
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'PERSON_EXISTS' } } });
  });

  it('does no harm to somebody who has come by another one', async () => {
    const pat = await join(server, ann, 'pat@shop.example', { role: 'admin', project: 'default' });
    // Pat cannot end what reaches further than Pat does.
    const first = await invite(ann, 'bob@shop.example', { role: 'viewer' });
    const second = await invite(pat, 'bob@shop.example', { role: 'admin', project: 'default' });
    await new Browser(server).accept(first);
    const answer = await new Browser(server).accept(second, { password: NEW_PASSWORD });
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'PERSON_EXISTS' } } });
    expect((await new Browser(server).signIn('bob@shop.example', NEW_PASSWORD)).status).toBe(401);
    const bob = new Browser(server);
    expect((await bob.signIn('bob@shop.example')).status).toBe(200);
    expect((await bob.get('/api/v1/me')).body.grants).toMatchObject([{ role: 'viewer' }]);
  });

  it('takes the place of an older one for the same address, and of no other', async () => {
    const older = await invite(ann, 'bob@shop.example', { role: 'admin' });
    const other = await invite(ann, 'eve@shop.example', { role: 'viewer' });
    const newer = await invite(ann, 'BOB@shop.example', { role: 'viewer' });
    expect(await look(older)).toBe('LINK_INVALID');
    expect((await new Browser(server).accept(older)).body.error.code).toBe('LINK_INVALID');
    for (const link of [other, newer]) expect(await look(link)).toMatchObject({ purpose: 'invitation' });
    expect((await ann.get('/api/v1/invitations')).body.items).toContainEqual(
      expect.objectContaining({ email: 'bob@shop.example', status: 'revoked' }),
    );
  });

  it('is not used up by a password that is too weak', async () => {
    const link = await invite(ann, 'bob@shop.example', { role: 'viewer' });
    for (const password of ['short', 'aaaaaaaaaaaaaaaa', 'bob@shop.example']) {
      const { status, body } = await new Browser(server).accept(link, { password });
      expect({ status, code: body.error?.code }, password).toEqual({ status: 422, code: 'PASSWORD_WEAK' });
    }
    expect((await new Browser(server).accept(link)).status).toBe(200);
  });

  it('works only as long as whoever made it could make it again', async () => {
    const bob = await join(server, ann, 'bob@shop.example', { role: 'admin', project: 'default' });
    const eve = await join(server, ann, 'eve@shop.example', { role: 'admin' });
    const viewer = { role: 'viewer', project: 'default' };
    const [byBob, byEve] = [await invite(bob, 'b@shop.example', viewer), await invite(eve, 'e@shop.example', viewer)];
    const { body: token } = await ann.post('/api/v1/keys', { role: 'admin' });
    const withToken = new Browser(server, { authorization: `Bearer ${token.token}` });
    const byToken = await invite(withToken, 't@shop.example', viewer);
    for (const link of [byBob, byEve, byToken]) expect(await look(link)).toMatchObject({ purpose: 'invitation' });
    await ann.send('PATCH', `/api/v1/people/${bob.id}`, { grants: [{ role: 'editor', project: 'default' }] });
    await ann.post(`/api/v1/people/${eve.id}/disable`);
    await ann.post(`/api/v1/keys/${token.document.selector}/revoke`);
    for (const link of [byBob, byEve, byToken]) {
      expect(await look(link)).toBe('LINK_INVALID');
      expect((await new Browser(server).accept(link)).body.error.code).toBe('LINK_INVALID');
    }
  });
});

describe('A link for a new password', () => {
  let ann: Browser;
  let bob: Browser & { id: string };
  const reset = async (by: Browser, id = bob.id) => (await by.post(`/api/v1/people/${id}/reset-link`)).body.link;

  beforeEach(async () => {
    ann = await firstAdmin(server);
    bob = await join(server, ann, 'bob@shop.example', { role: 'viewer', project: 'default' });
  });

  it('sets it, ends every session, and takes the second factor away', async () => {
    const { body: begun } = await bob.post('/auth/two-factor/enable', { password: PASSWORD });
    await bob.post('/auth/two-factor/verify-totp', { code: codeNow(begun.totpURI) });
    expect((await bob.get('/api/v1/me')).body.twoFactor).toBe(true);
    const link = await reset(ann);
    expect(await look(link)).toMatchObject({ purpose: 'reset', email: 'bob@shop.example' });
    const elsewhere = new Browser(server);
    expect((await elsewhere.accept(link, { password: NEW_PASSWORD })).status).toBe(200);
    expect((await elsewhere.get('/api/v1/me')).body).toMatchObject({ email: 'bob@shop.example', twoFactor: false });
    expect((await bob.get('/api/v1/me')).status).toBe(401);
    expect((await new Browser(server).signIn('bob@shop.example')).status).toBe(401);
    const again = await new Browser(server).signIn('bob@shop.example', NEW_PASSWORD);
    expect(again.body.twoFactorRedirect).toBeUndefined();
    expect(await look(link)).toBe('LINK_INVALID');
  });

  it('lets one set it, of two who follow it at once', async () => {
    const link = await reset(ann);
    const passwords = ['one lamp, one switch', 'two lamps, one switch'];
    const answers = await Promise.all(passwords.map((password) => new Browser(server).accept(link, { password })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
    const right = answers.findIndex(({ status }) => status === 200);
    expect((await new Browser(server).signIn('bob@shop.example', passwords[right])).status).toBe(200);
    expect((await new Browser(server).signIn('bob@shop.example', passwords[1 - right])).status).toBe(401);
  });

  it('is the only one: a newer one takes the place of an older one', async () => {
    const [older, newer] = [await reset(ann), await reset(ann)];
    expect(await look(older)).toBe('LINK_INVALID');
    expect((await new Browser(server).accept(newer, { password: NEW_PASSWORD })).status).toBe(200);
    const late = await new Browser(server).accept(older, { password: 'a lamp of somebody else' });
    expect(late).toMatchObject({ status: 404, body: { error: { code: 'LINK_INVALID' } } });
    expect((await new Browser(server).signIn('bob@shop.example', NEW_PASSWORD)).status).toBe(200);
  });

  it('is over when its owner has changed the password, or has been locked out, also if let in again', async () => {
    const before = await reset(ann);
    const sent = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    expect((await bob.post('/auth/change-password', { ...sent, currentPassword: 'wrong, wrong, wrong' })).status).toBe(
      400,
    );
    expect(await look(before)).toMatchObject({ purpose: 'reset' });
    expect((await bob.post('/auth/change-password', sent)).status).toBe(200);
    expect(await look(before)).toBe('LINK_INVALID');
    const again = await reset(ann);
    await ann.post(`/api/v1/people/${bob.id}/disable`);
    await ann.post(`/api/v1/people/${bob.id}/enable`);
    expect(await look(again)).toBe('LINK_INVALID');
  });

  it('that was used by a server which then died has set the password all the same', async () => {
    const link = await reset(ann);
    const database = new Sqlite(`${server.folder}/dimmer.db`);
    database.exec(`CREATE TRIGGER died BEFORE UPDATE ON sign_in_accounts BEGIN SELECT RAISE(ABORT, 'it died'); END`);
    expect((await new Browser(server).accept(link, { password: NEW_PASSWORD })).status).toBe(500);
    database.exec('DROP TRIGGER died');
    expect(await look(link)).toBe('LINK_INVALID');
    expect((await new Browser(server).signIn('bob@shop.example')).status).toBe(401);
    expect((await new Browser(server).signIn('bob@shop.example', NEW_PASSWORD)).status).toBe(200);
    expect((await bob.get('/api/v1/me')).status).toBe(401);
    const left = database.prepare(`SELECT count(*) FROM sign_in_accounts WHERE providerId = 'new-password'`);
    expect(left.pluck().get()).toBe(0);
    database.close();
  });

  it('that was not used, because the server died before, still works', async () => {
    const link = await reset(ann);
    const database = new Sqlite(`${server.folder}/dimmer.db`);
    database.exec(`CREATE TRIGGER died BEFORE INSERT ON changes BEGIN SELECT RAISE(ABORT, 'it died'); END`);
    expect((await new Browser(server).accept(link, { password: NEW_PASSWORD })).status).toBeGreaterThanOrEqual(500);
    database.exec('DROP TRIGGER died');
    database.close();
    expect(await look(link)).toMatchObject({ purpose: 'reset' });
    expect((await new Browser(server).signIn('bob@shop.example', NEW_PASSWORD)).status).toBe(401);
    expect((await new Browser(server).accept(link, { password: NEW_PASSWORD })).status).toBe(200);
  });

  it('works for a day', async () => {
    const link = await reset(ann);
    laterMs = 24 * HOUR_MS;
    expect(await look(link)).toBe('LINK_INVALID');
  });

  it('does not open the account of somebody who has been given more since than its maker has', async () => {
    const pat = await join(server, ann, 'pat@shop.example', { role: 'admin', project: 'default' });
    const link = await reset(pat);
    expect(await look(link)).toMatchObject({ purpose: 'reset' });
    await ann.send('PATCH', `/api/v1/people/${bob.id}`, { grants: [{ role: 'admin' }] });
    expect(await look(link)).toBe('LINK_INVALID');
    const answer = await new Browser(server).accept(link, { password: NEW_PASSWORD });
    expect(answer.body.error.code).toBe('LINK_INVALID');
    expect((await bob.get('/api/v1/me')).status).toBe(200);
  });

  it('is not made by an admin of one project for somebody who may become anything', async () => {
    const pat = await join(server, ann, 'pat@shop.example', { role: 'admin', project: 'default' });
    await ann.send('PATCH', `/api/v1/people/${bob.id}`, { grants: [] });
    const answer = await pat.post(`/api/v1/people/${bob.id}/reset-link`);
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
    expect(await reset(ann)).toContain('/link#');
  });

  it('does not let somebody in who is disabled', async () => {
    const link = await reset(ann);
    await ann.post(`/api/v1/people/${bob.id}/disable`);
    const stranger = new Browser(server);
    await stranger.accept(link, { password: NEW_PASSWORD });
    expect((await stranger.get('/api/v1/me')).status).toBe(401);
  });
});

describe('The code of a link', () => {
  it('is not guessed: a wrong one is answered as one that never was', async () => {
    const code = codeOf(server.setUpLink);
    const wrong = [
      code.slice(0, -1) + (code.endsWith('A') ? 'B' : 'A'),
      `${'x'.repeat(22)}_${'y'.repeat(43)}`,
      'x',
      '',
    ];
    const answers = await Promise.all(wrong.map((each) => new Browser(server).post('/auth/link', { code: each })));
    const told = answers.map(({ status, body }) => ({ status, ...body.error, requestId: '' }));
    expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(told[0]).toMatchObject({ status: 404, code: 'LINK_INVALID' });
  });

  it('stands in no log and in no database, and behind the # of the address, which browsers do not send', async () => {
    const ann = await firstAdmin(server);
    const link = await invite(ann, 'bob@shop.example', { role: 'viewer' });
    await new Browser(server).accept(link, { password: 'short' });
    await new Browser(server).accept(link);
    await server.close();
    const stored = await readFile(`${server.folder}/dimmer.db`, 'latin1');
    for (const each of [server.setUpLink, link]) {
      expect(new URL(each).pathname).toBe('/link');
      const secret = codeOf(each).slice(-43);
      expect(stored.includes(secret)).toBe(false);
      expect(logged.join('\n')).not.toContain(secret);
    }
    expect(stored.includes(PASSWORD)).toBe(false);
  });
});

describe('Where a link leads', () => {
  const at = 'http://10.0.0.5:4400';
  const INVITED = { email: 'bob@shop.example', grants: [{ role: 'viewer' }] };
  const baseOf = async (by: Browser, headers: Record<string, string> = {}) => {
    const { body } = await by.post('/api/v1/invitations', INVITED, headers);
    return (body.link as string).split('/link#')[0];
  };

  it('is where the page is from that asks, as its browser says, and nothing that a proxy or a stranger can add', async () => {
    const ann = await firstAdmin(server);
    expect(await baseOf(ann, { origin: at })).toBe(at);
    expect(await baseOf(ann, { origin: 'null' })).toBe(server.url);
    expect(await baseOf(ann, { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' })).toBe(server.url);
    const token = new Browser(server, { authorization: `Bearer ${ADMIN_TOKEN}` });
    expect(await baseOf(token, { origin: 'http://evil.example' })).toBe(server.url);
    const { body } = await ann.post('/api/v1/invitations', INVITED, {
      origin: 'http://evil.example',
      'sec-fetch-site': 'cross-site',
    });
    expect(body.error.code).toBe('REQUEST_FORGED');
  });

  it('is DIMMER_PUBLIC_URL where that is set; who opens the server to others without it is told', async () => {
    const configured = await TestServer.start({ env: { DIMMER_PUBLIC_URL: 'http://flags.example' } });
    try {
      const ann = await firstAdmin(configured);
      expect(await baseOf(ann, { origin: at })).toBe('http://flags.example');
    } finally {
      await configured.stop();
    }
    const warned: string[] = [];
    const logger: Logger = { debug() {}, info() {}, warn: (message) => void warned.push(message), error() {} };
    for (const env of [{ HOST: '0.0.0.0' }, { HOST: '127.0.0.1' }, { HOST: '0.0.0.0', DIMMER_PUBLIC_URL: at }]) {
      await (await TestServer.start({ env, logger })).stop();
    }
    expect(warned.filter((message) => message.includes('DIMMER_PUBLIC_URL'))).toHaveLength(1);
  });
});
