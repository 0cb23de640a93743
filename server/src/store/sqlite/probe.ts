import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StoreError } from '../../change-log/store.ts';
import type { SqliteDatabase } from './database.ts';

// Why: decision 0085.
/** A change may hold a flag of 256 KiB, and is written twice, beside its place in the write-ahead log. */
const LEAST_FREE_BYTES = 1024 * 1024;

/**
 * Writes a number into the database's header that nobody reads. Only a write that reaches the disk notices one that has
 * become read-only or fails; beginning a transaction does not, nor does setting a row to what it is already: SQLite then
 * writes nothing. On a full disk so small a write still finds room in the write-ahead log that is there
 * already, and a change does not: so the room is asked for as well.
 *
 * @param freeBytes of the file system that a file is on
 * @throws StoreError what `SqliteDatabase.write` throws, or `STORE_FULL`
 */
export async function probeSqlite(
  database: SqliteDatabase,
  freeBytes: (file: string) => Promise<number> = freeBytesBeside,
): Promise<void> {
  const { memory, name } = database.drizzle.$client;
  database.touch();
  if (!memory && (await freeBytes(name)) < LEAST_FREE_BYTES)
    throw new StoreError('STORE_FULL', 'There is less than 1 MiB free on the disk of the database.');
}

async function freeBytesBeside(file: string): Promise<number> {
  const { bavail, bsize } = await statfs(dirname(file));
  return bavail * bsize;
}
