import { sql } from 'drizzle-orm';
import type { PostgresDatabase } from '../store/postgres/database.ts';
import { dayTotalsTable } from '../store/postgres/tables.ts';
import type { SqliteDatabase } from '../store/sqlite/database.ts';

/** What some figures of one environment have taken up in one day, by UTC. */
export interface DayTotal {
  /** Days since 1970. */
  readonly day: number;
  /** `<project>/<environment>/<audience>` */
  readonly place: string;
  readonly figures: 'evaluations' | 'launches';
  readonly amount: number;
}

/** Keeps what has been taken up, in one sum of all servers on a database and across their starts. */
export interface DayTotalStore {
  /**
   * Adds to the sums.
   *
   * @returns these sums as they are now
   */
  add(amounts: readonly DayTotal[]): Promise<readonly DayTotal[]>;
  /** Forgets days before this one. */
  forget(day: number): Promise<void>;
}

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
