import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('the shape of the house', () => {
  const sources = tracked.filter((path) => /^[a-z-]+\/src\/.*\.tsx?$/.test(path));

  it('names every source file in kebab-case, and none as a grab-bag', () => {
    const wrong = sources.filter(
      (path) =>
        !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.tsx?$/.test(basename(path)) ||
        /^(utils?|helpers?|common|misc|types)\.ts$/.test(basename(path)),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps files short: over 350 lines a file says at its top why', () => {
    const wrong = sources.filter(
      (path) => read(path).split('\n').length > 350 && !/over 350 lines/i.test(read(path).slice(0, 1500)),
    );
    expect(wrong).toEqual([]);
  });

  it('has no broken link between its documents', () => {
    const broken = tracked
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...read(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)]*)?\)/g)]
          .map((match) => match[1] as string)
          .filter((target) => !existsSync(join(root, dirname(path), target)))
          .map((target) => `${path} → ${target}`),
      );
    expect(broken).toEqual([]);
  });

  it('names every folder of the top level in the architecture', () => {
    const folders = [
      ...new Set(tracked.filter((path) => path.includes('/')).map((path) => path.split('/')[0] as string)),
    ]
      .filter((folder) => !folder.startsWith('.') && !['docs', 'scripts'].includes(folder))
      .filter((folder) => !read('docs/architecture.md').includes(`\`${folder}/\``));
    expect(folders).toEqual([]);
  });

  it('names every folder of the server in the architecture', () => {
    const folders = [
      ...new Set(
        sources.filter((path) => /^server\/src\/[^/]+\//.test(path)).map((path) => path.split('/')[2] as string),
      ),
    ].filter((folder) => !read('docs/architecture.md').includes(`\`${folder}/\``));
    expect(folders).toEqual([]);
  });

  it('spreads no object literal into another: the compiler would not look for fields too many', () => {
    // `f({ a, typo })` is an error, `f({ ...{ a, typo } })` is not.
    const wrong = tracked
      .filter((path) => /\.tsx?$/.test(path))
      .flatMap((path) =>
        read(path)
          .split('\n')
          .flatMap((line, index) =>
            /^\s*(\*|\/\/)/.test(line) || !/\.{3}\{\s/.test(line) ? [] : [`${path}:${index + 1}`],
          ),
      );
    expect(wrong).toEqual([]);
  });
});
