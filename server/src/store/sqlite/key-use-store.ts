import { inArray, sql } from 'drizzle-orm';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { KeyUseStore } from '../../keys/key-use-store.ts';
import type { SqliteDatabase } from './database.ts';

const keyUsesTable = sqliteTable('key_uses', {
  selector: text().primaryKey(),
  atMs: integer('at_ms').notNull(),
});

export function sqliteKeyUse(database: SqliteDatabase): KeyUseStore {
  const set = { atMs: sql`max(${keyUsesTable.atMs}, excluded.at_ms)` };
  return {
    async put(uses) {
      if (uses.length === 0) return;
      const target = keyUsesTable.selector;
      database.write(() =>
        database.drizzle
          .insert(keyUsesTable)
          .values([...uses])
          .onConflictDoUpdate({ target, set })
          .run(),
      );
    },
    async read(selectors) {
      return database.drizzle
        .select()
        .from(keyUsesTable)
        .where(inArray(keyUsesTable.selector, [...selectors]))
        .all();
    },
  };
}
