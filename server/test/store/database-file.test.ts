import { chmodSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '../../src/store/sqlite/database.ts';

let folder = '';
const opened: SqliteDatabase[] = [];
const open = (path: string) => {
  const database = SqliteDatabase.open(path);
  opened.push(database);
  return database;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dimmer-file-'));
});
afterEach(() => {
  for (const database of opened.splice(0)) database.close();
  rmSync(folder, { recursive: true });
});

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('A second server on one SQLite file is refused', () => {
  const prepare = {
    'a relative path': () => relative(process.cwd(), join(folder, 'real.db')),
    'a path with a detour': () => `${folder}/./x/../real.db`,
    'a link in the same folder': () => link('real.db', join(folder, 'link.db')),
    'a link to a link elsewhere': () =>
      link(link(join(folder, 'real.db'), join(folder, 'x', 'one')), join(folder, 'two')),
    'a link to the folder': () => join(link(folder, join(folder, 'x', 'folder')), 'real.db'),
  } as const;
  const link = (target: string, path: string) => {
    symlinkSync(target, path);
    return path;
  };

  it.each(Object.keys(prepare) as (keyof typeof prepare)[])('by %s, whichever is first', (how) => {
    mkdirSync(join(folder, 'x'));
    const other = prepare[how]();
    for (const [first, second] of [
      [other, join(folder, 'real.db')],
      [join(folder, 'real.db'), other],
    ] as const) {
      const database = open(first);
      expect(database.file).toBe(join(folder, 'real.db'));
      expect(() => open(second)).toThrow(expect.objectContaining({ code: 'STORE_LOCKED' }));
      database.close();
    }
  });

  it('by another name of the file itself, which has no log beside it', () => {
    const file = join(folder, 'real.db');
    open(file);
    linkSync(file, join(folder, 'hard.db'));
    expect(() => open(join(folder, 'hard.db'))).toThrow(
      expect.objectContaining({ code: 'STORE_UNAVAILABLE', message: expect.stringContaining('hard links') }),
    );
  });
});

describe('The files of a database', () => {
  it('are for nobody but the user that the server runs as', () => {
    const file = join(folder, 'new', 'deep', 'dimmer.db');
    const database = open(file);
    database.touch();
    for (const each of [file, `${file}-wal`, `${file}-shm`, `${file}.lock`]) expect(modeOf(each), each).toBe('600');
    for (const each of [join(folder, 'new'), join(folder, 'new', 'deep')]) expect(modeOf(each), each).toBe('700');
  });

  it('are closed to strangers if an older version has left them open', () => {
    const file = join(folder, 'dimmer.db');
    writeFileSync(file, '');
    chmodSync(file, 0o664);
    open(file);
    expect(modeOf(file)).toBe('660');
  });
});
