/** The last stages of migrations on a disk: what a process knows that starts while the server is away. */
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type NodeOptions } from '@dimmer/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { snapshotOf } from '../../client/test/fake/rules.ts';
import { migrationFlag } from '../../client/test/fake/shadow-stage.ts';

const SIDES = { old: () => 'old', new: () => 'new' };

let directory: string;
let server: FakeServer;
let logged: string[];
const logger = { warn: (line: string) => logged.push(line), error: (line: string) => logged.push(line) };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dimmer-test-'));
  server = await FakeServer.start(snapshotOf({ users: migrationFlag('live') }));
  logged = [];
});

afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

const open = (options: Partial<NodeOptions> = {}) =>
  createClient({ url: server.url, key: 'sdk_one', cache: directory, logger, initTimeoutMs: 100, ...options });
const stageIn = (flags: ReturnType<typeof open>, flag = 'users') =>
  flags.migration(flag, {}, { read: SIDES, write: SIDES, defaultStage: 'dual-write' }).stage;
const stageFiles = async () => (await readdir(directory)).filter((name) => name.endsWith('.stage'));

/** Runs once with the server, so that the stage is kept. */
async function know(options: Partial<NodeOptions> = {}): Promise<void> {
  const flags = open({ initTimeoutMs: 60_000, ...options });
  await flags.ready();
  stageIn(flags);
  await flags.close();
}

/** The stage of a process that starts alone. */
async function stageAlone(options: Partial<NodeOptions> = {}): Promise<string> {
  server.behaviours.stream = (_request, response) => response.writeHead(503).end();
  const flags = open(options);
  const stage = stageIn(flags);
  await flags.close();
  return stage;
}

describe('the last stage of a migration', () => {
  it('is known after a restart, when rules are kept that do not have the flag any more', async () => {
    await know();
    server.snapshot = snapshotOf({}, '2.000000000002');
    const flags = open({ initTimeoutMs: 60_000 });
    await flags.ready();
    expect(stageIn(flags)).toBe('live');
    await flags.close();
    expect(await stageAlone()).toBe('live');
  });

  it('is known after a restart without any rules', async () => {
    await know();
    const [rules] = (await readdir(directory)).filter((name) => name.endsWith('.json'));
    await rm(join(directory, rules ?? ''));
    expect(await stageAlone()).toBe('live');
  });

  it('of another key, another server or another flag is not', async () => {
    await know();
    expect(await stageAlone({ key: 'sdk_two' })).toBe('dual-write');
    expect(await stageAlone({ url: `${server.url}/other` })).toBe('dual-write');
    const flags = open();
    expect(stageIn(flags, 'others')).toBe('dual-write');
    await flags.close();
  });

  it('is not kept where nothing shall be', async () => {
    await know({ cache: false });
    expect(await readdir(directory)).toEqual([]);
    expect(await stageAlone({ cache: false })).toBe('dual-write');
  });

  it('is read from a disk that cannot be written, and the log says so once', async () => {
    await know();
    const [rules] = (await readdir(directory)).filter((name) => name.endsWith('.json'));
    await rm(join(directory, rules ?? ''));
    // Whoever runs as root may write where nobody may.
    const path = join(directory, 'file');
    await writeFile(path, '');
    await chmod(directory, 0o500);
    expect(await stageAlone()).toBe('live');
    await chmod(directory, 0o700);
    server.behaviours.stream = undefined;
    await know({ cache: path });
    expect(logged.filter((line) => line.includes('CACHE_UNWRITABLE'))).toHaveLength(1);
  });

  it('is kept by several processes in one place, and none loses what another has written', async () => {
    server.snapshot = snapshotOf({ users: migrationFlag('live'), others: migrationFlag('shadow') });
    const [one, two] = [open({ initTimeoutMs: 60_000 }), open({ initTimeoutMs: 60_000 })];
    await Promise.all([one.ready(), two.ready()]);
    stageIn(one, 'users');
    stageIn(two, 'others');
    await vi.waitFor(async () => expect(await stageFiles()).toHaveLength(2));
    await Promise.all([one.close(), two.close()]);
    server.behaviours.stream = (_request, response) => response.writeHead(503).end();
    const flags = open();
    expect([stageIn(flags, 'users'), stageIn(flags, 'others')]).toEqual(['live', 'shadow']);
    await flags.close();
  });

  it('is in a file of its owner alone, which shows no key', async () => {
    await know();
    const [name] = await stageFiles();
    expect((await stat(join(directory, name ?? ''))).mode & 0o777).toBe(0o600);
    expect(name).not.toMatch(/sdk_one/);
  });
});
