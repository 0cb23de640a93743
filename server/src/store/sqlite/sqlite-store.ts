import { and, asc, desc, eq, inArray, lte, sql } from 'drizzle-orm';
import { canonicalJson } from '../../change-log/canonical-json.ts';
import type { Change, Head } from '../../change-log/change.ts';
import type { Document } from '../../documents/document.ts';
import { changeConditions, documentWrites } from '../change-conditions.ts';
import { type ChangeRow, toChanges, toCommits, toDocument } from '../rows.ts';
import type { ChangeQuery, Commit, DocumentAt, Store } from '../store.ts';
import { prepareCommit } from './commit-statements.ts';
import type { SqliteDatabase } from './database.ts';
import { attemptSqlite } from './sqlite-failure.ts';
import { changesTable, documentsTable, HEAD_COLUMNS, headTable, writesTable } from './tables.ts';

const LOG = { changes: changesTable, writes: writesTable };

/** Thrown inside a commit to roll it back. */
class Conflict extends Error {}

/** The change log and the documents in one SQLite file. */
export class SqliteStore implements Store {
  readonly #database: SqliteDatabase;
  readonly #statements: ReturnType<typeof prepareCommit>;

  /** Takes over the database: `close()` closes it. */
  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#statements = prepareCommit(database);
  }

  async load(): Promise<{ head: Head; documents: Document[] }> {
    return attemptSqlite(() =>
      this.#database.drizzle.transaction((tx) => ({
        head: tx.select(HEAD_COLUMNS).from(headTable).get() as Head,
        documents: tx.select().from(documentsTable).all().map(toDocument),
      })),
    );
  }

  async head(): Promise<Head> {
    return attemptSqlite(() => this.#statements.head.get() as Head);
  }

  async commit(change: Change): Promise<'committed' | 'conflict'> {
    return this.#database.write(() => {
      try {
        this.#database.drizzle.transaction(() => this.#append(change), { behavior: 'immediate' });
        return 'committed';
      } catch (error) {
        if (error instanceof Conflict) return 'conflict';
        throw error;
      }
    });
  }

  /** Nobody else can be on the file. */
  inTurn<Result>(work: (commit: Store['commit']) => Promise<Result>): Promise<Result> {
    return work((change) => this.commit(change));
  }

  #append(change: Change): void {
    const { revision, at, actor, command, project, environment, subject, reason, prevHash, hash, seal = null } = change;
    const moved = this.#statements.moveHead.run({ revision, hash, before: revision - 1, prevHash });
    if (moved.changes !== 1) throw new Conflict();
    this.#statements.insertChange.run({
      ...{ revision, command, project, environment, subject, reason, prevHash, hash },
      ...{ seal, atMs: at, actor: canonicalJson(actor) },
    });
    change.writes.forEach(({ kind, id, project, environment, version, body }, position) => {
      const text = body === null ? null : canonicalJson(body);
      const row = { revision, kind, id, project, environment, version, body: text };
      this.#statements.insertWrite.run({ ...row, position });
      const put = version === 1 ? this.#statements.insertDocument.run(row) : this.#statements.updateDocument.run(row);
      if (put.changes !== 1) throw new Conflict();
    });
  }

  async changes(query: ChangeQuery): Promise<Change[]> {
    return attemptSqlite(() => {
      const newest = query.order === 'newest first';
      const rows = this.#database.drizzle
        .select()
        .from(changesTable)
        .where(changeConditions(LOG, query))
        .orderBy(newest ? desc(changesTable.revision) : asc(changesTable.revision))
        .limit(query.limit)
        .all();
      return this.#withWrites(rows);
    });
  }

  #withWrites(rows: readonly ChangeRow[]): Change[] {
    if (rows.length === 0) return [];
    const revisions = rows.map((row) => row.revision);
    const writes = this.#database.drizzle
      .select()
      .from(writesTable)
      .where(inArray(writesTable.revision, revisions))
      .orderBy(asc(writesTable.revision), asc(writesTable.position))
      .all();
    return toChanges(rows, writes);
  }

  async change(revision: number): Promise<Change | undefined> {
    return attemptSqlite(() => {
      const row = this.#database.drizzle.select().from(changesTable).where(eq(changesTable.revision, revision)).get();
      return row && this.#withWrites([row])[0];
    });
  }

  async commits(revisions: readonly number[]): Promise<Commit[]> {
    const { revision, atMs, actor } = changesTable;
    // One parameter, however many they are.
    const wanted = sql`${revision} IN (SELECT value FROM json_each(${JSON.stringify(revisions)}))`;
    return attemptSqlite(() =>
      toCommits(this.#database.drizzle.select({ revision, atMs, actor }).from(changesTable).where(wanted).all()),
    );
  }

  async documentAt(kind: Document['kind'], id: string, revision: number): Promise<DocumentAt> {
    return attemptSqlite(() => {
      const row = this.#database.drizzle
        .select()
        .from(writesTable)
        .where(and(documentWrites(LOG, kind, id), lte(writesTable.revision, revision)))
        .orderBy(desc(writesTable.revision))
        .limit(1)
        .get();
      return row ? toDocument(row) : ({ kind, id, version: 0, body: null } as DocumentAt);
    });
  }

  async projectAt(project: string, revision: number): Promise<Document[]> {
    return attemptSqlite(() => {
      const rows = this.#database.drizzle
        .select({ last: sql<number>`max(${writesTable.revision})`, row: writesTable })
        .from(writesTable)
        .where(and(eq(writesTable.project, project), lte(writesTable.revision, revision)))
        .groupBy(writesTable.kind, writesTable.id)
        .all();
      return rows.map(({ row }) => toDocument(row)).filter((document) => document.body !== null);
    });
  }

  async revisionAt(atMs: number): Promise<number> {
    return attemptSqlite(() => {
      const last = sql<number | null>`max(${changesTable.revision})`;
      const found = this.#database.drizzle
        .select({ last })
        .from(changesTable)
        .where(lte(changesTable.atMs, atMs))
        .get();
      return found?.last ?? 0;
    });
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}
