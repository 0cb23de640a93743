import { ROUTES, type RouteShape } from '@dimmer/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApi } from './api-fixture.ts';
import { keepsContract } from './keeps-contract.ts';

let api: Awaited<ReturnType<typeof openApi>>;

beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const FLAGS = '/api/v1/projects/shop/flags';

describe('The contract of the admin API', () => {
  it('has every route that is served, and no other', () => {
    const served = api.app.routes
      .filter(({ method, path }) => path.startsWith('/api/v1/') && !path.includes('*') && method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replaceAll(/:([^/]+)/g, '{$1}')}`);
    const described = Object.values<RouteShape>(ROUTES).map(
      ({ method, path }) => `${method.toUpperCase()} /api/v1${path}`,
    );
    expect([...new Set(served)].sort()).toEqual(described.sort());
  });

  it('has a name of its own for every method and path', () => {
    const names = Object.values<RouteShape>(ROUTES).map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is kept by an answer that has all that it describes', async () => {
    const answer = await api.call('POST', 'flags', { key: 'kept' });
    expect(() => keepsContract('POST', FLAGS, answer)).not.toThrow();
  });

  it('is broken by a field that it does not describe, at any depth', async () => {
    await api.call('POST', 'flags', { key: 'broken' });
    const { status, body } = await api.call('GET', 'flags/broken');
    const check = (changed: object) => () => keepsContract('GET', `${FLAGS}/broken`, { status, body: changed });
    expect(check(body)).not.toThrow();
    expect(check({ ...body, colour: 'red' })).toThrow(/Unrecognized key: "colour"/);
    const [first, ...others] = body.environments;
    expect(check({ ...body, environments: [{ ...first, colour: 'red' }, ...others] })).toThrow(/environments\.0/);
    const [on, ...rest] = body.variations;
    expect(check({ ...body, variations: [{ ...on, colour: 'red' }, ...rest] })).toThrow(/variations\.0/);
  });

  it('is broken by a field that is missing or of another type', async () => {
    const { status, body } = await api.call('GET', 'flags?limit=1');
    const check = (changed: object) => () => keepsContract('GET', FLAGS, { status, body: changed });
    expect(check(body)).not.toThrow();
    expect(check({ items: body.items })).toThrow(/next/);
    expect(check({ ...body, next: 3 })).toThrow(/next/);
  });

  it('is broken by an error whose code has another status, or is none', async () => {
    const { status, body } = await api.call('GET', 'flags/none');
    expect(status).toBe(404);
    const check = (answered: number, code: string) => () =>
      keepsContract('GET', `${FLAGS}/none`, { status: answered, body: { error: { ...body.error, code } } });
    expect(check(404, 'FLAG_NOT_FOUND')).not.toThrow();
    expect(check(400, 'FLAG_NOT_FOUND')).toThrow(/has the status 404/);
    expect(check(404, 'FLAG_LOST')).toThrow(/code/);
  });
});
