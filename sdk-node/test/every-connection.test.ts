/** That a change is called complete only when every connection has said so. */
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { createClient } from '../src/index.ts';

const SOON = 10_000;

let server: TestServer;
/** Each test has a project, so that whoever is missed in one is missed in no other. */
let project: string;
let key: string;
let projects = 0;
const clients: ReturnType<typeof createClient>[] = [];

beforeAll(async () => {
  server = await TestServer.start();
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

afterAll(() => server.stop());

async function call(method: string, path: string, body?: unknown) {
  const { status, body: answer } = await server.call(method, `/api/v1/projects/${path}`, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  return answer;
}

async function newProject(): Promise<void> {
  project = `shop-${++projects}`;
  await server.call('POST', '/api/v1/projects', { key: project });
  await call('POST', `${project}/environments`, { key: 'live' });
  await call('POST', `${project}/flags`, { key: 'cart' });
  ({ token: key } = await call('POST', `${project}/environments/live/keys`, { kind: 'server' }));
}

async function connect(more: object = {}) {
  const client = createClient({ url: server.url, key, cache: false, logger: false, ...more });
  clients.push(client);
  await client.ready();
  return client;
}

const propagation = () => call('GET', `${project}/environments/live/propagation`);
const comesTo = (expected: object) =>
  vi.waitFor(async () => expect(await propagation()).toMatchObject(expected), { timeout: SOON, interval: 20 });
const kill = () => call('POST', `${project}/flags/cart/environments/live/kill`, { reason: 'errors' });

it('two clients of one name are two, in one process and in several', async () => {
  await newProject();
  await connect({ instance: 'pod' });
  await connect({ instance: 'pod' });
  await comesTo({ connected: 2, applied: 2, complete: true });
  await kill();
  await comesTo({ connected: 2, applied: 2, complete: true });
});

it('a client that hangs is not confirmed by another of its name', async () => {
  await newProject();
  const hung = await server.stream('?instance=pod&application=shop', { authorization: `Bearer ${key}` });
  await connect({ instance: 'pod', application: 'shop' });
  await kill();
  await comesTo({ connected: 2, applied: 1, pending: 1, complete: false });
  hung.close();
  await comesTo({ connected: 1, applied: 1, lost: 1, complete: false });
});

it('a client that ends of its own will is not missed', async () => {
  await newProject();
  await connect();
  const leaving = await connect();
  await comesTo({ connected: 2, complete: true });
  await leaving.close();
  await comesTo({ connected: 1, lost: 0, complete: true });
});

it('where nobody is connected, nothing is said to be applied', async () => {
  await newProject();
  const { propagation: found } = await call(
    'POST',
    `${project}/flags/cart/environments/live/kill?wait=applied&timeoutMs=50`,
    { reason: 'errors' },
  );
  expect(found).toMatchObject([{ connected: 0, applied: 0, complete: false }]);
});

it('a client that cannot take a ruleset says so where people look', async () => {
  await newProject();
  await connect({ instance: 'fine' });
  const stream = await server.stream('?instance=small&client=c1', { authorization: `Bearer ${key}` });
  await comesTo({ connected: 2 });
  await server.sdk('/events', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch: 'b', instance: 'small', client: 'c1', failure: { message: 'an event over 16 MiB' } }),
  });
  await comesTo({ complete: false, stragglers: [{ instance: 'small', failure: 'an event over 16 MiB' }] });
  const { items } = await call('GET', `${project}/environments/live/instances`);
  expect(items).toContainEqual(
    expect.objectContaining({
      instance: 'small',
      standing: 'failed',
      failure: expect.objectContaining({ message: 'an event over 16 MiB' }),
    }),
  );
  stream.close();
});

it('a client that polls is waited for, and what it says to hold counts', async () => {
  await newProject();
  await connect();
  await comesTo({ connected: 1, complete: true });
  const headers: Record<string, string> = { authorization: `Bearer ${key}` };
  const first = await server.sdk('/ruleset?instance=poller&client=p1', { headers });
  await comesTo({ connected: 2, applied: 1, pending: 1, complete: false });
  headers['if-none-match'] = first.headers.get('etag') ?? '';
  expect((await server.sdk('/ruleset?instance=poller&client=p1', { headers })).status).toBe(304);
  await comesTo({ connected: 2, applied: 2, complete: true });
});
