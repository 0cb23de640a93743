import { sql } from 'drizzle-orm';
import type { DayTotal, DayTotalStore } from '../../figures/day-total-store.ts';
import type { PostgresDatabase } from './database.ts';
import { dayTotalsTable } from './tables.ts';

export function postgresDayTotals(database: PostgresDatabase): DayTotalStore {
  return {
    add: (amounts) =>
      database.attempt(async (db) => {
        // In one order, so that two servers do not wait for each other in a ring.
        const rows = amounts.toSorted((one, other) => (one.place < other.place ? -1 : 1));
        const { day, place, figures, amount } = dayTotalsTable;
        const found = await db
          .insert(dayTotalsTable)
          .values(rows)
          .onConflictDoUpdate({ target: [day, place, figures], set: { amount: sql`${amount} + excluded.amount` } })
          .returning();
        return found as DayTotal[];
      }),
    forget: (day) =>
      database.attempt(async (db) => void (await db.execute(sql`DELETE FROM ${dayTotalsTable} WHERE day < ${day}`))),
  };
}
