import { and, asc, eq, gte, lt, sql } from 'drizzle-orm';
import {
  type EvaluationCount,
  type EvaluationQuery,
  type EvaluationStore,
  type LastEvaluation,
  MOST_COUNTED,
} from '../../evaluations/evaluation-store.ts';
import type { SqliteDatabase } from './database.ts';
import { evaluationCountsTable as counts, lastEvaluationsTable as last } from './evaluation-tables.ts';

/** Counts of evaluations in the same SQLite file as the change log. */
export class SqliteEvaluationStore implements EvaluationStore {
  readonly #database: SqliteDatabase;
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  async add(added: readonly EvaluationCount[], lastEvaluations: readonly LastEvaluation[]): Promise<void> {
    this.#database.write(() =>
      this.#database.drizzle.transaction(
        () => {
          for (const row of added) this.#statements.add.run({ ...row, variation: row.variation ?? '' });
          for (const row of lastEvaluations) this.#statements.touch.run({ ...row });
        },
        { behavior: 'immediate' },
      ),
    );
  }

  async read(query: EvaluationQuery, limit: number): Promise<readonly EvaluationCount[]> {
    return this.#database.drizzle
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
      .limit(limit)
      .all()
      .map((row) => ({ ...row, variation: row.variation === '' ? null : row.variation }));
  }

  async lastEvaluations(project: string, environment: string, flag?: string): Promise<readonly LastEvaluation[]> {
    return this.#database.drizzle
      .select()
      .from(last)
      .where(
        and(
          eq(last.project, project),
          eq(last.environment, environment),
          flag === undefined ? undefined : eq(last.flag, flag),
        ),
      )
      .orderBy(asc(last.flag))
      .all()
      .map(({ atMs, ...row }) => ({ ...row, at: atMs }));
  }

  async prune(beforeMs: number, limit: number): Promise<number> {
    return this.#database.write(() => this.#statements.prune.run({ beforeMs, limit }).changes);
  }
}

/** Prepared once: a flush runs the first two for each row. */
function prepare({ drizzle }: SqliteDatabase) {
  const value = sql.placeholder;
  return {
    add: drizzle
      .insert(counts)
      .values({
        project: value('project'),
        environment: value('environment'),
        flag: value('flag'),
        minute: value('minute'),
        variation: value('variation'),
        count: value('count'),
      })
      .onConflictDoUpdate({
        target: [counts.project, counts.environment, counts.flag, counts.minute, counts.variation],
        // Without a limit it would overflow in the end, and no count of any flag could be written any more.
        set: { count: sql`min(${counts.count} + excluded.count, ${sql.raw(String(MOST_COUNTED))})` },
      })
      .prepare(),
    touch: drizzle
      .insert(last)
      .values({
        project: value('project'),
        environment: value('environment'),
        flag: value('flag'),
        atMs: value('at'),
      })
      .onConflictDoUpdate({
        target: [last.project, last.environment, last.flag],
        set: { atMs: sql`max(${last.atMs}, excluded.at_ms)` },
      })
      .prepare(),
    // A slice at a time, by the index on `minute`: deleting a day of many flags at once would hold up commits.
    prune: drizzle
      .delete(counts)
      .where(
        sql`(project, environment, flag, minute, variation) IN (
          SELECT project, environment, flag, minute, variation FROM evaluation_counts
          WHERE minute < ${value('beforeMs')} LIMIT ${value('limit')})`,
      )
      .prepare(),
  };
}
