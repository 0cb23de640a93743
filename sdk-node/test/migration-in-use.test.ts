/** A migration that processes still ask for is not taken from them. */
import { createClient } from '@dimmer/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';

const SIDES = { old: () => 'old', new: () => 'new' };

let server: TestServer;
let now = Date.now();
const clients: ReturnType<typeof createClient>[] = [];

beforeEach(async () => {
  now = Date.now();
  server = await TestServer.start({ now: () => now });
  await server.admin('POST', 'flags', { key: 'users', type: 'migration' });
  await server.admin('POST', 'flags/users/environments/production/rollout', { stage: 'dual-write' });
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await server.stop();
});

/** A process that uses the migration, and has said so. */
async function use(instance: string) {
  const { url, serverKey: key } = server;
  const flags = createClient({ url, key, instance, application: 'shop', cache: false, logger: false });
  clients.push(flags);
  await flags.ready();
  const options = { read: SIDES, write: SIDES, defaultStage: 'off' } as const;
  await flags.migration('users', { targetingKey: 'ann' }, options).write(undefined);
  await flags.flush();
  return flags;
}

const archive = (body?: object, query = '') =>
  server.call('POST', `/api/v1/projects/default/flags/users/archive${query}`, body);

describe('a migration that is still asked for', () => {
  it('is not archived, and the answer says by whom', async () => {
    await use('web-1');
    await use('web-2');
    const { status, body } = await archive();
    expect(status).toBe(409);
    expect(body.error).toMatchObject({
      code: 'MIGRATION_IN_USE',
      message: '"users" is still asked for by web-1 (shop) in production, web-2 (shop) in production.',
      fix: expect.stringContaining('"force": true'),
      details: { count: 2, askers: [{ instance: 'web-1' }, { instance: 'web-2' }] },
    });
    expect((await archive({}, '?dryRun=true')).body.error.code).toBe('MIGRATION_IN_USE');
  });

  it('is archived by force, with a reason', async () => {
    await use('web-1');
    expect((await archive({ force: true })).body.error.code).toBe('REASON_REQUIRED');
    expect((await archive({ force: true, reason: 'it never was of use' })).status).toBe(200);
  });

  it('is archived as soon as those have ended who asked', async () => {
    await (await use('web-1')).close();
    expect((await archive()).status).toBe(200);
  });

  it('is not deleted by a revert of its creation either', async () => {
    await use('web-1');
    const { body } = await server.call('GET', '/api/v1/projects/default/flags/users/history');
    const [created] = body.items.filter(({ command }: { command: string }) => command === 'flag.create');
    const revert = (more: object) => server.call('POST', `/api/v1/changes/${created.revision}/revert`, more);
    expect((await revert({})).body.error.code).toBe('REVERT_CONFLICT');
    expect((await revert({ force: true })).body.error.code).toBe('REASON_REQUIRED');
  });

  it('nor archived by the revert of what brought it back', async () => {
    await archive();
    const { revision } = await server.admin('POST', 'flags/users/unarchive');
    await use('web-1');
    const { status, body } = await server.call('POST', `/api/v1/changes/${revision}/revert`, {});
    expect({ status, code: body.error.code }).toEqual({ status: 409, code: 'MIGRATION_IN_USE' });
  });
});

/** What an SDK that nobody sees reports: below a relay, or with another key. */
async function report(key: string, instance: string) {
  const path = { variation: 'dual-write', path: 'control', role: 'answer', operation: 'write', calls: 1, errors: {} };
  const none = { same: 0, different: 0, ignored: 0, failed: 0 };
  const { id } = await server.admin('GET', 'environments/production/instances');
  const launch = { flag: 'users', id, from: now, to: now, paths: [{ ...path, latency: [] }], compared: none };
  const batch = {
    batch: `${instance}-${now}`,
    launches: [{ ...launch, noise: none, shed: {}, clusters: [], instance }],
  };
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await server.sdk('/events', { method: 'POST', headers, body: JSON.stringify(batch) });
  expect(await response.json()).toEqual({});
}

describe('who counts as asking', () => {
  it('somebody below a relay, whom nobody sees go, for ten minutes', async () => {
    await report(server.serverKey, 'below-1');
    expect((await archive()).body.error.message).toBe('"users" is still asked for by below-1 in production.');
    now += 10 * 60_000;
    expect((await archive()).status).toBe(200);
  });

  it('nobody who has the key of browsers, which is public', async () => {
    await report(server.browserKey, 'page');
    expect((await archive()).status).toBe(200);
  });

  it('a flag of another type is archived, whoever asks', async () => {
    await server.admin('POST', 'flags', { key: 'engine', type: 'launch' });
    expect((await server.call('POST', '/api/v1/projects/default/flags/engine/archive')).status).toBe(200);
  });
});
