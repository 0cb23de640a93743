import { inArray, sql } from 'drizzle-orm';
import type { KeyUseStore } from '../../keys/key-use-store.ts';
import type { PostgresDatabase } from './database.ts';
import { keyUsesTable } from './tables.ts';

export function postgresKeyUse(database: PostgresDatabase): KeyUseStore {
  const set = { atMs: sql`greatest(${keyUsesTable.atMs}, excluded.at_ms)` };
  return {
    async put(uses) {
      if (uses.length === 0) return;
      const target = keyUsesTable.selector;
      await database.attempt((db) =>
        db
          .insert(keyUsesTable)
          .values([...uses])
          .onConflictDoUpdate({ target, set }),
      );
    },
    read: (selectors) =>
      database.attempt((db) =>
        db
          .select()
          .from(keyUsesTable)
          .where(inArray(keyUsesTable.selector, [...selectors])),
      ),
  };
}
