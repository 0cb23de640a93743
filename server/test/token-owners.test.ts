import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Called, TestServer } from './running-server.ts';
import { Browser, type Following, firstAdmin, join } from './sign-in/browser.ts';

const FLAG = '/api/v1/projects/default/flags/cart';

let server: TestServer;
let ann: Browser;
let eve: Browser & { id: string };
const open: Following[] = [];

beforeEach(async () => {
  server = await TestServer.start();
  ann = await firstAdmin(server);
  eve = await join(server, ann, 'eve@shop.example', { role: 'admin' });
  await server.admin('POST', 'flags', { key: 'cart' });
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  await server.stop();
});

interface Token {
  readonly selector: string;
  readonly as: Browser;
}
/** An admin token that somebody makes. */
async function mint(by: Browser, body: object = { role: 'admin' }): Promise<Token> {
  const { status, body: made } = await by.post('/api/v1/keys', { name: 'of eve', ...body });
  expect(status).toBe(201);
  return { selector: made.document.selector, as: new Browser(server, { authorization: `Bearer ${made.token}` }) };
}
const me = async ({ as }: Token) => as.get('/api/v1/me');
const code = ({ body }: Called) => body.error?.code;
const disable = (id = eve.id) => ann.post(`/api/v1/people/${id}/disable`);

describe('A token that a person has made', () => {
  it('opens nothing once that person is locked out, and all that it has made does not either', async () => {
    const token = await mint(eve);
    const child = await mint(token.as, { role: 'editor', project: 'default' });
    const rotated = await child.as.post(`/api/v1/keys/${child.selector}/rotate`);
    expect(code(rotated)).toBe('KEY_NOT_FOUND');
    for (const each of [token, child]) expect((await me(each)).status).toBe(200);
    const { body } = await disable();
    expect(body.warnings).toEqual([expect.objectContaining({ code: 'TOKENS_AFFECTED' })]);
    for (const each of [token, child]) {
      expect(code(await me(each))).toBe('KEY_OWNER_GONE');
      expect(code(await each.as.post('/api/v1/projects', { key: 'evil' }))).toBe('KEY_OWNER_GONE');
      expect(code(await each.as.post(`${FLAG}/environments/production/toggle`, { on: true }))).toBe('KEY_OWNER_GONE');
    }
    const { items } = (await ann.get('/api/v1/keys')).body;
    const shown = items.filter(({ name }: { name: string }) => name === 'of eve');
    expect(shown.map(({ status }: { status: string }) => status)).toEqual(['ownerless', 'ownerless']);
    await ann.post(`/api/v1/people/${eve.id}/enable`);
    expect((await me(token)).status).toBe(200);
  });

  it('can do no more than its owner may do now: in fewer places, or less in the same', async () => {
    const [all, drawer] = [await mint(eve), await mint(eve, { role: 'break-glass', project: 'default' })];
    const setRoles = (...grants: object[]) => ann.send('PATCH', `/api/v1/people/${eve.id}`, { grants });
    const roles = async () => (await me(all)).body.grants;
    await setRoles({ role: 'operator', project: 'default' });
    expect(await roles()).toEqual([{ role: 'operator', project: 'default', environment: null }]);
    expect(code(await all.as.post('/api/v1/projects', { key: 'evil' }))).toBe('FORBIDDEN');
    expect((await all.as.post(`${FLAG}/environments/production/toggle`, { on: true })).status).toBe(200);
    expect((await drawer.as.post(`${FLAG}/environments/production/kill`, { reason: 'x' })).status).toBe(200);
    await setRoles({ role: 'viewer' }, { role: 'editor', project: 'default', environment: 'staging' });
    expect(await roles()).toHaveLength(2);
    expect(code(await all.as.post(`${FLAG}/environments/production/toggle`, { on: true }))).toBe('FORBIDDEN');
    expect((await all.as.post(`${FLAG}/environments/staging/toggle`, { on: true })).status).toBe(200);
    // Who may only look does not kill by a token either.
    expect(code(await drawer.as.post(`${FLAG}/environments/production/kill`, { reason: 'x' }))).toBe('FORBIDDEN');
    await setRoles();
    expect(await roles()).toEqual([]);
    expect(code(await all.as.get(FLAG))).toBe('FORBIDDEN');
  });

  it('is taken over by whoever rotates it', async () => {
    const token = await mint(eve);
    const { body } = await ann.post(`/api/v1/keys/${token.selector}/rotate`);
    await disable();
    const heir = new Browser(server, { authorization: `Bearer ${body.token}` });
    expect((await heir.get('/api/v1/me')).status).toBe(200);
    expect(code(await me(token))).toBe('KEY_OWNER_GONE');
  });

  it('loses its stream of changes with its owner', async () => {
    const token = await mint(eve);
    const following = await token.as.follow();
    open.push(following);
    await vi.waitFor(() => expect(following.events[0]?.event).toBe('hello'));
    await disable();
    await vi.waitFor(() => expect(following.ended).toBe(true));
    expect(following.events.filter(({ event }) => event === 'change')).toEqual([]);
  });

  it('is found by the log if an earlier version has not written down whose it is', async () => {
    const [token, child, own] = [await mint(eve), await mint(eve), await mint(new Browser(server, ADMIN))];
    await ann.post(`/api/v1/keys/${child.selector}/rotate`, { overlapMs: 3_600_000 });
    const database = new Sqlite(`${server.folder}/dimmer.db`);
    for (const table of ['documents', 'writes']) {
      database.exec(`UPDATE ${table} SET body = json_remove(body, '$.owner') WHERE kind = 'key'`);
    }
    database.close();
    await server.restart();
    await disable();
    for (const each of [token, child]) expect(code(await me(each))).toBe('KEY_OWNER_GONE');
    expect((await me(own)).status).toBe(200);
  });

  it('does not take the keys of environments with it: applications have them', async () => {
    const { body } = await eve.post('/api/v1/projects/default/environments/production/keys', { kind: 'server' });
    await disable();
    const headers = { authorization: `Bearer ${body.token}` };
    expect((await server.sdk('/ruleset', { headers })).status).toBe(200);
  });
});

const ADMIN = { authorization: 'Bearer an-admin-token-for-tests-only' };
