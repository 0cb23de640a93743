import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

// Why: decision 0186.
const sources = new URL('../../server/src/', import.meta.url).pathname;

/**
 * The floors of the server, the ground first. A folder, or a file of `server/src` itself, imports only from floors below
 * its own, types included: so there are no circles, and whoever reads from the ground up meets nothing unknown.
 */
const FLOORS: readonly (readonly string[])[] = [
  [
    'logger.ts',
    'turn.ts',
    'turns.ts',
    'version.ts',
    'cleaned.ts',
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
  ['hub', 'health', 'keys', 'figures', 'instances'],
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
];

const floorOf = new Map(FLOORS.flatMap((names, floor) => names.map((name) => [name, floor] as const)));

/** A folder, or a file beside the folders. */
const roomOf = (path: string): string => relative(sources, path).split('/')[0] as string;

const files = readdirSync(sources, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name));

describe('the floors of the server', () => {
  it('have a place for every folder and every file beside the folders', () => {
    const rooms = new Set(files.map(roomOf));
    expect([...rooms].filter((room) => !floorOf.has(room))).toEqual([]);
    expect([...floorOf.keys()].filter((room) => !existsSync(join(sources, room)))).toEqual([]);
  });

  it('rest on the floors below them, and on nothing else', () => {
    const wrong: string[] = [];
    for (const path of files) {
      const room = roomOf(path);
      for (const [, specifier = ''] of readFileSync(path, 'utf8').matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
        const other = roomOf(join(dirname(path), specifier));
        if (room === other || (floorOf.get(other) ?? 0) < (floorOf.get(room) ?? 0)) continue;
        wrong.push(`${relative(sources, path)} → ${specifier}: "${other}" is not below "${room}"`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
