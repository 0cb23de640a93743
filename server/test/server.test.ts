import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { readConfig } from '../src/config.ts';
import type { Welcome } from '../src/first-start.ts';
import { type RunningServer, startServer } from '../src/server.ts';
import { welcomeText } from '../src/welcome-text.ts';
import { ADMIN_TOKEN, TestServer } from './running-server.ts';

const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

async function start(...parameters: Parameters<typeof TestServer.start>): Promise<TestServer> {
  const server = await TestServer.start(...parameters);
  undo.push(() => server.stop());
  return server;
}

/** A server without a configured admin token, so that it makes one. */
async function startBare(folder: string, announce?: (welcome: Welcome, url: string) => void): Promise<RunningServer> {
  const outcome = readConfig({ PORT: '0', DATABASE_URL: `file:${folder}/dimmer.db`, DIMMER_DRAIN_MS: '0' });
  if (!outcome.ok) throw new Error('unexpected');
  const server = await startServer(outcome.config, announce ? { announce } : {});
  undo.push(() => server.close());
  return server;
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dimmer-test-'));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('the first start', () => {
  it('makes a project with three environments, and a key of each kind for each', async () => {
    const { welcome } = await startBare(await temporaryFolder());
    expect(welcome?.project).toBe('default');
    expect(welcome?.adminToken).toMatch(/^adm_/);
    expect(welcome?.environments.map(({ environment }) => environment)).toEqual([
      'development',
      'staging',
      'production',
    ]);
    for (const { serverKey, browserKey } of welcome?.environments ?? []) {
      expect(serverKey).toMatch(/^sdk_/);
      expect(browserKey).toMatch(/^web_/);
    }
  });

  it('makes no admin token if one is configured', async () => {
    const folder = await temporaryFolder();
    const outcome = readConfig({ PORT: '0', DATABASE_URL: `file:${folder}/d.db`, DIMMER_ADMIN_TOKEN: ADMIN_TOKEN });
    if (!outcome.ok) throw new Error('unexpected');
    const server = await startServer(outcome.config);
    undo.push(() => server.close());
    expect(server.welcome?.adminToken).toBeNull();
    expect(welcomeText(server.welcome as Welcome, server.url)).not.toContain(ADMIN_TOKEN);
  });

  it('happens once', async () => {
    const folder = await temporaryFolder();
    const first = await startBare(folder);
    await first.close();
    const second = await startBare(folder);
    expect(second.welcome).toBeNull();
    const headers = { authorization: `Bearer ${first.welcome?.adminToken}` };
    expect((await fetch(`${second.url}/api/v1/projects`, { headers })).status).toBe(200);
  });

  it('happens again if the server died before it had shown the tokens, and locks nobody out', async () => {
    const folder = await temporaryFolder();
    const died = startBare(folder, () => {
      throw new Error('died');
    });
    await expect(died).rejects.toThrow('died');
    const { welcome, url } = await startBare(folder);
    expect(welcome?.environments).toHaveLength(3);
    const headers = { authorization: `Bearer ${welcome?.adminToken}` };
    expect((await fetch(`${url}/api/v1/projects`, { headers })).status).toBe(200);
  });
});

describe('starting', () => {
  it('is refused to a second server on the same file, which says the fix; the first goes on', async () => {
    const folder = await temporaryFolder();
    const first = await startBare(folder);
    await expect(startBare(folder)).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: expect.stringMatching(/Another Dimmer server is using .* Stop it first, or .* DATABASE_URL/),
    });
    expect((await fetch(`${first.url}/health/ready`)).status).toBe(200);
  });

  it('is refused on a port that is taken, and lets go of the database', async () => {
    const first = await startBare(await temporaryFolder());
    const folder = await temporaryFolder();
    const outcome = readConfig({ PORT: new URL(first.url).port, DATABASE_URL: `file:${folder}/dimmer.db` });
    if (!outcome.ok) throw new Error('unexpected');
    await expect(startServer(outcome.config)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining('set PORT to another one'),
    });
    await startBare(folder);
  });
});

describe('a restart', () => {
  it('keeps every change, and a replica that was up to date still is', async () => {
    const server = await start();
    await server.admin('POST', 'flags', { key: 'checkout', type: 'boolean' });
    const { id } = await (await server.sdk('/ruleset')).json();
    await server.restart();
    const stream = await server.stream('', { authorization: `Bearer ${server.serverKey}`, 'last-event-id': id });
    await vi.waitFor(() => expect(stream.named('ping')).toHaveLength(1));
    expect(stream.named('snapshot')).toEqual([]);
    expect(stream.last?.data.id).toBe(id);
  });
});

describe('going down', () => {
  it('says goodbye to streams, refuses new connections, and ends', async () => {
    const server = await start();
    const streams = await Promise.all(Array.from({ length: 20 }, () => server.stream()));
    await vi.waitFor(() => expect(streams.every((stream) => stream.named('ping').length === 1)).toBe(true));
    await server.close();
    await vi.waitFor(() => expect(streams.every(({ ended }) => ended)).toBe(true));
    for (const stream of streams) {
      expect(stream.last).toMatchObject({ event: 'goodbye', data: { reconnectInMs: expect.any(Number) } });
    }
    await expect(fetch(`${server.url}/health/live`)).rejects.toThrow();
  });

  it('waits for nobody who holds an idle connection', async () => {
    const server = await start();
    const { hostname, port } = new URL(server.url);
    const idle = connect(Number(port), hostname);
    await new Promise((resolve) => idle.once('connect', resolve));
    const cut = new Promise((resolve) => idle.resume().once('close', resolve));
    await server.close();
    await cut;
  });

  it('keeps counts of evaluations that were not written yet', async () => {
    const server = await start();
    const { id } = await server.admin('POST', 'flags', { key: 'checkout', type: 'boolean' });
    const counts = [{ flag: 'checkout', variation: 'on', count: 7 }];
    await server.sdk('/events', {
      method: 'POST',
      headers: { authorization: `Bearer ${server.serverKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch: 'b', summaries: [{ id, from: Date.now(), to: Date.now(), counts }] }),
    });
    await server.restart();
    const { items } = await server.admin('GET', 'flags/checkout/environments/production/evaluations');
    expect(items).toMatchObject([{ variation: 'on', count: 7 }]);
  });
});

describe('the bare address', () => {
  it('tells a program what this is, and where to go on', async () => {
    const server = await TestServer.start();
    const answer = await fetch(server.url);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(/^This is a Dimmer server\. .*\/openapi\.json.*\/health\/ready\n$/);
    await server.stop();
  });
});

describe('health', () => {
  it('is live and ready', async () => {
    const server = await start();
    expect(await (await fetch(`${server.url}/health/live`)).json()).toEqual({ status: 'live' });
    expect(await (await fetch(`${server.url}/health/ready`)).json()).toEqual({ status: 'ready' });
  });
});

describe('metrics', () => {
  it('are for the holder of the metrics token or an admin', async () => {
    const metricsToken = 'a-metrics-token-for-tests';
    const server = await start({ env: { DIMMER_METRICS_TOKEN: metricsToken } });
    const read = (token?: string) =>
      fetch(`${server.url}/metrics`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
    expect((await read(metricsToken)).status).toBe(200);
    expect((await read(ADMIN_TOKEN)).status).toBe(200);
    expect((await read()).status).toBe(401);
    expect((await read(server.serverKey)).status).toBe(403);
    const admin = await server.call('GET', '/api/v1/projects', undefined, { authorization: `Bearer ${metricsToken}` });
    expect(admin.status).toBe(401);
  });

  it('count requests by route, never by path, and changes by command', async () => {
    const server = await start();
    await server.admin('POST', 'flags', { key: 'checkout', type: 'boolean' });
    await server.call('GET', '/some/path/that/is/nowhere');
    const { body } = await server.call('GET', '/metrics');
    expect(body).toContain(
      'dimmer_http_request_duration_seconds_count{method="POST",route="/api/v1/projects/:project/flags",status="201"} 1',
    );
    expect(body).toContain('route="none",status="404"');
    expect(body).not.toContain('nowhere');
    expect(body).toContain('dimmer_changes_total{command="flag.create"} 1');
    expect(body).toContain('nodejs_eventloop_lag_seconds');
  });

  it('of two servers in one process are apart', async () => {
    const [one, other] = [await start(), await start()];
    await one.admin('POST', 'flags', { key: 'checkout', type: 'boolean' });
    expect(await one.metric('dimmer_changes_total{command="flag.create"}')).toBe(1);
    expect(await other.metric('dimmer_changes_total{command="flag.create"}')).toBeNaN();
  });
});
