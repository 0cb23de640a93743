import type { Role } from '@dimmer/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authenticate, type Credential, isStillValid } from '../src/access/authenticate.ts';
import { type Action, can, mayGrant } from '../src/access/can.ts';
import { hashSecret, mintToken, parseToken } from '../src/access/token.ts';
import { createKey, revokeKey, rotateKey } from '../src/commands/keys.ts';
import { openShop, START_MS } from './change-log-fixture.ts';

const PRODUCTION = { project: 'shop', environment: 'production' } as const;
const ALL_KINDS = ['server', 'browser', 'admin'] as const;
const HOUR_MS = 3_600_000;

describe('A token', () => {
  it('has a public selector of 16 random bytes and a secret of 32; a browser’s has no secret', () => {
    expect(mintToken('server').text).toMatch(/^sdk_[\w-]{22}_[\w-]{43}$/);
    expect(mintToken('admin').text).toMatch(/^adm_[\w-]{22}_[\w-]{43}$/);
    expect(mintToken('browser')).toMatchObject({ text: expect.stringMatching(/^web_[\w-]{22}$/), secretHash: null });
    expect(mintToken('server').text).not.toBe(mintToken('server').text);
  });

  it('is taken apart by position, so underscores in it do no harm', () => {
    for (let count = 0; count < 500; count++) {
      for (const kind of ALL_KINDS) {
        const { text, selector, secretHash } = mintToken(kind);
        const parsed = parseToken(text);
        expect(parsed).toMatchObject({ kind, selector });
        expect(parsed?.secret ? hashSecret(parsed.secret) : null).toBe(secretHash);
      }
    }
  });

  it('is not read out of anything else', () => {
    const { text } = mintToken('server');
    for (const other of [
      '',
      'sdk_',
      text.slice(1),
      `${text}x`,
      text.slice(0, -1),
      text.replace('sdk_', 'met_'),
      `web_${'x'.repeat(21)}`,
    ]) {
      expect(parseToken(other)).toBeNull();
    }
    fc.assert(fc.property(fc.string(), (anything) => parseToken(anything) === null));
  });
});

async function openKeys() {
  const shop = await openShop();
  const make = async (kind: 'server' | 'browser' | 'admin', expiresAt?: number) => {
    const minted = mintToken(kind);
    const scope = kind === 'admin' ? { kind, project: null, environment: null } : { kind, ...PRODUCTION };
    await shop.act(createKey(scope, { name: 'a key', ...(expiresAt !== undefined && { expiresAt }) }, minted));
    return { text: minted.text, key: () => shop.state.key(minted.selector)! };
  };
  const enter = (presented: string | undefined, now = START_MS, adminTokenHash: string | null = null) =>
    authenticate(shop.state, presented, { adminTokenHash, now, kinds: ALL_KINDS });
  return { ...shop, make, enter };
}

describe('Authentication', () => {
  it('lets a key in as what it was made for', async () => {
    const { make, enter } = await openKeys();
    const { text, key } = await make('server');
    expect(enter(text)).toEqual({
      ok: true,
      credential: { kind: 'server', id: key().id, name: 'a key', grants: [] },
      key: expect.objectContaining(PRODUCTION),
    });
    const everything = [{ role: 'admin', project: null, environment: null }];
    expect(enter((await make('admin')).text)).toMatchObject({
      ok: true,
      credential: { kind: 'admin', grants: everything },
    });
    expect(enter((await make('browser')).text)).toMatchObject({ ok: true, credential: { kind: 'browser' } });
  });

  it('stores hashes only', async () => {
    const { make, store } = await openKeys();
    const { text, key } = await make('server');
    expect(key().body.secretHash).toMatch(/^[0-9a-f]{64}$/);
    const written = JSON.stringify([await store.load(), await store.changes({ order: 'oldest first', limit: 100 })]);
    expect(written).not.toContain(text.slice(-43));
  });

  it('says why somebody stays outside', async () => {
    const { act, make, enter } = await openKeys();
    const { text, key } = await make('server', START_MS + HOUR_MS);
    const wrongSecret = text.slice(0, -1) + (text.endsWith('A') ? 'B' : 'A');
    expect(enter(undefined)).toEqual({ ok: false, code: 'KEY_MISSING' });
    expect(enter('')).toEqual({ ok: false, code: 'KEY_MISSING' });
    expect(enter('hello')).toEqual({ ok: false, code: 'KEY_UNKNOWN' });
    expect(enter(wrongSecret)).toEqual({ ok: false, code: 'KEY_UNKNOWN' });
    expect(enter(mintToken('server').text)).toEqual({ ok: false, code: 'KEY_UNKNOWN' });
    expect(enter(text.replace('sdk_', 'adm_'))).toEqual({ ok: false, code: 'KEY_UNKNOWN' });
    expect(enter(`web_${key().id}`)).toEqual({ ok: false, code: 'KEY_UNKNOWN' });
    expect(enter(text, START_MS + HOUR_MS)).toEqual({ ok: false, code: 'KEY_EXPIRED' });
    await act(revokeKey(key()));
    expect(enter(text)).toEqual({ ok: false, code: 'KEY_REVOKED' });
  });

  it('lets only the kinds in that belong there', async () => {
    const { make, state } = await openKeys();
    const { text } = await make('server');
    const terms = { adminTokenHash: null, now: START_MS, kinds: ['admin'] as const };
    expect(authenticate(state, text, terms)).toEqual({ ok: false, code: 'KEY_KIND_WRONG' });
  });

  it('takes the configured admin token, whatever it looks like', async () => {
    const { enter } = await openKeys();
    for (const token of ['a long enough secret!', mintToken('admin').text]) {
      expect(enter(token, START_MS, hashSecret(token))).toMatchObject({
        ok: true,
        credential: { kind: 'admin', grants: [{ role: 'admin', project: null, environment: null }] },
      });
      expect(enter(`${token}x`, START_MS, hashSecret(token))).toMatchObject({ ok: false });
    }
  });
});

describe('Rotating a key', () => {
  it('leaves the old one working for a day, or for as long as one says, and keeps the scope', async () => {
    const { act, make, enter, state } = await openKeys();
    const { text, key } = await make('server');
    const minted = mintToken('server');
    const { change } = await act(rotateKey(key(), { overlapMs: 24 * HOUR_MS }, minted));
    expect(state.key(minted.selector)?.body).toMatchObject({
      kind: 'server',
      ...PRODUCTION,
      replaces: key().id,
      expiresAt: null,
    });
    expect(enter(minted.text)).toMatchObject({ ok: true });
    expect(enter(text, change!.at + 24 * HOUR_MS - 1)).toMatchObject({ ok: true });
    expect(enter(text, change!.at + 24 * HOUR_MS)).toEqual({ ok: false, code: 'KEY_EXPIRED' });
  });

  it('never makes a key live longer than it would have, and gives the new one as long a life', async () => {
    const { act, make, state } = await openKeys();
    const { key } = await make('server', START_MS + HOUR_MS);
    const lifeMs = START_MS + HOUR_MS - key().body.createdAt;
    const minted = mintToken('server');
    const { change } = await act(rotateKey(key(), { overlapMs: 24 * HOUR_MS }, minted));
    expect(key().body.expiresAt).toBe(START_MS + HOUR_MS);
    expect(state.key(minted.selector)?.body.expiresAt).toBe(change!.at + lifeMs);
  });

  it('is refused if another key follows it already', async () => {
    const { act, refused, make } = await openKeys();
    const { key } = await make('server');
    const [first, second] = [mintToken('server'), mintToken('server')];
    await act(rotateKey(key(), { overlapMs: HOUR_MS }, first));
    expect(await refused(rotateKey(key(), { overlapMs: HOUR_MS }, second))).toMatchObject({
      code: 'KEY_NOT_LIVE',
      message: expect.stringContaining(first.selector),
    });
  });

  it('is refused for a key that no longer works', async () => {
    const { act, refused, make } = await openKeys();
    const { key } = await make('server');
    await act(revokeKey(key()));
    const minted = mintToken('server');
    expect((await refused(rotateKey(key(), { overlapMs: 0 }, minted))).code).toBe('KEY_NOT_LIVE');
  });
});

describe('A key', () => {
  it('cannot be made for what is not there, nor expired from the start', async () => {
    const { refused } = await openKeys();
    const minted = mintToken('server');
    const make = (scope: object, input = {}) =>
      createKey({ kind: 'server', ...PRODUCTION, ...scope }, { name: '', ...input }, minted);
    expect((await refused(make({ environment: 'nowhere' }))).code).toBe('ENVIRONMENT_NOT_FOUND');
    expect((await refused(make({ project: 'nowhere' }))).code).toBe('PROJECT_NOT_FOUND');
    expect((await refused(make({}, { expiresAt: START_MS }))).code).toBe('EXPIRY_INVALID');
  });

  it('stops being valid for open streams when it is revoked or expires', async () => {
    const { act, make, enter, state } = await openKeys();
    const { text, key } = await make('server', START_MS + HOUR_MS);
    const { credential } = enter(text) as { credential: Credential };
    expect(isStillValid(state, credential, START_MS)).toBe(true);
    expect(isStillValid(state, credential, START_MS + HOUR_MS)).toBe(false);
    await act(revokeKey(key()));
    expect(isStillValid(state, credential, START_MS)).toBe(false);
  });
});

describe('What a credential may do', () => {
  const admin = (project: string | null, environment: string | null, role: Role = 'admin'): Credential => ({
    kind: 'admin',
    id: 'x',
    name: 'x',
    grants: [{ role, project, environment }],
  });
  const ACTIONS: readonly Action[] = ['read', 'operate', 'write', 'kill', 'manage', 'install'];
  const PLACES = [
    [null, null],
    ['shop', null],
    ['shop', 'production'],
    ['shop', 'staging'],
    ['other', null],
    ['other', 'production'],
  ] as const;

  it('never reaches beyond its project and environment', () => {
    const allowed = (actor: Credential) =>
      PLACES.flatMap(([project, environment]) =>
        ACTIONS.filter((action) => can(actor, action, project, environment)).map(
          (action) => `${action} ${project}/${environment}`,
        ),
      );
    expect(allowed(admin(null, null))).toHaveLength(PLACES.length * ACTIONS.length);
    expect(allowed(admin('shop', null))).toEqual(
      ['shop/null', 'shop/production', 'shop/staging'].flatMap((place) =>
        ACTIONS.map((action) => `${action} ${place}`),
      ),
    );
    expect(allowed(admin('shop', 'production'))).toEqual([
      'read shop/null',
      ...ACTIONS.map((action) => `${action} shop/production`),
    ]);
  });

  it('is what its role may do, and no more', () => {
    const may = (role: Role) =>
      ACTIONS.filter((action) => can(admin('shop', null, role), action, 'shop', 'production'));
    expect(may('viewer')).toEqual(['read']);
    expect(may('operator')).toEqual(['read', 'operate', 'kill']);
    expect(may('editor')).toEqual(['read', 'operate', 'write', 'kill']);
    expect(may('break-glass')).toEqual(['kill']);
  });

  it('is reading only, where a newer server has given a role that is not known here', async () => {
    const { make, enter, state } = await openKeys();
    const { text, key } = await make('admin');
    expect(enter(text)).toMatchObject({ credential: { grants: [{ role: 'admin' }] } });
    const { body, ...rest } = key();
    const version = rest.version + 1;
    state.apply({
      revision: state.head.revision + 1,
      hash: 'a'.repeat(64),
      at: 1,
      writes: [{ ...rest, version, body: { ...body, role: 'gardener' } }],
    } as never);
    expect(enter(text)).toMatchObject({ credential: { grants: [{ role: 'viewer' }] } });
  });

  it('is nothing at all for the keys of SDKs', async () => {
    const { make, enter } = await openKeys();
    for (const kind of ['server', 'browser'] as const) {
      const { credential } = enter((await make(kind)).text) as { credential: Credential };
      for (const action of ACTIONS) expect(can(credential, action, 'shop', 'production')).toBe(false);
    }
  });

  it('is the sum of the roles that a person has', () => {
    const grants = [...admin('shop', null, 'viewer').grants, ...admin('shop', 'staging', 'editor').grants];
    const actor = { kind: 'person', id: 'ann', name: 'Ann', grants } as const;
    expect(can(actor, 'read', 'shop', 'production')).toBe(true);
    expect(can(actor, 'write', 'shop', 'staging')).toBe(true);
    expect(can(actor, 'write', 'shop', 'production')).toBe(false);
    expect(can(actor, 'write', 'shop', null)).toBe(false);
    expect(can({ grants: [] }, 'read', 'shop', null)).toBe(false);
  });

  it('bounds what they may hand out: nobody gives what they do not have', () => {
    const shop = admin('shop', null);
    expect(mayGrant(shop, { role: 'admin', project: 'shop', environment: null })).toBe(true);
    expect(mayGrant(shop, { role: 'operator', project: 'shop', environment: 'production' })).toBe(true);
    expect(mayGrant(shop, { role: 'viewer', project: 'other', environment: null })).toBe(false);
    expect(mayGrant(shop, { role: 'viewer', project: null, environment: null })).toBe(false);
    expect(mayGrant(admin('shop', null, 'editor'), { role: 'viewer', project: 'shop', environment: null })).toBe(false);
  });
});
