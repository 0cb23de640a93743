import { sql } from 'drizzle-orm';
import type { PostgresDatabase } from '../store/postgres/database.ts';
import { SCHEMA } from '../store/postgres/tables.ts';

/** Writes to the database without changing it: a standby, or one whose disk is full, answers reads as ever. */
export async function probePostgres(database: PostgresDatabase): Promise<void> {
  await database.attempt((db) =>
    db.execute(sql`UPDATE ${sql.identifier(SCHEMA)}.schema_version SET works_from = works_from`),
  );
}
