import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ADMIN_TOKEN, TestServer } from './running-server.ts';
import { Browser, type Following, firstAdmin, join } from './sign-in/browser.ts';

/** The longest that somebody may go on hearing who may no longer hear. */
const SOON_MS = 5_000;

let server: TestServer;
let ann: Browser;
const open: Following[] = [];

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  server = await TestServer.start();
  ann = await firstAdmin(server);
  for (const project of ['shop', 'bank']) {
    await ann.post('/api/v1/projects', { key: project });
    for (const key of ['staging', 'production']) await ann.post(`/api/v1/projects/${project}/environments`, { key });
    await ann.post(`/api/v1/projects/${project}/flags`, { key: 'cart' });
  }
});
afterAll(async () => {
  vi.useRealTimers();
  await server.stop();
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function follow(browser: Browser): Promise<Following> {
  const following = await browser.follow();
  open.push(following);
  expect(following.status).toBe(200);
  await vi.waitFor(() => expect(following.events[0]?.event).toBe('hello'));
  return following;
}
const changesIn = ({ events }: Following) =>
  events.filter(({ event }) => event === 'change').map(({ data }) => data as { command: string; project: string });
const toggle = (project: string, environment: string, on: boolean) =>
  server.call('POST', `/api/v1/projects/${project}/flags/cart/environments/${environment}/toggle`, { on });
/** Lets that time pass. */
async function ends(following: Following): Promise<void> {
  vi.advanceTimersByTime(SOON_MS);
  await vi.waitFor(() => expect(following.ended).toBe(true));
}

describe('The stream of changes', () => {
  it('begins with where the log stands, and tells each change as it is committed', async () => {
    const page = await follow(ann);
    const { body: head } = await ann.get('/api/v1/changes?limit=1');
    expect(page.events[0]?.data).toEqual({ revision: head.items[0].revision, id: head.items[0].id });
    const { body } = await toggle('shop', 'staging', true);
    await vi.waitFor(() => expect(changesIn(page)).toHaveLength(1));
    const { items } = (await ann.get('/api/v1/changes?limit=1')).body;
    expect(changesIn(page)).toEqual(items);
    expect(items[0].revision).toBe(body.revision);
  });

  it('tells nobody what they may not read', async () => {
    const bob = await join(server, ann, 'bob@shop.example', {
      role: 'viewer',
      project: 'shop',
      environment: 'staging',
    });
    const page = await follow(bob);
    await toggle('bank', 'staging', true);
    await toggle('shop', 'production', true);
    await ann.post('/api/v1/invitations', { email: 'secret@shop.example', grants: [{ role: 'viewer' }] });
    await toggle('shop', 'staging', false);
    await vi.waitFor(() => expect(changesIn(page)).toHaveLength(1));
    expect(changesIn(page)).toMatchObject([{ project: 'shop', environment: 'staging', command: 'flag.toggle' }]);
    expect(JSON.stringify(page.events)).not.toContain('secret@');
  });

  it('names no documents of other environments to who may read one', async () => {
    const dan = await join(server, ann, 'dan@shop.example', {
      role: 'viewer',
      project: 'shop',
      environment: 'staging',
    });
    const page = await follow(dan);
    await ann.post('/api/v1/projects/shop/flags', { key: 'wallet' });
    await vi.waitFor(() => expect(changesIn(page)).toHaveLength(1));
    const { items } = (await dan.get('/api/v1/changes?project=shop&environment=staging&limit=1')).body;
    expect(changesIn(page)).toEqual(items);
    expect(items).toMatchObject([
      {
        command: 'flag.create',
        writeCount: 2,
        writes: [
          { kind: 'flag', id: 'shop/wallet' },
          { kind: 'targeting', id: 'shop/wallet/staging' },
        ],
      },
    ]);
  });

  it('is closed to who is not signed in, to SDKs’ keys, and to pages of other sites', async () => {
    const stream = `${server.url}/api/v1/stream`;
    expect((await fetch(stream)).status).toBe(401);
    const asSdk = await fetch(stream, { headers: { authorization: `Bearer ${server.serverKey}` } });
    expect(asSdk.status).toBe(403);
    const answer = await fetch(stream, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    await answer.body?.cancel();
  });

  it('ends within 5 s when its owner is disabled', async () => {
    const carl = await join(server, ann, 'carl@shop.example', { role: 'viewer' });
    const page = await follow(carl);
    await ann.post(`/api/v1/people/${carl.id}/disable`);
    await ends(page);
  });

  it('ends when a role is taken away, and another one begins with the roles of then', async () => {
    const dora = await join(server, ann, 'dora@shop.example', { role: 'viewer' });
    const page = await follow(dora);
    const grants = [{ role: 'viewer', project: 'shop' }];
    await ann.send('PATCH', `/api/v1/people/${dora.id}`, { grants });
    await ends(page);
    const next = await follow(dora);
    await toggle('bank', 'staging', false);
    await toggle('shop', 'production', false);
    await vi.waitFor(() => expect(changesIn(next)).toHaveLength(1));
    expect(changesIn(next)[0]?.project).toBe('shop');
  });

  it('ends within 5 s when its session does: signed out, ended from elsewhere, or with a new password', async () => {
    const edna = await join(server, ann, 'edna@shop.example', { role: 'viewer' });
    const [phone, tablet] = [new Browser(server), new Browser(server)];
    await phone.signIn('edna@shop.example');
    await tablet.signIn('edna@shop.example');
    const [onPhone, onTablet, onLaptop] = [await follow(phone), await follow(tablet), await follow(edna)];
    await phone.post('/auth/sign-out');
    const { body: sessions } = await edna.get('/auth/list-sessions');
    const other = sessions.find(({ isCurrent }: { isCurrent: boolean }) => !isCurrent);
    await edna.post('/auth/revoke-session', { id: other.id });
    await Promise.all([ends(onPhone), ends(onTablet)]);
    expect(onLaptop.ended).toBe(false);
    const { body } = await ann.post(`/api/v1/people/${edna.id}/reset-link`);
    await new Browser(server).accept(body.link, { password: 'another lamp on the wall' });
    await ends(onLaptop);
  });

  it('ends within 5 s when its token is revoked', async () => {
    const { body } = await server.call('POST', '/api/v1/keys', { role: 'viewer', name: 'wall' });
    const page = await follow(new Browser(server, { authorization: `Bearer ${body.token}` }));
    await server.call('POST', `/api/v1/keys/${body.document.selector}/revoke`, {});
    await ends(page);
  });

  it('is not held open by whoever asks for its headers only', async () => {
    const gus = await join(server, ann, 'gus@shop.example', { role: 'viewer' });
    for (let count = 0; count < 40; count++) expect((await gus.send('HEAD', '/api/v1/stream')).status).toBe(200);
    await follow(gus);
  });

  it('is not opened without end by one of them', async () => {
    const flo = await join(server, ann, 'flo@shop.example', { role: 'viewer' });
    for (let count = 0; count < 30; count++) await follow(flo);
    const { status, body } = await flo.get('/api/v1/stream');
    expect({ status, code: body.error.code }).toEqual({ status: 429, code: 'STREAMS_CROWDED' });
    await follow(ann);
  });
});
