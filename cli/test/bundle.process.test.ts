import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleCli } from '../../scripts/bundle-cli.ts';
import { ADMIN_TOKEN, TestServer } from '../../server/test/running-server.ts';
import { newFolder } from './command-line.ts';

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.admin('POST', 'flags', { key: 'theme' });
});
afterAll(() => server.stop());

/** Files that are read before a command begins. */
async function readAtStart(file: string, found = new Set<string>()): Promise<Set<string>> {
  if (found.has(file)) return found;
  found.add(file);
  const text = await readFile(file, 'utf8');
  for (const [, name] of text.matchAll(/(?:\bfrom|\bimport)\s*"(\.[^"]+)"/g)) {
    await readAtStart(join(dirname(file), name as string), found);
  }
  return found;
}

it('the bundle works where nothing else is installed, and reads YAML only for commands that need it', async () => {
  const folder = await newFolder();
  await bundleCli(join(folder, 'dist'));
  const main = join(folder, 'dist/main.js');
  const env = { PATH: process.env.PATH, HOME: folder, DIMMER_URL: server.url, DIMMER_TOKEN: ADMIN_TOKEN };
  const dimmer = async (...args: string[]) =>
    (await promisify(execFile)(process.execPath, [main, ...args], { cwd: folder, env })).stdout;

  expect(await dimmer('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(await dimmer('flags', 'list')).toContain('theme');
  expect(await dimmer('export', 'out')).toContain('1 flag and 0 segments in out');
  expect(await dimmer('plan', 'out')).toContain('Nothing to do');
  expect(await dimmer('generate')).toContain('"theme": boolean');

  const early = await readAtStart(main);
  const all = (await readdir(join(folder, 'dist'), { recursive: true })).filter((name) => name.endsWith('.js'));
  const withYaml = [];
  for (const name of all) {
    const text = await readFile(join(folder, 'dist', name), 'utf8');
    if (text.includes('tag:yaml.org')) withYaml.push(join(folder, 'dist', name));
  }
  expect(withYaml).toHaveLength(1);
  expect(early).not.toContain(withYaml[0]);
});
