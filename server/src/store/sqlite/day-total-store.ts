import { sql } from 'drizzle-orm';
import type { DayTotalStore } from '../../figures/day-total-store.ts';
import type { SqliteDatabase } from './database.ts';

export function sqliteDayTotals(database: SqliteDatabase): DayTotalStore {
  return {
    async add(amounts) {
      return database.write(() =>
        database.drizzle.transaction(
          (tx) =>
            amounts.map(({ day, place, figures, amount }) => {
              const row = tx.get<{ amount: number }>(sql`
                INSERT INTO day_totals VALUES (${day}, ${place}, ${figures}, ${amount})
                ON CONFLICT (day, place, figures) DO UPDATE SET amount = amount + excluded.amount RETURNING amount`);
              return { day, place, figures, amount: Number(row.amount) };
            }),
          { behavior: 'immediate' },
        ),
      );
    },
    async forget(day) {
      database.write(() => database.drizzle.run(sql`DELETE FROM day_totals WHERE day < ${day}`));
    },
  };
}
