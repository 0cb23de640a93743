/** Copies the addresses that were there before both sides were written. */
import { type BackfillProgress, backfill } from '@dimmer/node';
import type Database from 'better-sqlite3';
import { copyOf } from './schema.ts';

const NAME = 'addresses';
const BATCH = 100;

/**
 * Goes on where an earlier run was stopped.
 *
 * @param perSecond at most so many users, for the sake of everybody else who writes
 */
export function copyAddresses(
  database: Database.Database,
  perSecond: number,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: BackfillProgress) => void } = {},
): Promise<BackfillProgress> {
  const page = database.prepare<[number], { id: number }>(
    `SELECT id FROM users WHERE id > ? ORDER BY id LIMIT ${BATCH}`,
  );
  const copy = database.prepare<[number]>(copyOf('?'));
  const load = database.prepare<[string], { cursor: string | null }>('SELECT cursor FROM backfills WHERE name = ?');
  const save = database.prepare<[string, string | null]>(
    'INSERT OR REPLACE INTO backfills (name, cursor) VALUES (?, ?)',
  );
  return backfill({
    perSecond,
    read(cursor) {
      const items = page.all(Number(cursor ?? 0)).map(({ id }) => id);
      // Who joins later than this is written to both sides.
      return { items, next: items.length < BATCH ? null : String(items.at(-1)) };
    },
    write: (id) => copy.run(id).changes > 0,
    loadCursor: () => load.get(NAME)?.cursor,
    saveCursor: (cursor) => save.run(NAME, cursor),
    ...options,
  });
}
