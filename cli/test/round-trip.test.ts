import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { newFolder, type Typed, type } from './command-line.ts';
import { CONTEXTS, evaluations, makeRichProject } from './rich-project.ts';

let one: TestServer;
let other: TestServer;

beforeAll(async () => {
  [one, other] = await Promise.all([TestServer.start(), TestServer.start()]);
  await makeRichProject(one);
});
afterAll(() => Promise.all([one.stop(), other.stop()]));

async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const texts = await Promise.all(names.sort().map(async (name) => [name, await readFile(name, 'utf8')] as const));
  return Object.fromEntries(texts.map(([name, text]) => [name.slice(folder.length + 1), text]));
}

function good({ code, out, err }: Typed): string {
  if (code !== 0) throw new Error(`${code}: ${out}\n${err}`);
  return out;
}

describe('a project that goes through files to an empty server', () => {
  it('is the same there: file for file, byte for byte, and for every context', async () => {
    const [first, second, third] = [await newFolder(), await newFolder(), await newFolder()];
    good(await type(one.url, ['export', first, '-p', 'shop']));
    good(await type(one.url, ['export', second, '-p', 'shop']));
    const files = await filesOf(first);
    expect(await filesOf(second)).toEqual(files);
    expect(Object.keys(files)).toEqual([
      'dimmer.yaml',
      ...['__proto__', 'addresses', 'limit', 'new-checkout', 'price-engine', 'theme'].map((key) => `flags/${key}.yaml`),
      ...['empty', 'testers'].map((key) => `segments/${key}.yaml`),
    ]);

    const applied = good(await type(other.url, ['apply', first, '--yes', '--reason', 'moved']));
    expect(applied).toContain('+ project shop');
    good(await type(other.url, ['export', third, '-p', 'shop']));
    expect(await filesOf(third)).toEqual(files);

    const before = await evaluations(one);
    expect(await evaluations(other)).toEqual(before);
    // The question is worth asking: flags give more than one answer.
    const answers = (key: string) => new Set((before[key] as { variation: string }[]).map((each) => each.variation));
    for (const key of ['new-checkout', 'theme', 'limit', '__proto__', 'price-engine', 'addresses']) {
      expect(answers(`${key} in production`).size, key).toBeGreaterThan(1);
    }
    expect(CONTEXTS.length).toBeGreaterThan(40);

    const again = good(await type(other.url, ['plan', first, '--detailed-exitcode']));
    expect(again).toContain('Nothing to do: the server is as the files say.');
    good(await type(one.url, ['plan', third, '--detailed-exitcode']));
  });

  it('may have the largest segment that can be stored', async () => {
    const at = '/api/v1/projects/default/segments/vip';
    const keys = (list: string) => Array.from({ length: 10_000 }, (_, index) => `${list}-${index}-`.padEnd(180, 'x'));
    await one.call('POST', '/api/v1/projects/default/segments', { key: 'vip' });
    for (let from = 0; from < 10_000; from += 2_000) {
      const [include, exclude] = [keys('in'), keys('out')].map((all) => all.slice(from, from + 2_000));
      expect((await one.call('POST', `${at}/members`, { include, exclude })).status).toBe(200);
    }
    const folder = await newFolder();
    good(await type(one.url, ['export', folder]));
    good(await type(other.url, ['apply', folder, '--yes', '--reason', 'moved']));
    const { included, excluded } = (await other.call('GET', at)).body;
    expect({ included, excluded }).toEqual({ included: keys('in'), excluded: keys('out') });
  });
});
