import { sql } from 'drizzle-orm';
import type { PostgresDatabase } from './database.ts';
import { headTable, SCHEMA } from './tables.ts';

/** Less than readiness waits for an answer. A commit holds the head for milliseconds. */
const LOCK_MS = 500;

/**
 * Writes to the database without changing it: a standby, or one whose disk is full, answers reads as ever. And takes the
 * lock that every commit takes, for a moment: a session that holds it holds up all changes.
 *
 * @throws StoreError `STORE_HELD` if somebody holds it
 */
export async function probePostgres(database: PostgresDatabase): Promise<void> {
  await database.transaction(
    async (db) => {
      await db.execute(sql`SELECT FROM ${headTable} FOR UPDATE`);
      await db.execute(sql`UPDATE ${sql.identifier(SCHEMA)}.schema_version SET works_from = works_from`);
    },
    { lockMs: LOCK_MS, isAside: true },
  );
}
