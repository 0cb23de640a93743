import type { Audience } from '@dimmer/core';
import { and, asc, eq, gte, lt, sql } from 'drizzle-orm';
import type {
  LaunchCursor,
  LaunchMinute,
  LaunchQuery,
  LaunchStore,
  WrittenMinute,
} from '../../launches/launch-store.ts';
import { launchMinutesTable as table } from '../../launches/launch-table.ts';
import type { Observation } from '../../launches/observed.ts';
import type { SqliteDatabase } from './database.ts';

/** Observations of launches in the same SQLite file as the change log. */
export class SqliteLaunchStore implements LaunchStore {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  async put(minutes: readonly WrittenMinute[]): Promise<void> {
    this.#database.write(() =>
      this.#database.drizzle.transaction(
        (transaction) => {
          for (const { observation, ...minute } of minutes) {
            transaction
              .insert(table)
              .values({ ...minute, body: JSON.stringify(observation) })
              .onConflictDoUpdate({
                target: [table.project, table.environment, table.flag, table.minute, table.audience, table.writer],
                set: { body: sql`excluded.body` },
              })
              .run();
          }
        },
        { behavior: 'immediate' },
      ),
    );
  }

  async read({ project, environment, flag, from, to }: LaunchQuery, limit: number, after?: LaunchCursor) {
    const rows = this.#database.drizzle
      .select()
      .from(table)
      .where(
        and(
          eq(table.project, project),
          eq(table.environment, environment),
          eq(table.flag, flag),
          gte(table.minute, from),
          lt(table.minute, to),
          after &&
            sql`(${table.minute}, ${table.audience}, ${table.writer}) > (${after.minute}, ${after.audience}, ${after.writer})`,
        ),
      )
      .orderBy(asc(table.minute), asc(table.audience), asc(table.writer))
      .limit(limit)
      .all();
    const minutes = rows.map(({ body, writer: _, audience, ...row }): LaunchMinute => {
      return { ...row, audience: audience as Audience, observation: JSON.parse(body) as Observation };
    });
    return { minutes, next: rows.length === limit ? rows.at(-1) : undefined };
  }

  async prune(beforeMs: number, limit: number): Promise<number> {
    const { changes } = this.#database.write(() =>
      this.#database.drizzle.run(
        sql`DELETE FROM launch_minutes WHERE rowid IN (SELECT rowid FROM launch_minutes WHERE minute < ${beforeMs} LIMIT ${limit})`,
      ),
    );
    return changes;
  }
}
