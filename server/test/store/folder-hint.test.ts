import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderHint } from '../../src/store/sqlite/folder-hint.ts';

const folder = mkdtempSync(join(tmpdir(), 'dimmer-hint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('A folder that the database cannot be made in', () => {
  const file = join(folder, 'dimmer.db');

  it('is said to be another user’s, with what to do, only if that is the trouble', () => {
    const hint = folderHint(file, 54_321, () => false);
    expect(hint).toContain(`${folder} belongs to user ${statSync(folder).uid}, and this process runs as user 54321`);
    expect(hint).toContain('chown 54321');
    expect(folderHint(file)).toBe('');
    expect(folderHint(file, statSync(folder).uid)).toBe('');
    expect(folderHint(join(folder, 'not-there', 'dimmer.db'), 1000)).toBe('');
    // Whoever may write into it all the same has no such trouble.
    expect(folderHint(file, 54_321, () => true)).toBe('');
  });
});
