import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestServer } from '../running-server.ts';
import { Browser, firstAdmin, join } from './browser.ts';

const ADMIN = { role: 'admin', project: null, environment: null };

let server: TestServer;
let ann: Browser;

beforeEach(async () => {
  server = await TestServer.start();
  ann = await firstAdmin(server);
  await ann.post('/api/v1/projects', { key: 'shop' });
  await ann.post('/api/v1/projects/shop/environments', { key: 'staging' });
});
afterEach(() => server.stop());

const code = ({ body }: { body: { error?: { code: string } } }) => body.error?.code;
const setGrants = (by: Browser, id: string, ...grants: object[]) =>
  by.send('PATCH', `/api/v1/people/${id}`, { grants });
const idOf = async (browser: Browser) => (await browser.get('/api/v1/me')).body.id as string;

describe('Nobody gives what they do not have', () => {
  it('an admin of one project makes no admin of everything, nor anybody in another project', async () => {
    const pat = await join(server, ann, 'pat@shop.example', { role: 'admin', project: 'shop' });
    const vic = await join(server, ann, 'vic@shop.example', { role: 'viewer', project: 'shop' });
    const beyond = [{ role: 'admin' }, { role: 'viewer' }, { role: 'viewer', project: 'default' }];
    for (const grant of beyond) {
      expect(code(await setGrants(pat, vic.id, grant))).toBe('FORBIDDEN');
      expect(code(await setGrants(pat, pat.id, { role: 'admin', project: 'shop' }, grant))).toBe('FORBIDDEN');
      expect(code(await pat.post('/api/v1/invitations', { email: 'x@shop.example', grants: [grant] }))).toBe(
        'FORBIDDEN',
      );
      expect(code(await pat.post('/api/v1/keys', grant))).toBe('FORBIDDEN');
    }
    expect((await setGrants(pat, vic.id, { role: 'editor', project: 'shop', environment: 'staging' })).status).toBe(
      200,
    );
    expect((await pat.get('/api/v1/me')).body.grants).toEqual([{ role: 'admin', project: 'shop', environment: null }]);
  });

  it('whoever is no admin gives nothing, not even to themselves', async () => {
    for (const role of ['viewer', 'operator', 'editor', 'break-glass']) {
      const bob = await join(server, ann, `${role}@shop.example`, { role, project: 'shop' });
      expect(code(await setGrants(bob, bob.id, { role: 'admin', project: 'shop' }))).toBe('PERSON_NOT_FOUND');
      expect(code(await setGrants(bob, bob.id))).toBe('PERSON_NOT_FOUND');
      const invited = await bob.post('/api/v1/invitations', {
        email: 'x@x.example',
        grants: [{ role, project: 'shop' }],
      });
      expect(code(invited)).toBe('FORBIDDEN');
      expect(code(await bob.post(`/api/v1/people/${bob.id}/reset-link`))).toBe('PERSON_NOT_FOUND');
      expect(code(await bob.get('/api/v1/people'))).toBe('FORBIDDEN');
      expect(code(await bob.get('/api/v1/invitations'))).toBe('FORBIDDEN');
    }
  });

  it('nobody takes over, locks out or demotes somebody who has more', async () => {
    const pat = await join(server, ann, 'pat@shop.example', { role: 'admin', project: 'shop' });
    const rob = await join(
      ...([server, ann, 'rob@shop.example'] as const),
      ...[
        { role: 'viewer', project: 'shop' },
        { role: 'viewer', project: 'default' },
      ],
    );
    for (const id of [await idOf(ann), rob.id]) {
      expect(code(await pat.post(`/api/v1/people/${id}/reset-link`))).toBe('PERSON_NOT_FOUND');
      expect(code(await pat.post(`/api/v1/people/${id}/disable`))).toBe('PERSON_NOT_FOUND');
      expect(code(await setGrants(pat, id))).toBe('PERSON_NOT_FOUND');
      expect(code(await pat.send('PATCH', `/api/v1/people/${id}`, { name: 'x' }))).toBe('PERSON_NOT_FOUND');
    }
    const { body } = await ann.post(`/api/v1/people/${rob.id}/reset-link`);
    expect(code(await pat.post(`/api/v1/invitations/${body.document.id}/revoke`))).toBe('INVITATION_NOT_FOUND');
  });

  it('a role is for a place that is there', async () => {
    const grants = [{ role: 'viewer', project: 'nowhere' }];
    expect(code(await ann.post('/api/v1/invitations', { email: 'x@x.example', grants }))).toBe('PROJECT_NOT_FOUND');
    const environment = [{ role: 'viewer', environment: 'staging' }];
    expect(code(await ann.post('/api/v1/invitations', { email: 'x@x.example', grants: environment }))).toBe(
      'PROJECT_NOT_FOUND',
    );
    expect(code(await ann.post('/api/v1/invitations', { email: 'x@x.example', grants: [{ role: 'root' }] }))).toBe(
      'BODY_INVALID',
    );
  });
});

describe('The last admin of everything', () => {
  it('can be neither demoted nor disabled, by nobody', async () => {
    const id = await idOf(ann);
    expect(code(await setGrants(ann, id, { role: 'viewer' }))).toBe('LAST_ADMIN');
    expect(code(await setGrants(ann, id, { role: 'admin', project: 'shop' }))).toBe('LAST_ADMIN');
    expect(code(await ann.post(`/api/v1/people/${id}/disable`))).toBe('LAST_ADMIN');
    const byToken = await server.call('POST', `/api/v1/people/${id}/disable`, {});
    expect(code(byToken)).toBe('LAST_ADMIN');
  });

  it('is left over when two admins demote each other at once', async () => {
    const bob = await join(server, ann, 'bob@shop.example', { role: 'admin' });
    const [anns, bobs] = [await idOf(ann), bob.id];
    const answers = await Promise.all([
      setGrants(ann, bobs, { role: 'viewer' }),
      setGrants(bob, anns, { role: 'viewer' }),
    ]);
    const [first, second] = answers.map(({ status }) => status).sort();
    expect(first).toBe(200);
    expect([404, 409]).toContain(second);
    const { body } = await server.call('GET', '/api/v1/people');
    const roles = body.items.map(({ grants }: { grants: { role: string }[] }) => grants[0]?.role);
    expect(roles.sort()).toEqual(['admin', 'viewer']);
  });

  it('is not somebody who is disabled', async () => {
    const bob = await join(server, ann, 'bob@shop.example', { role: 'admin' });
    await ann.post(`/api/v1/people/${bob.id}/disable`);
    expect(code(await setGrants(ann, await idOf(ann), { role: 'viewer' }))).toBe('LAST_ADMIN');
  });
});

describe('A disabled person', () => {
  it('is out at once, everywhere, and comes in again when they are enabled and sign in', async () => {
    const bob = await join(server, ann, 'bob@shop.example', { role: 'editor', project: 'shop' });
    await ann.post(`/api/v1/people/${bob.id}/disable`);
    expect((await bob.get('/api/v1/me')).status).toBe(401);
    expect((await bob.post('/api/v1/projects/shop/flags', { key: 'x' })).status).toBe(401);
    expect((await bob.get('/auth/list-sessions')).status).toBe(401);
    const again = await new Browser(server).signIn('bob@shop.example');
    expect(again).toMatchObject({ status: 403, setCookies: [], body: { code: 'PERSON_DISABLED' } });
    // Whoever does not know the password does not learn that somebody was disabled.
    expect((await new Browser(server).signIn('bob@shop.example', 'not the lamp on the wall')).status).toBe(401);
    await ann.post(`/api/v1/people/${bob.id}/enable`);
    expect((await bob.get('/api/v1/me')).status).toBe(401);
    expect((await new Browser(server).signIn('bob@shop.example')).status).toBe(200);
  });

  it('cannot undo it', async () => {
    const bob = await join(server, ann, 'bob@shop.example', { role: 'admin' });
    await ann.post(`/api/v1/people/${bob.id}/disable`);
    expect((await bob.post(`/api/v1/people/${bob.id}/enable`)).status).toBe(401);
  });
});

describe('A role', () => {
  it('is what somebody has now, not what they had when they signed in', async () => {
    const bob = await join(server, ann, 'bob@shop.example', { role: 'editor', project: 'shop' });
    expect((await bob.post('/api/v1/projects/shop/flags', { key: 'one' })).status).toBe(201);
    await setGrants(ann, bob.id, { role: 'viewer', project: 'shop' });
    expect(code(await bob.post('/api/v1/projects/shop/flags', { key: 'two' }))).toBe('FORBIDDEN');
    await setGrants(ann, bob.id);
    expect(code(await bob.get('/api/v1/projects/shop/flags'))).toBe('FORBIDDEN');
    await setGrants(ann, bob.id, ADMIN);
    expect((await bob.get('/api/v1/people')).status).toBe(200);
  });

  it('stands in the log with who gave it, and the log holds no secret', async () => {
    const bob = await join(server, ann, 'bob@shop.example', { role: 'viewer', project: 'shop' });
    await setGrants(ann, bob.id, ADMIN);
    const { items } = (await ann.get('/api/v1/changes?limit=10')).body;
    expect(items.map(({ command }: { command: string }) => command)).toEqual(
      expect.arrayContaining(['person.update', 'invitation.accept', 'invitation.invitation']),
    );
    expect(items[0]).toMatchObject({ command: 'person.update', actor: { kind: 'person', name: 'Ann' } });
    for (const { revision } of items) {
      const shown = JSON.stringify((await ann.get(`/api/v1/changes/${revision}`)).body);
      expect(shown).not.toMatch(/secretHash|scrypt/);
    }
  });
});
