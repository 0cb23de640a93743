import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestServer } from '../running-server.ts';
import { Browser, firstAdmin, join } from './browser.ts';
import { type Claims, IdentityProvider, PUBLIC_URL } from './identity-provider.ts';

const BOB: Claims = { sub: 'b-1', email: 'bob@shop.example', email_verified: true, name: 'Bob' };

let provider: IdentityProvider;
let server: TestServer;
let ann: Browser;

const start = async (env: Record<string, string> = {}) => {
  server = await TestServer.start({ env: { ...provider.env, ...env } });
  ann = await firstAdmin(server);
};
beforeEach(async () => {
  provider = await IdentityProvider.start();
});
afterEach(async () => {
  await server.stop();
  await provider.stop();
});

const newBrowser = () => new Browser(server, { origin: PUBLIC_URL });
const here = (address: string) => server.url + address.slice(PUBLIC_URL.length);

/** Where somebody is sent who wants in. */
async function begin(browser: Browser, callbackURL = '/flags'): Promise<string> {
  const { status, body } = await browser.post('/auth/sign-in/oauth2', { providerId: 'oidc', callbackURL });
  expect(status).toBe(200);
  return body.url;
}

/** Goes there and comes back. */
async function come(claims: Claims, flaws: Parameters<IdentityProvider['authorize']>[2] = {}, browser = newBrowser()) {
  const back = provider.authorize(await begin(browser), claims, flaws);
  const { status, headers } = await browser.get(here(back));
  const { status: me, body } = await browser.get('/api/v1/me');
  return { browser, status, location: headers.get('location'), me: me === 200 ? body : null };
}

describe('Single sign-on', () => {
  it('is one of the ways in, and lets somebody in whom the provider vouches for', async () => {
    await start({ DIMMER_OIDC_ROLE: 'viewer' });
    expect((await newBrowser().get('/auth/ways')).body.oidc).toEqual({ id: 'oidc', name: 'Example' });
    const { status, location, me } = await come(BOB);
    expect({ status, location }).toEqual({ status: 302, location: '/flags' });
    expect(me).toMatchObject({
      kind: 'person',
      name: 'Bob',
      email: 'bob@shop.example',
      grants: [{ role: 'viewer', project: null, environment: null }],
    });
    // It has used code, PKCE, state and nonce, and has said who it is itself.
    expect(provider.complaints).toEqual([]);
    const { items } = (await ann.get('/api/v1/changes?limit=1')).body;
    expect(items[0]).toMatchObject({ command: 'person.create', actor: { kind: 'person', name: 'Bob' } });
  });

  it('gives nobody anything who has not been given anything', async () => {
    await start();
    const { me, browser } = await come(BOB);
    expect(me.grants).toEqual([]);
    expect((await browser.get('/api/v1/projects')).body.items).toEqual([]);
    expect((await browser.get('/api/v1/projects/default/flags')).status).toBe(403);
  });

  it('knows people again by their subject, whatever their address has become', async () => {
    await start();
    const { me } = await come(BOB);
    const again = await come({ ...BOB, email: 'robert@shop.example' });
    expect(again.me.id).toBe(me.id);
    expect(again.me.email).toBe('bob@shop.example');
    expect((await ann.get('/api/v1/people')).body.items).toHaveLength(2);
  });

  it('uses up an invitation for an address that the provider has made sure of', async () => {
    await start({ DIMMER_OIDC_ROLE: 'viewer' });
    const grants = [{ role: 'editor', project: 'default' }];
    await ann.post('/api/v1/invitations', { email: 'bob@shop.example', grants });
    const { me } = await come({ ...BOB, email: 'Bob@Shop.example' });
    expect(me.grants).toEqual([{ role: 'editor', project: 'default', environment: null }]);
    expect((await ann.get('/api/v1/invitations')).body.items).toContainEqual(
      expect.objectContaining({ email: 'bob@shop.example', status: 'used' }),
    );
  });

  it('gives no invitation to somebody who has only written its address somewhere', async () => {
    for (const email_verified of [false, undefined, 'no']) {
      await start();
      const invited = { email: 'bob@shop.example', grants: [{ role: 'admin' }] };
      await ann.post('/api/v1/invitations', invited);
      const { me } = await come({ ...BOB, email_verified });
      expect(me.grants).toEqual([]);
      if (email_verified !== 'no') await server.stop();
    }
  });

  it('does not open the account of somebody with the same address and a password', async () => {
    await start({ DIMMER_OIDC_ROLE: 'viewer' });
    const { me, location, browser } = await come({ ...BOB, email: 'ann@shop.example' });
    expect(me).toBeNull();
    expect(location).toBe('/sign-in?error=account_not_linked');
    expect(browser.cookie('session_token')).toBeUndefined();
    expect((await ann.get('/api/v1/people')).body.items).toHaveLength(1);
    expect((await newBrowser().signIn('ann@shop.example')).status).toBe(200);
  });

  it('lets nobody in who is disabled', async () => {
    await start();
    const { me, browser } = await come(BOB);
    await ann.post(`/api/v1/people/${me.id}/disable`);
    expect((await browser.get('/api/v1/me')).status).toBe(401);
    const again = await come(BOB);
    expect(again.me).toBeNull();
    expect(again.location).toMatch(/^\/sign-in\?error=PERSON_DISABLED/);
  });

  it('keeps no tokens of the provider', async () => {
    await start();
    await come(BOB);
    await server.close();
    const stored = await readFile(`${server.folder}/dimmer.db`, 'latin1');
    expect(stored).toContain('b-1');
    // As every token of its kind begins, with the dot: three letters alone stand in random ids too, now and then.
    expect(/eyJ[\w-]{10,}\.[\w-]{10,}/.test(stored)).toBe(false);
  });
});

describe('A token of the provider', () => {
  it('is taken only if it is the provider’s, for this client, of now, and of this very sign-in', async () => {
    await start({ DIMMER_OIDC_ROLE: 'viewer' });
    const second = Math.floor(Date.now() / 1_000);
    const wrong: [string, Claims, Parameters<IdentityProvider['authorize']>[2]?][] = [
      ['another issuer', { ...BOB, iss: 'https://elsewhere.example' }],
      ['another audience', { ...BOB, aud: 'another-client' }],
      ['another signature', BOB, { foreignKey: true }],
      ['no signature', BOB, { unsigned: true }],
      ['another nonce', { ...BOB, nonce: 'x'.repeat(32) }],
      ['no nonce', { ...BOB, nonce: undefined }],
      ['over', { ...BOB, exp: second - 3_600 }],
      ['not begun', { ...BOB, nbf: second + 3_600 }],
      ['nobody', { ...BOB, sub: undefined }],
      ['no address', { ...BOB, email: undefined }],
    ];
    for (const [what, claims, flaws] of wrong) {
      const { me, status, location } = await come(claims, flaws);
      expect({ what, me, status }).toEqual({ what, me: null, status: 302 });
      expect(location, what).toMatch(/^\/sign-in\?error=/);
    }
    expect((await ann.get('/api/v1/people')).body.items).toHaveLength(1);
    expect((await come(BOB)).me).not.toBeNull();
  });
});

describe('Coming back from the provider', () => {
  it('is for the browser that went there, once', async () => {
    await start({ DIMMER_OIDC_ROLE: 'viewer' });
    const [attacker, victim] = [newBrowser(), newBrowser()];
    const back = here(provider.authorize(await begin(attacker), { ...BOB, sub: 'attacker', email: 'eve@x.example' }));
    // The attacker's own return, opened in the victim's browser, would sign the victim in as the attacker.
    await victim.get(back);
    expect((await victim.get('/api/v1/me')).status).toBe(401);
    const whose = here(provider.authorize(await begin(victim), BOB));
    await victim.get(whose);
    expect((await victim.get('/api/v1/me')).body.email).toBe('bob@shop.example');
    const copy = newBrowser().take(victim.cookies.replace(/dimmer\.session_token=[^;]*(; )?/, ''));
    await copy.get(whose);
    expect((await copy.get('/api/v1/me')).status).toBe(401);
  });

  it('with a state that nobody gave out, or none, or an error, lets nobody in and says so on our own page', async () => {
    await start();
    for (const query of ['', '?code=x', '?code=x&state=y', '?error=access_denied', '?state=y&error=access_denied']) {
      const browser = newBrowser();
      await begin(browser);
      const { status, headers } = await browser.get(`/auth/callback/oidc${query}`);
      expect(status, query).toBe(302);
      expect(headers.get('location'), query).toMatch(/^(http:\/\/dimmer\.example)?\/sign-in\?error=/);
      expect((await browser.get('/api/v1/me')).status).toBe(401);
    }
    const refused = newBrowser();
    const back = new URL(here(provider.authorize(await begin(refused), BOB)));
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    expect((await refused.get(back.href)).headers.get('location')).toBe('/sign-in?error=access_denied');
  });

  it('leads to a page of this server, whatever somebody has asked for', async () => {
    await start();
    for (const callbackURL of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      'javascript:alert(1)',
      '\\\\e',
    ]) {
      const sent = { providerId: 'oidc', callbackURL };
      expect((await newBrowser().post('/auth/sign-in/oauth2', sent)).body.error?.code, callbackURL).toBe(
        'BODY_INVALID',
      );
      const asError = { providerId: 'oidc', errorCallbackURL: callbackURL };
      expect((await newBrowser().post('/auth/sign-in/oauth2', asError)).status, callbackURL).toBe(400);
    }
  });

  it('cannot be shortened by a token that somebody brings along, nor be sent elsewhere', async () => {
    await start();
    const browser = newBrowser();
    const { body } = await browser.post('/auth/sign-in/oauth2', {
      providerId: 'oidc',
      idToken: { token: 'x.y.z' },
      scopes: ['admin'],
      loginHint: 'x',
      additionalParams: { redirect_uri: 'https://evil.example' },
    });
    const asked = new URL(body.url).searchParams;
    expect(asked.get('redirect_uri')).toBe(`${PUBLIC_URL}/auth/callback/oidc`);
    expect(asked.get('scope')?.split(' ').sort()).toEqual(['email', 'openid', 'profile']);
    expect(browser.cookie('session_token')).toBeUndefined();
    expect((await browser.post('/auth/sign-in/oauth2', { providerId: 'google' })).status).toBe(400);
  });
});

describe('A provider that is down', () => {
  it('holds up nobody who has a password or a token, and is asked again when it is back', async () => {
    provider.isDown = true;
    await start({ DIMMER_OIDC_ROLE: 'viewer' });
    expect((await newBrowser().signIn('ann@shop.example')).status).toBe(200);
    expect((await server.call('GET', '/api/v1/projects')).status).toBe(200);
    const { status, body } = await newBrowser().post('/auth/sign-in/oauth2', { providerId: 'oidc' });
    expect({ status, code: body.error.code }).toEqual({ status: 503, code: 'OIDC_UNAVAILABLE' });
    provider.isDown = false;
    expect((await come(BOB)).me.email).toBe('bob@shop.example');
  });

  it('is not there at all where none is configured', async () => {
    await start({
      DIMMER_OIDC_ISSUER: '',
      DIMMER_OIDC_CLIENT_ID: '',
      DIMMER_OIDC_CLIENT_SECRET: '',
      DIMMER_OIDC_NAME: '',
    });
    expect((await newBrowser().get('/auth/ways')).body.oidc).toBeNull();
    expect((await newBrowser().post('/auth/sign-in/oauth2', { providerId: 'oidc' })).status).toBe(404);
    expect((await newBrowser().get('/auth/callback/oidc?code=x&state=y')).status).toBe(404);
    await join(server, ann, 'bob@shop.example', { role: 'viewer' });
  });
});
