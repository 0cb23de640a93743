import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type NodeOptions } from '@dimmer/node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { snapshotOf, switchFlag, textFlag } from '../../client/test/fake/rules.ts';

const RULES = snapshotOf({ text: textFlag('blue'), __proto__x: switchFlag(true), ['__proto__']: switchFlag(true) });
const KEY = 'sdk_selector_verysecret';

let directory: string;
let server: FakeServer;
let logged: string[];
const logger = { warn: (line: string) => logged.push(line), error: (line: string) => logged.push(line) };

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dimmer-test-'));
  server = await FakeServer.start(RULES);
  logged = [];
});

afterEach(async () => {
  await server.close();
  await rm(directory, { recursive: true, force: true });
});

function open(options: Partial<NodeOptions> = {}) {
  return createClient({ url: server.url, key: KEY, cache: directory, logger, initTimeoutMs: 100, ...options });
}

/** Runs once with the server, so that the rules are kept. */
async function keep(options: Partial<NodeOptions> = {}): Promise<string> {
  const flags = open({ initTimeoutMs: 5_000, ...options });
  await flags.ready();
  await flags.close();
  const [name] = await readdir((options.cache as string) ?? directory);
  return join(directory, name ?? '');
}

/** What a new client decides before the server has said a word. */
async function askAlone(options: Partial<NodeOptions> = {}) {
  server.behaviours.stream = (_request, response) => response.writeHead(503).end();
  const flags = open(options);
  const { value, source } = flags.evaluate('text', 'default');
  await flags.close();
  return { value, source };
}

describe('rules that are kept in a file', () => {
  it('decide at once after a restart without a server', async () => {
    await keep();
    expect(await askAlone()).toEqual({ value: 'blue', source: 'cache' });
  });

  it('are all there, whatever the flags are named', async () => {
    const path = await keep();
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(RULES);
  });

  it('are readable by their owner alone, and show the key neither in name nor content', async () => {
    const path = await keep();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(path + (await readFile(path, 'utf8'))).not.toMatch(/selector|verysecret/);
    expect(await readdir(directory)).toHaveLength(1);
  });

  it('of another key or another server are not used', async () => {
    await keep();
    expect(await askAlone({ key: 'sdk_other_key' })).toEqual({ value: 'default', source: 'default' });
    expect(await askAlone({ url: `${server.url}/other` })).toEqual({ value: 'default', source: 'default' });
  });

  it.each([
    '',
    '{"schema":1,',
    'null',
    '\u0000\u0000',
    '{"schema":99,"hash":1,"id":"1.a","at":0,"flags":{},"segments":{}}',
  ])('and have been turned into %j are ignored', async (text) => {
    await writeFile(await keep(), text);
    expect(await askAlone()).toEqual({ value: 'default', source: 'default' });
    expect(logged.filter((line) => line.includes('CACHE_INVALID')).length).toBe(text === '' ? 0 : 1);
  });

  it('are not kept if the caller does not want it', async () => {
    await keep();
    expect(await askAlone({ cache: false })).toEqual({ value: 'default', source: 'default' });
  });

  it('where nothing can be written: one warning, and everything works from memory', async () => {
    const blocked = join(directory, 'file');
    await writeFile(blocked, '');
    const flags = open({ cache: blocked, initTimeoutMs: 5_000 });
    expect(await flags.ready()).toMatchObject({ ready: true });
    expect(flags.value('text', 'default')).toBe('blue');
    await flags.close();
    expect(logged.filter((line) => line.includes('CACHE_UNWRITABLE'))).toHaveLength(1);
  });

  it('of many flags are written in slices, and are whole', async () => {
    const flags = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`flag-${i}`, textFlag(`${i}`)]));
    server.snapshot = snapshotOf(flags, '9.c');
    const path = await keep();
    expect(Object.keys(JSON.parse(await readFile(path, 'utf8')).flags)).toHaveLength(5_000);
  });

  it('are written beside what a killed process has left behind, which is removed', async () => {
    const path = await keep();
    await writeFile(`${path}.1.dead`, '{');
    await utimes(`${path}.1.dead`, 0, 0);
    await writeFile(`${path}.2.busy`, '{');
    server.change({ text: textFlag('green') });
    await keep();
    expect((await readdir(directory)).filter((name) => !path.endsWith(name))).toEqual([
      expect.stringMatching(/2\.busy$/),
    ]);
  });

  it('by another user of the machine are not read', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('only root can give a file away');
    const path = await keep();
    await chown(path, 12345, 12345);
    await chmod(path, 0o644);
    expect(await askAlone()).toEqual({ value: 'default', source: 'default' });
  });
});
