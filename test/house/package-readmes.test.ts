import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { workspaces } = JSON.parse(read('package.json')) as { workspaces: string[] };

/** What a newcomer to a package has to know. Users of a published one read what stands above. */
const PARTS = ['Key files', 'May import', 'Tests', 'Pitfalls'] as const;

/** What stands behind `**Key files**`, up to the next part. */
function partOf(readme: string, part: string): string {
  return readme.split(`**${part}**`)[1]?.split(/^\*\*\w/m)[0] ?? '';
}

/** The packages of ours that the sources of a package import. */
function importsOf(folder: string): string[] {
  const sources = join(root, folder, 'src');
  if (!existsSync(sources)) return [];
  const texts = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => readFileSync(join(sources, name), 'utf8'));
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/from '(@dimmer\/[\w-]+)/g)].map(([, name]) => name)))]
    .filter((name) => name !== undefined)
    .sort();
}

describe('the README of a package', () => {
  it('is there', () => {
    expect(workspaces.filter((folder) => !existsSync(join(root, folder, 'README.md')))).toEqual([]);
  });

  it.each(workspaces)(
    'of %s says which files matter, what may be imported, how to test, and what goes wrong',
    (folder) => {
      const readme = read(`${folder}/README.md`);
      expect(PARTS.filter((part) => partOf(readme, part).trim().length < 10)).toEqual([]);
    },
  );

  it.each(workspaces)('of %s names files that are there', (folder) => {
    const readme = read(`${folder}/README.md`);
    const key = [...partOf(readme, 'Key files').matchAll(/`([\w./-]+\.tsx?|[\w-]+\/)`/g)].map(
      ([, path]) => path as string,
    );
    expect(key.length).toBeGreaterThan(0);
    // From its own folder, or from the root.
    expect(key.filter((path) => ![folder, '.'].some((from) => existsSync(join(root, from, path))))).toEqual([]);
    const others = [...readme.matchAll(/`(src\/[\w./-]+)`/g)].map(([, path]) => path as string);
    expect(others.filter((path) => !existsSync(join(root, folder, path)))).toEqual([]);
  });

  it.each(workspaces)('of %s names the packages that it imports', (folder) => {
    const said = partOf(read(`${folder}/README.md`), 'May import');
    if (/\beverything\b/.test(said)) return;
    expect(importsOf(folder).filter((name) => !said.includes(`\`${name}\``))).toEqual([]);
  });
});
