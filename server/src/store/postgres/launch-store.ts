import type { Audience } from '@dimmer/core';
import { and, asc, eq, gte, lt, sql } from 'drizzle-orm';
import type {
  LaunchCursor,
  LaunchMinute,
  LaunchQuery,
  LaunchStore,
  WrittenMinute,
} from '../../launches/launch-store.ts';
import type { Observation } from '../../launches/observed.ts';
import type { PostgresDatabase } from './database.ts';
import { launchMinutesTable as table } from './tables.ts';

/** Observations of launches in the same PostgreSQL database as the change log. */
export class PostgresLaunchStore implements LaunchStore {
  readonly #database: PostgresDatabase;

  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  async put(minutes: readonly WrittenMinute[]): Promise<void> {
    const rows = minutes.map(({ observation, ...minute }) => ({ ...minute, body: JSON.stringify(observation) }));
    if (rows.length === 0) return;
    await this.#database.attempt((db) =>
      db
        .insert(table)
        .values(rows)
        .onConflictDoUpdate({
          target: [table.project, table.environment, table.flag, table.minute, table.audience, table.writer],
          set: { body: sql`excluded.body` },
        }),
    );
  }

  async read({ project, environment, flag, from, to }: LaunchQuery, limit: number, after?: LaunchCursor) {
    const rows = await this.#database.attempt((db) =>
      db
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
        .limit(limit),
    );
    const minutes = rows.map(({ body, writer: _, audience, ...row }): LaunchMinute => {
      return { ...row, audience: audience as Audience, observation: JSON.parse(body) as Observation };
    });
    return { minutes, next: rows.length === limit ? rows.at(-1) : undefined };
  }

  async prune(beforeMs: number, limit: number): Promise<number> {
    const { rowCount } = await this.#database.attempt((db) =>
      db.execute(sql`DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM ${table} WHERE ${table.minute} < ${beforeMs} LIMIT ${limit}))`),
    );
    return rowCount ?? 0;
  }
}
