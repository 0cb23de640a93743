import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => /^[a-z-]+\/src\//.test(path) && existsSync(join(root, path)));

/** Phrases that readers stumbled over, and what to say instead: CONTRIBUTING.md. Why: decision 0185. */
const ORNAMENTS: readonly (readonly [RegExp, string])[] = [
  [/\bby (their|its|whose )?leave\b|\bleave of\b|\b(their|our) leave\b/i, 'with the rights of'],
  [/\bill will\b/i, 'an attacker'],
  [/\bstead\b/i, 'in place of, instead'],
  [/\bby (its|their|his|whose) (own )?word\b|\bown word\b/i, 'as it reports, as it names itself'],
  [/\bfellows?\b/i, 'peers'],
  [/\bdeeds?\b/i, 'command, change'],
  [/\b(is|are) dealt\b|\bdealt (afresh|alike)\b/i, 'bucketing, allocation'],
  [/\bwhoever (asks|leads|is signed in|has the (public )?key)\b/i, 'the caller, the leader, the person, the holder'],
  [/\bfarewell\b|\bbethinks?\b|\bwhence\b|\bhitherto\b|\bhenceforth\b|\blest\b/i, 'a plain word'],
];

it('comments have no ornaments: nouns before pronouns, the field’s term first', () => {
  const wrong = sources.flatMap((path) =>
    readFileSync(join(root, path), 'utf8')
      .split('\n')
      .flatMap((line, index) => {
        const comment = /^\s*(?:\*|\/\/|\/\*\*?)(.*)$/.exec(line)?.[1] ?? /\/\*\*(.*)\*\//.exec(line)?.[1] ?? '';
        return ORNAMENTS.filter(([pattern]) => pattern.test(comment)).map(
          ([pattern, instead]) => `${path}:${index + 1} "${pattern.exec(comment)?.[0]}": say ${instead}`,
        );
      }),
  );
  expect(wrong).toEqual([]);
});
