import { sql } from 'drizzle-orm';
import type { SqliteDatabase } from '../store/sqlite/database.ts';

/**
 * Writes to the database without changing it. Only a write that reaches the disk notices a full one, or one that has
 * become read-only; beginning a transaction does not.
 */
export async function probeSqlite({ drizzle }: SqliteDatabase): Promise<void> {
  drizzle.run(sql`UPDATE schema_version SET version = version`);
}
