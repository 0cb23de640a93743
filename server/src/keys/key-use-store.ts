import { inArray, sql } from 'drizzle-orm';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { PostgresDatabase } from '../store/postgres/database.ts';
import { keyUsesTable as postgresTable } from '../store/postgres/tables.ts';
import type { SqliteDatabase } from '../store/sqlite/database.ts';

/** When a key was last used, ms since 1970. */
interface KeyUse {
  readonly selector: string;
  readonly atMs: number;
}

/** Keeps when keys were last used. Beside the log: a use is no change, and there are thousands a second. */
export interface KeyUseStore {
  put(uses: readonly KeyUse[]): Promise<void>;
  /** Those of these keys that were ever used. */
  read(selectors: readonly string[]): Promise<readonly KeyUse[]>;
}

const sqliteKeyUses = sqliteTable('key_uses', {
  selector: text().primaryKey(),
  atMs: integer('at_ms').notNull(),
});

export function sqliteKeyUse(database: SqliteDatabase): KeyUseStore {
  const set = { atMs: sql`max(${sqliteKeyUses.atMs}, excluded.at_ms)` };
  return {
    async put(uses) {
      if (uses.length === 0) return;
      const target = sqliteKeyUses.selector;
      database.write(() =>
        database.drizzle
          .insert(sqliteKeyUses)
          .values([...uses])
          .onConflictDoUpdate({ target, set })
          .run(),
      );
    },
    async read(selectors) {
      return database.drizzle
        .select()
        .from(sqliteKeyUses)
        .where(inArray(sqliteKeyUses.selector, [...selectors]))
        .all();
    },
  };
}

export function postgresKeyUse(database: PostgresDatabase): KeyUseStore {
  const set = { atMs: sql`greatest(${postgresTable.atMs}, excluded.at_ms)` };
  return {
    async put(uses) {
      if (uses.length === 0) return;
      const target = postgresTable.selector;
      await database.attempt((db) =>
        db
          .insert(postgresTable)
          .values([...uses])
          .onConflictDoUpdate({ target, set }),
      );
    },
    read: (selectors) =>
      database.attempt((db) =>
        db
          .select()
          .from(postgresTable)
          .where(inArray(postgresTable.selector, [...selectors])),
      ),
  };
}
