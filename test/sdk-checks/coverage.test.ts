import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REMARKS, SECTIONS } from './checks.ts';
import { ELSEWHERE } from './elsewhere.ts';
import { numbersOf } from './numbered-tests.ts';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(root + path, 'utf8');

const all = SECTIONS.flatMap(({ checks }) => Object.keys(checks).map(Number));
const files = ['test/sdk-checks', 'test/browser'].flatMap((folder) =>
  readdirSync(root + folder)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`),
);

/** Every title in the files whose tests say their number. */
const titled = files.flatMap((file) =>
  [...read(file).matchAll(/\(\s*(['`"])(\d.*?)\1,/gs)].flatMap(([, , title = '']) => numbersOf(title)),
);

describe('the checks that an SDK must pass', () => {
  it('are numbered from 1 to 98', () => {
    expect(all).toEqual(Array.from({ length: 98 }, (_, index) => index + 1));
  });

  it('each have a test that says its number, or one elsewhere that is listed', () => {
    expect(all.filter((number) => !titled.includes(number) && ELSEWHERE[number] === undefined)).toEqual([]);
  });

  it('are listed with tests that are there', () => {
    const missing = Object.values(ELSEWHERE)
      .flat()
      .filter(([file, title]) => !existsSync(root + file) || !read(file).includes(title))
      .map(([file, title]) => `${file}: ${title}`);
    expect(missing).toEqual([]);
  });

  it('have remarks about themselves only', () => {
    expect(Object.keys(REMARKS).filter((number) => !all.includes(Number(number)))).toEqual([]);
  });
});
