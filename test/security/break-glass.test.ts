import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PostgresCluster } from '../../server/test/postgres/postgres-cluster.ts';
import { TestServer } from '../../server/test/running-server.ts';
import { bodyFor, fill, ROUTES } from './routes.ts';

const HOUR_MS = 3_600_000;
const KILL = '/api/v1/projects/default/flags/cart/environments/production/kill';

let laterMs = 0;
const now = () => Date.now() + laterMs;

/** A server with a flag that is on, and a break-glass token for the project, good for an hour. */
async function start(env: Record<string, string> = {}) {
  laterMs = 0;
  const server = await TestServer.start({ env, now });
  await server.admin('POST', 'flags', { key: 'cart' });
  await server.admin('POST', 'segments', { key: 'testers', included: ['ann'] });
  await server.admin('POST', 'flags/cart/environments/production/toggle', { on: true });
  const scope = { role: 'break-glass', project: 'default', name: 'drawer', expiresAt: Date.now() + HOUR_MS };
  const { body } = await server.call('POST', '/api/v1/keys', scope);
  const token = body.token as string;
  const call = (method: string, path: string, sent?: object) =>
    server.call(method, path, sent, { authorization: `Bearer ${token}` });
  const targeting = () => server.admin('GET', 'flags/cart/environments/production');
  return { server, call, targeting, token };
}

describe('T26 A break-glass token', () => {
  let glass: Awaited<ReturnType<typeof start>>;
  beforeEach(async () => {
    glass = await start();
  });
  afterEach(() => glass.server.stop());

  it('kills, also where a second person has to agree, and the log says who and why', async () => {
    await glass.server.admin('PATCH', 'environments/production', { approvals: 1, protected: true });
    expect((await glass.call('POST', KILL, {})).body.error.code).toBe('REASON_REQUIRED');
    expect((await glass.call('POST', KILL, { reason: 'payments fail' })).status).toBe(200);
    expect(await glass.targeting()).toMatchObject({ on: false, killed: { by: 'drawer', reason: 'payments fail' } });
    const { body } = await glass.server.call('GET', '/api/v1/changes?limit=1');
    expect(body.items[0]).toMatchObject({
      command: 'flag.kill',
      subject: 'cart',
      environment: 'production',
      reason: 'payments fail',
      actor: { kind: 'token', name: 'drawer', id: expect.stringMatching(/^[\w-]{22}$/) },
    });
  });

  it('does nothing else: no other route changes anything, or tells more than its own name', async () => {
    const { server, call } = glass;
    const before = (await server.call('GET', '/api/v1/changes?limit=1')).body.items[0].revision;
    const told: string[] = [];
    for (const [route, door] of Object.entries(ROUTES)) {
      const [method, path] = route.split(' ') as [string, string];
      if (door !== 'admin' || path.endsWith('/kill')) continue;
      const sent = method === 'GET' || method === 'DELETE' ? undefined : { ...bodyFor(path), reason: 'x' };
      const { status, body } = await call(method, fill(path), sent);
      // Refused for who it is, not for what it sends.
      expect(['BODY_INVALID', 'QUERY_INVALID'], route).not.toContain(body.error?.code);
      if (status < 400) told.push(`${route}: ${JSON.stringify(body.items ?? body.kind)}`);
    }
    expect(told.sort()).toEqual(['GET /api/v1/keys: []', 'GET /api/v1/me: "token"', 'GET /api/v1/projects: []']);
    expect((await server.call('GET', '/api/v1/changes?limit=1')).body.items[0].revision).toBe(before);
    expect((await glass.targeting()).on).toBe(true);
  });

  it('neither looks at what a kill would do nor proposes it, and is told of its kill what is no secret', async () => {
    const { server, call } = glass;
    const when = [{ attribute: 'email', operator: 'in', values: ['secret-person@shop.example'] }];
    const rule = { when, serve: { variation: 'on' } };
    await server.admin('POST', 'flags/cart/environments/production/rules', { rule });
    for (const query of ['?dryRun=true', '?propose=true']) {
      const { status, body } = await call('POST', KILL + query, { reason: 'x' });
      expect({ status, code: body.error?.code }, query).toEqual({ status: 403, code: 'FORBIDDEN' });
    }
    expect((await server.admin('GET', 'change-requests')).items).toEqual([]);
    const { status, body } = await call('POST', `${KILL}?wait=applied`, { reason: 'payments fail' });
    expect({ status, changed: body.changed, document: body.document }).toEqual({
      status: 200,
      changed: true,
      document: undefined,
    });
    expect(body).toMatchObject({ revision: expect.any(Number), propagation: expect.any(Array) });
    expect(JSON.stringify(body)).not.toContain('secret-person');
  });

  it('reaches no further than its project, and ends when its hour is over or somebody revokes it', async () => {
    const { server, call } = glass;
    await server.call('POST', '/api/v1/projects', { key: 'bank' });
    await server.call('POST', '/api/v1/projects/bank/environments', { key: 'production' });
    await server.call('POST', '/api/v1/projects/bank/flags', { key: 'cart' });
    const elsewhere = KILL.replace('default', 'bank');
    expect((await call('POST', elsewhere, { reason: 'x' })).body.error.code).toBe('FORBIDDEN');
    laterMs = HOUR_MS;
    expect((await call('POST', KILL, { reason: 'x' })).body.error.code).toBe('KEY_EXPIRED');
    laterMs = 0;
    const { body } = await server.call('GET', '/api/v1/keys');
    const drawer = body.items.find(({ name }: { name: string }) => name === 'drawer');
    await server.call('POST', `/api/v1/keys/${drawer.selector}/revoke`, { reason: 'lost' });
    expect((await call('POST', KILL, { reason: 'x' })).body.error.code).toBe('KEY_REVOKED');
    expect((await glass.targeting()).on).toBe(true);
  });
});

describe('T26 When nobody can sign in', () => {
  let cluster: PostgresCluster;
  beforeAll(async () => {
    cluster = await PostgresCluster.start();
  });
  afterAll(() => cluster?.stop());

  it('a break-glass token kills all the same', async () => {
    // Nothing of sign-in works here: no secret for sessions, and a provider that is not there.
    const { server, call, targeting } = await start({
      DATABASE_URL: await cluster.createDatabase(),
      DIMMER_AUTH_SECRET: '',
      DIMMER_PUBLIC_URL: 'http://x.example',
      DIMMER_OIDC_ISSUER: 'http://127.0.0.1:9',
      DIMMER_OIDC_CLIENT_ID: 'x',
      DIMMER_OIDC_CLIENT_SECRET: 'x',
    });
    try {
      const tried = await server.call('POST', '/auth/sign-in/email', {
        email: 'a@x.example',
        password: 'x'.repeat(12),
      });
      expect(tried.status).toBe(503);
      expect((await call('POST', KILL, { reason: 'payments fail' })).status).toBe(200);
      expect(await targeting()).toMatchObject({ on: false });
    } finally {
      await server.stop();
    }
  });
});
