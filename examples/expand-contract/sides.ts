/** Asks the database itself whether old columns and new table agree, for all users at once, while they are written. */
import { setTimeout as delay } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { BEHIND, DIFFERENT } from './schema.ts';

/** A write is on both sides in less than this. */
const UNDER_WAY_MS = 200;

export async function compareSides(database: Database.Database): Promise<string> {
  const behind = database.prepare<[], { id: number; address_ticket: number }>(BEHIND);
  const different = countOf(database, DIFFERENT);
  const before = new Map(behind.all().map(({ id, address_ticket }) => [id, address_ticket]));
  await delay(UNDER_WAY_MS);
  // Who is behind the same ticket still is not being written, but has been forgotten.
  const forgotten = behind.all().filter(({ id, address_ticket }) => before.get(id) === address_ticket);
  return `both sides: ${different} different, ${forgotten.length} behind`;
}

/** @param sql a `SELECT count(*) AS count …` */
export function countOf(database: Database.Database, sql: string): number {
  return (database.prepare(sql).get() as { count: number }).count;
}
