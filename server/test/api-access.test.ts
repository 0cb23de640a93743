import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintToken } from '../src/access/token.ts';
import { createEnvironment } from '../src/commands/environments.ts';
import { createFlag } from '../src/commands/flags.ts';
import { createKey } from '../src/commands/keys.ts';
import { createProject } from '../src/commands/projects.ts';
import { createSegment } from '../src/commands/segments.ts';
import { ADMIN_TOKEN, openApi } from './api-fixture.ts';

let api: Awaited<ReturnType<typeof openApi>>;
let routes: { method: string; path: string }[];
const tokens = { server: '', browser: '', shop: '', production: '', other: '' };
const selectors: Record<string, string> = {};

beforeAll(async () => {
  api = await openApi();
  await api.act(createProject({ key: 'other' }));
  await api.act(createEnvironment('other', { key: 'production' }));
  for (const project of ['shop', 'other']) {
    await api.act(createFlag(project, { key: 'cart' }));
    await api.act(createSegment(project, { key: 'testers', included: ['ann'] }));
  }
  const make = async (
    name: keyof typeof tokens,
    kind: 'server' | 'browser' | 'admin',
    project: string,
    environment: string | null,
  ) => {
    const minted = mintToken(kind);
    await api.act(createKey({ kind, project, environment }, { name }, minted));
    tokens[name] = minted.text;
    selectors[name] = minted.selector;
  };
  await make('server', 'server', 'shop', 'production');
  await make('browser', 'browser', 'shop', 'production');
  await make('shop', 'admin', 'shop', null);
  await make('production', 'admin', 'shop', 'production');
  await make('other', 'admin', 'other', null);
  const { paths } = (await api.call('GET', '/openapi.json')).body;
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => ({ method: method.toUpperCase(), path })),
  );
});
afterAll(() => api.close());

/** A path with its parameters filled in, for things of one project. */
function fill(path: string, project: string, environment = 'production'): string {
  return path
    .replace('{project}', project)
    .replace('{environment}', environment)
    .replace('{flag}', 'cart')
    .replace('{segment}', 'testers')
    .replace('{rule}', 'r1')
    .replace('{key}', selectors.server ?? '')
    .replace('{revision}', '5');
}

const bodyFor = (method: string) => (method === 'GET' || method === 'DELETE' ? undefined : {});

describe('Every route of the admin API', () => {
  it('is closed without a token, with a wrong one, and to the keys of SDKs', async () => {
    const attempts = [
      [null, 401, 'KEY_MISSING'],
      ['nonsense', 401, 'KEY_UNKNOWN'],
      [mintToken('admin').text, 401, 'KEY_UNKNOWN'],
      [tokens.server, 403, 'KEY_KIND_WRONG'],
      [tokens.browser, 403, 'KEY_KIND_WRONG'],
    ] as const;
    const { revision } = api.state.head;
    for (const { method, path } of routes) {
      for (const [token, status, code] of attempts) {
        const answer = await api.call(method, fill(path, 'shop'), bodyFor(method), { token });
        expect(answer, `${method} ${path} with ${token}`).toMatchObject({ status, body: { error: { code } } });
      }
    }
    expect(api.state.head.revision).toBe(revision);
  });

  it('is closed to the tokens of another project, whether or not what they ask for exists', async () => {
    const scoped = routes.filter(({ path }) => path.includes('{project}'));
    expect(scoped.length).toBeGreaterThan(25);
    for (const { method, path } of scoped) {
      for (const project of ['shop', 'nowhere']) {
        const answer = await api.call(method, fill(path, project), bodyFor(method), { token: tokens.other });
        expect(answer, `${method} ${path}`).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
      }
    }
  });

  it('is closed to the tokens of another environment', async () => {
    const scoped = routes.filter(({ path }) => path.includes('{environment}'));
    for (const { method, path } of scoped) {
      const answer = await api.call(method, fill(path, 'shop', 'staging'), bodyFor(method), {
        token: tokens.production,
      });
      expect(answer, `${method} ${path}`).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } });
    }
  });

  it('lets a token for one environment read what all share, and change nothing of it', async () => {
    const shared = routes.filter(({ path }) => path.includes('{project}') && !path.includes('{environment}'));
    for (const { method, path } of shared) {
      const answer = await api.call(method, fill(path, 'shop'), bodyFor(method), { token: tokens.production });
      const isOpen = method === 'GET' && !path.endsWith('/history');
      // There is no change request, which is all that anybody learns.
      if (path.includes('{request}') && answer.body.error?.code === 'CHANGE_REQUEST_NOT_FOUND') continue;
      expect(answer.status, `${method} ${path}`).toBe(isOpen ? 200 : 403);
    }
  });

  it('is open to nobody by another spelling of its path', async () => {
    for (const path of [
      '/api/v1//projects',
      '/api/v1/./projects',
      '/API/v1/projects',
      '/api/v1/projects/',
      '/api/v1/%70rojects',
      '//api/v1/projects',
      '/api%2Fv1/projects',
      '/x/../api/v1/projects',
    ]) {
      const answer = await api.call('GET', path, undefined, { token: null });
      expect([401, 404], path).toContain(answer.status);
    }
    const overridden = await api.call('GET', '/api/v1/projects', undefined, {
      token: null,
      headers: { 'x-http-method-override': 'POST' },
    });
    expect(overridden.status).toBe(401);
  });
});

describe('A token for one environment', () => {
  it('sees in lists only what it may', async () => {
    const token = tokens.production;
    const flags = await api.call('GET', 'flags', undefined, { token });
    expect(flags.body.items[0].environments.map((each: { environment: string }) => each.environment)).toEqual([
      'production',
    ]);
    const environments = await api.call('GET', 'environments', undefined, { token });
    expect(environments.body.items.map((each: { key: string }) => each.key)).toEqual(['production']);
    const projects = await api.call('GET', '/api/v1/projects', undefined, { token });
    expect(projects.body.items.map((each: { key: string }) => each.key)).toEqual(['shop']);
    const keys = await api.call('GET', '/api/v1/keys', undefined, { token });
    expect(keys.body.items.map((each: { name: string }) => each.name)).toEqual(['production']);
  });

  it('reads the history of its environment if it asks for that', async () => {
    const token = tokens.production;
    const ask = (query: string) => api.call('GET', `/api/v1/changes${query}`, undefined, { token });
    expect((await ask('')).status).toBe(403);
    expect((await ask('?project=shop')).body.error.fix).toContain('environment=production');
    expect((await ask('?project=shop&environment=staging')).status).toBe(403);
    expect((await ask('?project=other&environment=production')).status).toBe(403);
    const seen = await ask('?project=shop&environment=production');
    expect(seen.body.items.length).toBeGreaterThan(0);
    for (const { writes, writeCount } of seen.body.items) {
      expect(JSON.stringify(writes)).not.toContain('staging');
      expect(writeCount).toBe(writes.length);
    }
    expect((await api.call('GET', 'flags/cart/history?environment=production', undefined, { token })).status).toBe(200);
  });

  it('cannot read or revert changes that reach beyond it', async () => {
    const toggled = await api.call('POST', 'flags/cart/environments/production/toggle', { on: true });
    const created = (await api.call('GET', 'flags/cart/history')).body.items.at(-1).revision;
    const asProduction = { token: tokens.production };
    expect((await api.call('GET', `/api/v1/changes/${created}`, undefined, asProduction)).status).toBe(404);
    expect((await api.call('GET', `/api/v1/changes/${toggled.body.revision}`, undefined, asProduction)).status).toBe(
      200,
    );
    expect((await api.call('POST', `/api/v1/changes/${created}/revert`, {}, asProduction)).status).toBe(404);
    expect((await api.call('POST', `/api/v1/changes/${toggled.body.revision}/revert`, {}, asProduction)).status).toBe(
      200,
    );
  });

  it('makes tokens that reach no further than itself, and ends no others', async () => {
    const make = (body: object, token = tokens.production) => api.call('POST', '/api/v1/keys', body, { token });
    expect((await make({ name: 'all' })).status).toBe(403);
    expect((await make({ name: 'project', project: 'shop' })).status).toBe(403);
    expect((await make({ name: 'other', project: 'other', environment: 'production' })).status).toBe(403);
    const made = await make({ name: 'same', project: 'shop', environment: 'production' });
    expect(made.status).toBe(201);
    expect((await api.call('GET', 'flags', undefined, { token: made.body.token })).status).toBe(200);
    for (const act of ['rotate', 'revoke']) {
      const answer = await api.call('POST', `/api/v1/keys/${selectors.shop}/${act}`, {}, { token: tokens.production });
      expect(answer).toMatchObject({ status: 404, body: { error: { code: 'KEY_NOT_FOUND' } } });
    }
  });
});

describe('A revoked or expired token', () => {
  it('opens nothing more', async () => {
    const made = await api.call('POST', '/api/v1/keys', { name: 'short' });
    const { token } = made.body;
    expect((await api.call('GET', 'flags', undefined, { token })).status).toBe(200);
    await api.call('POST', `/api/v1/keys/${made.body.document.selector}/revoke`, { reason: 'leaked' });
    expect(await api.call('GET', 'flags', undefined, { token })).toMatchObject({
      status: 401,
      body: { error: { code: 'KEY_REVOKED' } },
    });
    expect((await api.call('GET', 'flags', undefined, { token })).headers.get('www-authenticate')).toBe('Bearer');
    expect((await api.call('GET', 'flags', undefined, { token: ADMIN_TOKEN })).status).toBe(200);
  });
});
