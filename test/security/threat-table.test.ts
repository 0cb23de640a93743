import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const text = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** Threats, by number, with what is said to show that they are met. */
const rows = [...text.matchAll(/^\| (T\d+) \|(.*)\|$/gm)].map(([, threat = '', rest = '']) => {
  const [, , shown = '', result = ''] = rest.split('|').map((cell) => cell.trim());
  const tests = [...shown.matchAll(/`([^`]+\.test\.ts)`: ((?:"[^"]+"(?:, )?)+)/g)].flatMap(
    ([, file = '', titles = '']) => [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => ({ file, title })),
  );
  return { threat, tests, result };
});

describe('The table of threats', () => {
  it('has every threat once', () => {
    const numbers = [...Array.from({ length: 16 }, (_, index) => index + 1), 19, 20, 21, 22, 23, 26];
    expect(rows.map(({ threat }) => threat)).toEqual(numbers.map((number) => `T${number}`));
  });

  it('names tests that there are, for each threat that can arise', () => {
    const missing = rows.flatMap(({ threat, tests }) =>
      tests
        .filter(
          ({ file, title }) => !existsSync(join(root, file)) || !readFileSync(join(root, file), 'utf8').includes(title),
        )
        .map(({ file, title }) => `${threat}: ${file}: ${title}`),
    );
    expect(missing).toEqual([]);
    const bare = rows.filter(({ tests, result }) => tests.length === 0 && !result.startsWith('does not arise'));
    expect(bare.map(({ threat }) => threat)).toEqual([]);
    expect(rows.flatMap(({ tests }) => tests).length).toBeGreaterThan(50);
  });
});
