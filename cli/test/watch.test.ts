import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { type Typed, type } from './command-line.ts';

let server: TestServer;
let flags = 0;

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

async function newFlag(): Promise<string> {
  const key = `flag-${++flags}`;
  await server.admin('POST', 'flags', { key });
  return key;
}

/** A watch of so many changes, once it is connected. */
async function watch(line: string, url = server.url): Promise<{ ended: Promise<Typed>; lines: string[] }> {
  const lines: string[] = [];
  let connected = () => {};
  const ready = new Promise<void>((resolve) => (connected = resolve));
  const ended = type(url, `watch ${line}`, {
    onOut: (text) => void lines.push(text),
    onErr: (text) => text.startsWith('Watching') && connected(),
  });
  await Promise.race([ready, ended]);
  return { ended, lines };
}

describe('a watch', () => {
  it('shows each change in a line, as it is committed', async () => {
    const flag = await newFlag();
    const { ended } = await watch('-n 2');
    await server.admin('POST', `flags/${flag}/environments/production/toggle`, { on: true, reason: 'for all' });
    await server.admin('POST', `flags/${flag}/environments/production/kill`, { reason: 'errors \u202e' });
    const { code, out, err } = await ended;
    expect(code).toBe(0);
    const [toggled, killed, ...rest] = out.trimEnd().split('\n');
    expect(toggled).toMatch(
      new RegExp(
        `^\\d{4}-\\d\\d-\\d\\d [\\d:]{8} +\\d+ +flag.toggle +${flag} +default/production +by DIMMER_ADMIN_TOKEN: for all$`,
      ),
    );
    expect(killed).toContain('flag.kill');
    expect(killed).toMatch(/errors$/);
    expect(rest).toEqual([]);
    expect(err).toMatch(/^Watching, from revision \d+\.\n$/);
  });

  it('gives machines one JSON object a line', async () => {
    const flag = await newFlag();
    const { ended } = await watch('-n 1 --json');
    const { revision } = await server.admin('POST', `flags/${flag}/environments/staging/toggle`, { on: true });
    expect(JSON.parse((await ended).out)).toMatchObject({ revision, command: 'flag.toggle', subject: flag });
  });

  it('shows only what is asked for: a project, an environment with what it shares, a flag', async () => {
    const [one, other] = [await newFlag(), await newFlag()];
    await server.call('POST', '/api/v1/projects', { key: `project-${flags}` });
    const [production, only, all] = await Promise.all([
      watch('-n 2 -e production --json'),
      watch(`-n 1 --flag ${other} --json`),
      watch('-n 4 --all --json'),
    ]);
    await server.call('PATCH', `/api/v1/projects/project-${flags}`, { description: 'elsewhere' });
    await server.admin('POST', `flags/${one}/environments/staging/toggle`, { on: true });
    await server.admin('POST', `flags/${one}/environments/production/toggle`, { on: true });
    await server.admin('PATCH', `flags/${other}`, { owner: 'ann' });
    const commands = async ({ ended }: { ended: Promise<Typed> }) =>
      (await ended).out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).command);
    expect(await commands(production)).toEqual(['flag.toggle', 'flag.update']);
    expect(await commands(only)).toEqual(['flag.update']);
    expect(await commands(all)).toEqual(['project.update', 'flag.toggle', 'flag.toggle', 'flag.update']);
  });

  it('leaves out nothing, and shows nothing twice, when the server was away', async () => {
    const flag = await newFlag();
    const toggle = (on: boolean) => server.admin('POST', `flags/${flag}/environments/production/toggle`, { on });
    const { ended, lines } = await watch('-n 4 --json');
    await toggle(true);
    await expect.poll(() => lines.length).toBe(1);
    await server.close();
    await server.resume();
    await toggle(false);
    await toggle(true);
    await toggle(false);
    const { out, err } = await ended;
    const revisions = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).revision);
    const [first] = revisions;
    expect(revisions).toEqual([first, first + 1, first + 2, first + 3]);
    expect(err).toMatch(/Not connected: .* Again in \d+\.\d s\.\n/);
  });

  it('ends where the server does not let it watch', async () => {
    const ended = await type(server.url, 'watch', { env: { DIMMER_TOKEN: 'a-wrong-token-of-twenty-characters' } });
    expect(ended).toMatchObject({ code: 1, err: expect.stringContaining('KEY_UNKNOWN') });
  });
});

describe('a doctor', () => {
  /** Hands everything on, and event streams only when they have ended: never. */
  async function bufferingProxy(): Promise<string> {
    const proxy = createServer(async ({ url = '', headers }, response) => {
      const { host: _host, connection: _connection, ...rest } = headers;
      const answer = await fetch(server.url + url, { headers: rest as Record<string, string> });
      const type = answer.headers.get('content-type') ?? '';
      response.writeHead(answer.status, { 'content-type': type });
      response.flushHeaders();
      if (type.startsWith('text/event-stream')) return response.on('close', () => void answer.body?.cancel());
      return response.end(await answer.text());
    });
    onTestFinished(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  }

  it('sees events stream', async () => {
    expect((await type(server.url, 'doctor')).out).toMatch(/good +events stream, the first within \d+ ms\n/);
  });

  it('finds a proxy that holds them back', async () => {
    const { code, out } = await type(await bufferingProxy(), 'doctor');
    expect(code).toBe(1);
    expect(out).toMatch(/good +the token is taken\nBAD +the event stream opens, and its first event does not come/);
  });
});
