import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS, FENCED_BLOCKS, placeOf, root } from './fenced-blocks.ts';

/** Which test of this folder, or of a package, takes the blocks of a language. */
const TAKEN: Readonly<Record<string, string>> = {
  ts: 'test/docs/code-blocks.test.ts compiles them',
  sh: 'test/docs/shell-blocks.test.ts runs them',
  json: 'test/docs/json-blocks.test.ts compares them with what a server says, or sends them',
  sql: 'server/test/postgres/log-keeper.test.ts runs it',
  yaml: 'cli/test/docs.test.ts applies them; the commands of the pipeline are run by shell-blocks.test.ts',
  text: 'what a program has printed, once; examples/test/ runs those programs and asserts what they say',
};

describe('the documentation', () => {
  it('has no block that nobody runs, compiles or compares', () => {
    expect(FENCED_BLOCKS.length).toBeGreaterThan(40);
    const untaken = FENCED_BLOCKS.filter(({ language }) => !Object.hasOwn(TAKEN, language));
    expect(untaken.map((block) => `${placeOf(block)} ${block.language || '(no language)'}`)).toEqual([]);
    const withCode = FENCED_BLOCKS.filter(({ language }) => language === 'sql' || language === 'yaml');
    expect(new Set(withCode.map(({ file }) => file))).toEqual(new Set(['docs/security.md', 'docs/cli.md']));
  });

  it('names only scripts and files that are there, in sources too', () => {
    const scripts = (folder: string): Set<string> =>
      new Set(Object.keys(JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).scripts ?? {}));
    const own = scripts('.');
    const parts = new Set(['server', 'cli', 'sdk']);
    const wrong: string[] = [];
    for (const file of [...DOCUMENTS, 'dashboard/vite.config.ts', 'scripts/build.ts', 'scripts/build-sdk.ts']) {
      const text = readFileSync(join(root, file), 'utf8');
      for (const [said, script, workspace] of text.matchAll(/\bnpm run ([a-z][\w:-]*)(?: -w ([\w-]+))?/g)) {
        if (!(workspace ? scripts(workspace) : own).has(script as string)) wrong.push(`${file}: ${said}`);
      }
      for (const [said, part] of text.matchAll(/\bnpm run build -- ([a-z]+)/g)) {
        if (!parts.has(part as string)) wrong.push(`${file}: ${said}`);
      }
      for (const [said, path] of text.matchAll(/\bnpx (?:tsx|vitest run) ([\w./-]+)/g)) {
        // vitest takes the beginning of a path, too.
        const folder = join(root, dirname(path as string));
        const begins = (name: string) => name.startsWith(basename(path as string));
        if (!existsSync(folder) || !readdirSync(folder).some(begins)) wrong.push(`${file}: ${said}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
