import { and, asc, eq, gte, lt, sql } from 'drizzle-orm';
import {
  type EvaluationCount,
  type EvaluationQuery,
  type EvaluationStore,
  type LastEvaluation,
  MOST_COUNTED,
} from '../../evaluations/evaluation-store.ts';
import type { PostgresDatabase } from './database.ts';
import { evaluationCountsTable as counts, lastEvaluationsTable as last } from './tables.ts';

/** Counts of evaluations in the same PostgreSQL database as the change log. */
export class PostgresEvaluationStore implements EvaluationStore {
  readonly #database: PostgresDatabase;

  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  /** Rows in the order of their keys: two servers that add to the same ones must not wait for each other in a ring. */
  async add(added: readonly EvaluationCount[], lastEvaluations: readonly LastEvaluation[]): Promise<void> {
    const rows = added.map((row) => ({ ...row, variation: row.variation ?? '' })).sort(byKey);
    const touched = lastEvaluations.map(({ at, ...row }) => ({ ...row, atMs: at })).sort(byKey);
    await this.#database.transaction(
      async (tx) => {
        if (rows.length > 0) {
          await tx
            .insert(counts)
            .values(rows)
            .onConflictDoUpdate({
              target: [counts.project, counts.environment, counts.flag, counts.minute, counts.variation],
              set: { count: sql`least(${counts.count} + excluded.count, ${sql.raw(String(MOST_COUNTED))})` },
            });
        }
        if (touched.length > 0) {
          await tx
            .insert(last)
            .values(touched)
            .onConflictDoUpdate({
              target: [last.project, last.environment, last.flag],
              set: { atMs: sql`greatest(${last.atMs}, excluded.at_ms)` },
            });
        }
      },
      { isAside: true },
    );
  }

  async read(query: EvaluationQuery, limit: number): Promise<readonly EvaluationCount[]> {
    const rows = await this.#database.attempt((db) =>
      db
        .select()
        .from(counts)
        .where(
          and(
            eq(counts.project, query.project),
            eq(counts.environment, query.environment),
            eq(counts.flag, query.flag),
            gte(counts.minute, query.from),
            lt(counts.minute, query.to),
          ),
        )
        .orderBy(asc(counts.minute), asc(counts.variation))
        .limit(limit),
    );
    return rows.map((row) => ({ ...row, variation: row.variation === '' ? null : row.variation }));
  }

  async lastEvaluations(project: string, environment: string, flag?: string): Promise<readonly LastEvaluation[]> {
    const rows = await this.#database.attempt((db) =>
      db
        .select()
        .from(last)
        .where(
          and(
            eq(last.project, project),
            eq(last.environment, environment),
            flag === undefined ? undefined : eq(last.flag, flag),
          ),
        )
        .orderBy(asc(last.flag)),
    );
    return rows.map(({ atMs, ...row }) => ({ ...row, at: atMs }));
  }

  async prune(beforeMs: number, limit: number): Promise<number> {
    const { rowCount } = await this.#database.attempt((db) =>
      db.execute(sql`DELETE FROM ${counts} WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM ${counts} WHERE ${counts.minute} < ${beforeMs} LIMIT ${limit}))`),
    );
    return rowCount ?? 0;
  }
}

interface Keyed {
  readonly project: string;
  readonly environment: string;
  readonly flag: string;
  readonly minute?: number;
  readonly variation?: string;
}

function byKey(one: Keyed, other: Keyed): number {
  const [a, b] = [one, other].map((row) =>
    [row.project, row.environment, row.flag, row.minute ?? 0, row.variation ?? ''].join('\n'),
  ) as [string, string];
  return a < b ? -1 : a > b ? 1 : 0;
}
