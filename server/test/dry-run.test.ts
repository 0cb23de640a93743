import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mintToken } from '../src/access/token.ts';
import { createFlag } from '../src/commands/flags.ts';
import { createKey } from '../src/commands/keys.ts';
import { createPerson } from '../src/commands/people.ts';
import { createSegment } from '../src/commands/segments.ts';
import { openApi } from './api-fixture.ts';

const PRODUCTION = 'flags/cart/environments/production';

let api: Awaited<ReturnType<typeof openApi>>;

beforeEach(async () => {
  api = await openApi({ protected: true });
  await api.act(createFlag('shop', { key: 'cart' }));
  await api.act(createSegment('shop', { key: 'testers', included: ['ann'] }));
});
afterEach(() => api.close());

/** Everything that is stored, in the database and in memory. */
const everything = async () =>
  JSON.stringify([await api.store.load(), [...api.state.documents()], api.state.head, await changes()]);
const changes = () => api.store.changes({ order: 'oldest first', limit: 500 });

describe('A dry run', () => {
  it('says what would come of a write, each document before and after, and writes nothing', async () => {
    const before = await everything();
    const { status, body } = await api.call('POST', `${PRODUCTION}/toggle?dryRun=true`, { on: true, reason: 'x' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      dryRun: true,
      changed: true,
      warnings: [{ code: 'ON_FOR_EVERYBODY' }],
      documents: [{ kind: 'targeting', id: 'shop/cart/production', before: { on: false }, after: { on: true } }],
    });
    expect(await everything()).toBe(before);
  });

  it('says that nothing would change', async () => {
    const { body } = await api.call('POST', `${PRODUCTION}/toggle?dryRun=true`, { on: false });
    expect(body).toMatchObject({ dryRun: true, changed: false, documents: [] });
  });

  it('has the warnings of the write', async () => {
    const rule = { when: [{ attribute: 'plan', operator: 'in', values: [] }], serve: { variation: 'on' } };
    const { body } = await api.call('POST', `${PRODUCTION}/rules?dryRun=true`, { rule, reason: 'x' });
    expect(body.warnings).toMatchObject([{ code: 'FLAG_OFF' }, { code: 'VALUES_EMPTY' }]);
  });

  it('is refused as the write would be', async () => {
    const before = await everything();
    const tries = [
      ['POST', `${PRODUCTION}/toggle`, { on: true }, 'REASON_REQUIRED'],
      ['POST', `${PRODUCTION}/kill`, {}, 'REASON_REQUIRED'],
      ['POST', 'flags/none/environments/production/toggle', { on: true, reason: 'x' }, 'FLAG_NOT_FOUND'],
      ['POST', 'flags', { key: 'cart' }, 'FLAG_EXISTS'],
      ['PUT', PRODUCTION, { on: true, rules: [], fallthrough: { variation: 'on' }, off: 'off' }, 'VERSION_REQUIRED'],
      ['POST', `${PRODUCTION}/toggle`, { on: 'yes' }, 'BODY_INVALID'],
    ] as const;
    for (const [method, path, body, code] of tries) {
      const dry = await api.call(method, `${path}?dryRun=true`, body);
      const wet = await api.call(method, path, body);
      expect(dry.body.error?.code, path).toBe(code);
      expect({ ...dry.body.error, requestId: '' }).toEqual({ ...wet.body.error, requestId: '' });
      expect(dry.status).toBe(wet.status);
    }
    const stale = await api.call(
      'POST',
      `${PRODUCTION}/toggle?dryRun=true`,
      { on: true, reason: 'x' },
      { ifMatch: '"9"' },
    );
    expect(stale.status).toBe(412);
    expect(await everything()).toBe(before);
  });

  it('is for those only who may do it', async () => {
    const grants = [{ role: 'viewer', project: 'shop', environment: null }] as const;
    await api.act(createPerson({ id: 'vera', email: 'vera@shop.example', name: 'Vera', grants }));
    const asked = await api.call('POST', `${PRODUCTION}/toggle?dryRun=true`, { on: true }, { person: 'vera' });
    expect(asked.body.error.code).toBe('FORBIDDEN');
  });

  it('needs approval no more than the write, and says so', async () => {
    await api.call('PATCH', 'environments/production', { approvals: 1, reason: 'care' });
    const { body } = await api.call('POST', `${PRODUCTION}/toggle?dryRun=true`, { on: true, reason: 'x' });
    expect(body.error.code).toBe('APPROVAL_REQUIRED');
  });

  it('is not to be had of what hands out a secret, and none is made', async () => {
    const grants = [{ role: 'viewer', project: null, environment: null }] as const;
    await api.act(createPerson({ id: 'vera', email: 'vera@shop.example', name: 'Vera', grants }));
    const minted = mintToken('server');
    const scope = { kind: 'server', project: 'shop', environment: 'production' } as const;
    await api.act(createKey(scope, { name: 'checkout' }, minted), { reason: 'x' });
    const before = await everything();
    for (const [path, body] of [
      ['environments/production/keys', { kind: 'server' }],
      ['/api/v1/keys', {}],
      [`/api/v1/keys/${minted.selector}/rotate`, {}],
      ['/api/v1/invitations', { email: 'x@shop.example', grants: [{ role: 'viewer' }] }],
      ['/api/v1/people/vera/reset-link', {}],
      ['/api/v1/people/vera/disable', {}],
    ] as const) {
      const answer = await api.call('POST', `${path}?dryRun=true`, { ...body, reason: 'x' });
      expect(answer, path).toMatchObject({ status: 400, body: { error: { code: 'QUERY_INVALID' } } });
      expect(JSON.stringify(answer.body)).not.toMatch(/(sdk|adm)_|link#/);
    }
    expect(await everything()).toBe(before);
  });

  it('of ending a key leaves it working, and shows no hash', async () => {
    const minted = mintToken('server');
    const scope = { kind: 'server', project: 'shop', environment: 'staging' } as const;
    await api.act(createKey(scope, { name: 'checkout' }, minted));
    const { body } = await api.call('POST', `/api/v1/keys/${minted.selector}/revoke?dryRun=true`, {});
    expect(body).toMatchObject({ dryRun: true, changed: true });
    expect(JSON.stringify(body)).not.toContain(minted.secretHash);
    expect(api.state.key(minted.selector)?.body.revokedAt).toBeNull();
  });

  it('takes no second word: true or nothing, and not together with a proposal', async () => {
    for (const query of ['dryRun=1', 'dryRun=false', 'dryRun=', 'dryrun=true']) {
      const answer = await api.call('POST', `${PRODUCTION}/toggle?${query}`, { on: true, reason: 'x' });
      expect(answer.body.error?.code, query).toBe('QUERY_INVALID');
    }
    const { revision } = api.state.head;
    const both = await api.call('POST', `${PRODUCTION}/toggle?propose=true&dryRun=true`, { on: true, reason: 'x' });
    expect(both.body.dryRun).toBe(true);
    expect(api.state.head.revision).toBe(revision);
  });

  it('leaves nothing behind for every write there is', async () => {
    const { paths } = (await api.call('GET', '/openapi.json')).body;
    const writes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods as object)
        .filter((method) => method !== 'get')
        .map((method) => [method.toUpperCase(), path] as const),
    );
    expect(writes.length).toBeGreaterThan(30);
    const before = await everything();
    const bodies: Record<string, object> = {
      '/toggle': { on: true },
      '/rollout': { percent: 50 },
      '/rules': { rule: { when: [], serve: { variation: 'on' } } },
      '/members': { include: ['bob'] },
      '/flags': { key: 'new' },
      '/segments': { key: 'new' },
      '/environments': { key: 'new' },
      '/projects': { key: 'new' },
      '/targets': { variation: 'on', keys: ['ann'] },
    };
    let tried = 0;
    for (const [method, template] of writes) {
      const path = template
        .replace('{project}', 'shop')
        .replace('{environment}', 'production')
        .replace('{flag}', 'cart')
        .replace('{segment}', 'testers')
        .replace('{revision}', '4')
        .replace(/\{\w+\}/, 'x');
      const body = Object.entries(bodies).find(([end]) => path.endsWith(end))?.[1] ?? { name: 'other' };
      const answer = await api.call(
        method,
        `${path}?dryRun=true`,
        method === 'DELETE' ? undefined : { ...body, reason: 'x' },
      );
      if (answer.status === 200) tried++;
      expect(await everything(), `${method} ${path}`).toBe(before);
    }
    expect(tried).toBeGreaterThan(10);
  });
});
