import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  changelogOf,
  documentOf,
  lockOf,
  manifestOf,
  problemsOf,
  RELEASED,
  type Release,
} from '../../scripts/release-files.ts';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { version: current, workspaces } = JSON.parse(read('package.json')) as { version: string; workspaces: string[] };

const READY: Release = {
  version: '1.2.3',
  current: '1.2.2',
  changelog: '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A thing.\n\n## [1.2.2] - 2026-01-01\n\n- Older.\n',
  repository: 'https://git.example/dimmer',
  uncommitted: [],
};

describe('a release', () => {
  it('can be made when there is something to release', () => {
    expect(problemsOf(READY)).toEqual([]);
    for (const version of ['1.2.3-rc.1', '1.3.0', '2.0.0', '1.10.0'])
      expect(problemsOf({ ...READY, version })).toEqual([]);
    expect(problemsOf({ ...READY, current: '1.2.3-rc.2' })).toEqual([]);
    expect(problemsOf({ ...READY, version: '1.2.3-rc.10', current: '1.2.3-rc.9' })).toEqual([]);
  });

  it.each([
    ['a version that is none', { version: 'v1.2.3' }, /no version.*Write it as/],
    ['the same version again', { version: '1.2.2' }, /not greater/],
    ['an older one', { version: '1.1.9' }, /not greater/],
    ['a candidate after its version', { version: '1.2.2-rc.1' }, /not greater/],
    [
      'nothing to tell',
      { changelog: '## [Unreleased]\n\n## [1.2.2] - 2026-01-01\n\n- Older.\n' },
      /Write there what users/,
    ],
    ['no section for what is new', { changelog: '## [1.2.2] - 2026-01-01\n' }, /Unreleased/],
    ['no address', { repository: undefined }, /Write "repository"/],
    ['work that is not committed', { uncommitted: ['a.ts'] }, /a\.ts.*Commit or remove/],
  ])('is refused for %s, with the fix', (_, part, fix) => {
    expect(problemsOf({ ...READY, ...part })).toEqual([expect.stringMatching(fix)]);
  });

  it('moves what is new into a section of its version', () => {
    expect(changelogOf(READY.changelog, '1.2.3', '2026-12-24')).toBe(
      READY.changelog.replace('## [Unreleased]\n', '## [Unreleased]\n\n## [1.2.3] - 2026-12-24\n'),
    );
  });

  it('raises every package and what they ask of each other, and nothing else', () => {
    const raised = (text: string) => JSON.stringify(JSON.parse(text)).replaceAll(`"${current}"`, '"9.9.9"');
    for (const folder of workspaces) {
      const text = read(`${folder}/package.json`);
      const made = manifestOf(text, '9.9.9');
      expect(JSON.parse(made).version).toBe('9.9.9');
      expect(JSON.stringify(JSON.parse(made))).toBe(raised(text));
    }
    const lock = JSON.parse(lockOf(read('package-lock.json'), '9.9.9'));
    for (const folder of ['', ...workspaces]) expect(lock.packages[folder].version, folder).toBe('9.9.9');
    const before = JSON.parse(read('package-lock.json'));
    const installed = Object.keys(before.packages).filter((path) => path.includes('node_modules/'));
    for (const path of installed) expect(lock.packages[path]).toEqual(before.packages[path]);
  });

  it('says in what users install where it comes from, and what it is about', () => {
    for (const folder of RELEASED) {
      const made = JSON.parse(
        manifestOf(read(`${folder}/package.json`), '9.9.9', { repository: READY.repository!, folder }),
      );
      expect(made.repository).toEqual({ type: 'git', url: 'git+https://git.example/dimmer.git', directory: folder });
      expect(made.homepage).toBe('https://git.example/dimmer#readme');
      expect(made.keywords.length).toBeGreaterThan(3);
      expect(made.files).toEqual(expect.arrayContaining(['LICENSE', 'README.md']));
      expect(made.private).toBe(false);
    }
  });

  it('keeps documents true that name a tarball', () => {
    for (const path of ['README.md', 'docs/cli.md']) {
      const made = documentOf(read(path), current, '9.9.9');
      expect(made).toMatch(/dimmer-\w+-9\.9\.9\.tgz/);
      expect(made).not.toContain(`${current}.tgz`);
    }
  });
});
