import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

// Why: decision 0186.
/**
 * The floors of packages, the ground first. A folder, or a file of `src` itself, imports only from floors below its own,
 * types included: so there are no circles, and whoever reads from the ground up meets nothing unknown.
 */
const FLOORS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  server: [
    [
      'logger.ts',
      'turn.ts',
      'turns.ts',
      'version.ts',
      'cleaned.ts',
      'json-bytes.ts',
      'config-problem.ts',
      'public-url.ts',
      'garbage-limit.ts',
    ],
    ['misspelled-settings.ts', 'documents'],
    ['config.ts', 'changes'],
    ['state'],
    ['access', 'encoding'],
    ['commands'],
    ['change-log'],
    ['ruleset'],
    ['figures'],
    ['hub', 'health', 'keys', 'instances'],
    ['launches', 'evaluations'],
    ['http'],
    ['sign-in'],
    ['store', 'metrics', 'api'],
    ['nodes', 'sdk'],
    ['first-start.ts', 'adopt-tokens.ts', 'app.ts'],
    ['role.ts', 'welcome-text.ts', 'back-up-command.ts'],
    ['origin.ts', 'relay'],
    ['server.ts'],
    ['index.ts', 'main.ts'],
  ],
  cli: [
    ['version.ts', 'text'],
    ['api'],
    ['command-world.ts'],
    ['folder', 'following'],
    ['plan'],
    ['apply', 'generate', 'completion'],
    ['commands'],
    ['program.ts'],
    ['main.ts'],
  ],
  dashboard: [
    ['style-nonce.ts', 'theme.ts', 'app.css'],
    ['api'],
    ['sentences'],
    ['drafts'],
    ['elements'],
    ['propagation', 'history', 'access'],
    ['conditions'],
    ['pages'],
    ['shell'],
    ['app.tsx'],
    ['main.tsx'],
  ],
};

/** The room of a path: a folder, or a file beside the folders. */
const roomOf = (path: string): string => path.split('/')[0] as string;

const filesBelow = (sources: string): string[] =>
  readdirSync(sources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(sources, join(entry.parentPath, entry.name)));

describe.each(Object.entries(FLOORS))('the floors of %s', (name, floors) => {
  const sources = new URL(`../../${name}/src/`, import.meta.url).pathname;
  const floorOf = new Map(floors.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)));
  const files = filesBelow(sources);

  it('have a place for every folder and every file beside the folders', () => {
    const rooms = new Set(files.map(roomOf));
    expect([...rooms].filter((room) => !floorOf.has(room))).toEqual([]);
    expect([...floorOf.keys()].filter((room) => !existsSync(join(sources, room)))).toEqual([]);
  });

  it('rest on the floors below them, and on nothing else', () => {
    const wrong: string[] = [];
    for (const path of files) {
      const source = readFileSync(join(sources, path), 'utf8');
      for (const [, specifier = ''] of source.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
        const [room, other] = [roomOf(path), roomOf(join(dirname(path), specifier))];
        if (room === other || (floorOf.get(other) ?? 0) < (floorOf.get(room) ?? 0)) continue;
        wrong.push(`${path} → ${specifier}: "${other}" is not below "${room}"`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

it('pages of the dashboard know nothing of each other: what two of them share has a room of its own', () => {
  const pages = new URL('../../dashboard/src/pages/', import.meta.url).pathname;
  const shared = filesBelow(pages).flatMap((path) => {
    const source = readFileSync(join(pages, path), 'utf8');
    return [...source.matchAll(/\bfrom '(\.[^']+)'/g)]
      .map(([, specifier = '']) => join(dirname(path), specifier))
      .filter((other) => !other.startsWith('..') && roomOf(other) !== roomOf(path))
      .map((other) => `${path} → ${other}`);
  });
  expect(shared).toEqual([]);
});

it('keys of queries are named in one file of the dashboard, so that what is read is what a change makes stale', () => {
  const sources = new URL('../../dashboard/src/', import.meta.url).pathname;
  const others = filesBelow(sources).filter((path) => /queryKey: *\[/.test(readFileSync(join(sources, path), 'utf8')));
  expect(others).toEqual([]);
});
