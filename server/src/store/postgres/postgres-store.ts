import { and, asc, desc, eq, inArray, lte, sql } from 'drizzle-orm';
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { canonicalJson } from '../../change-log/canonical-json.ts';
import type { Change, Head } from '../../change-log/change.ts';
import type { Document } from '../../documents/document.ts';
import { changeConditions, documentWrites } from '../change-conditions.ts';
import { type ChangeRow, toChanges, toDocument } from '../rows.ts';
import type { ChangeQuery, DocumentAt, Store } from '../store.ts';
import type { PostgresDatabase } from './database.ts';
import { changesTable, documentsTable, headTable, writesTable } from './tables.ts';

/** Where a commit is told to other servers, with nothing but its revision: they read the rest. */
export const CHANNEL = 'dimmer_changes';

const LOG = { changes: changesTable, writes: writesTable };
const HEAD = { revision: headTable.revision, hash: headTable.hash };

/** Thrown inside a commit to roll it back. */
class Conflict extends Error {}

type Transaction = Parameters<Parameters<PostgresJsDatabase['transaction']>[0]>[0];

/** The change log and the documents in PostgreSQL, for one server or many. */
export class PostgresStore implements Store {
  readonly #database: PostgresDatabase;

  /** Takes over the database: `close()` closes it. */
  constructor(database: PostgresDatabase) {
    this.#database = database;
  }

  load(): Promise<{ head: Head; documents: Document[] }> {
    return this.#database.attempt((db) =>
      db.transaction(
        async (tx) => ({
          head: (await tx.select(HEAD).from(headTable))[0] as Head,
          documents: (await tx.select().from(documentsTable)).map(toDocument),
        }),
        // Both of one instant, whatever others commit in between.
        { isolationLevel: 'repeatable read', accessMode: 'read only' },
      ),
    );
  }

  head(): Promise<Head> {
    return this.#database.attempt(async (db) => (await db.select(HEAD).from(headTable))[0] as Head);
  }

  commit(change: Change): Promise<'committed' | 'conflict'> {
    return this.#database.attempt(async (db) => {
      try {
        await db.transaction((tx) => this.#append(tx, change));
        return 'committed';
      } catch (error) {
        if (error instanceof Conflict) return 'conflict';
        throw error;
      }
    });
  }

  inTurn<Result>(work: (commit: Store['commit']) => Promise<Result>): Promise<Result> {
    return this.#database.attempt((db) =>
      db.transaction(async (tx) => {
        await tx.select(HEAD).from(headTable).for('update');
        return work(async (change) => {
          await this.#append(tx, change);
          return 'committed';
        });
      }),
    );
  }

  /**
   * The head's row is locked by its update, so revisions are given in the order of commits. A sequence would not do: its
   * numbers become visible out of order, and who reads on from the last one it saw misses what commits late.
   */
  async #append(tx: Transaction, change: Change): Promise<void> {
    const { revision, at, actor, command, project, environment, subject, reason, prevHash, hash } = change;
    if (this.#database.asksForSync) await tx.execute(sql`SET LOCAL synchronous_commit TO on`);
    const moved = await tx
      .update(headTable)
      .set({ revision, hash })
      .where(and(eq(headTable.revision, revision - 1), eq(headTable.hash, prevHash)))
      .returning({ revision: headTable.revision });
    if (moved.length !== 1) throw new Conflict();
    const rows = change.writes.map(({ kind, id, project, environment, version, body }, position) => {
      const text = body === null ? null : canonicalJson(body);
      return { revision, position, kind, id, project, environment, version, body: text };
    });
    const changeRow = {
      ...{ revision, command, project, environment, subject, reason, prevHash, hash },
      ...{ atMs: at, actor: canonicalJson(actor) },
    };
    // One connection does them in this order; sent at once they cost one way there and back instead of four. `execute`
    // sends now; a query that is awaited sends a turn later, behind those that follow it here.
    const [, , ...put] = await Promise.all([
      tx.insert(changesTable).values(changeRow).execute(),
      rows.length > 0 ? tx.insert(writesTable).values(rows).execute() : null,
      ...rows.map(({ position: _, ...row }) => putDocument(tx, row)),
      tx.execute(sql`SELECT pg_notify(${CHANNEL}, ${String(revision)})`).then(() => [revision]),
    ]);
    if (put.some((written) => written.length !== 1)) throw new Conflict();
  }

  changes(query: ChangeQuery): Promise<Change[]> {
    return this.#database.attempt(async (db) => {
      const newest = query.order === 'newest first';
      const rows = await db
        .select()
        .from(changesTable)
        .where(changeConditions(LOG, query))
        .orderBy(newest ? desc(changesTable.revision) : asc(changesTable.revision))
        .limit(query.limit);
      return withWrites(db, rows);
    });
  }

  change(revision: number): Promise<Change | undefined> {
    return this.#database.attempt(async (db) => {
      const rows = await db.select().from(changesTable).where(eq(changesTable.revision, revision));
      return (await withWrites(db, rows))[0];
    });
  }

  documentAt(kind: Document['kind'], id: string, revision: number): Promise<DocumentAt> {
    return this.#database.attempt(async (db) => {
      const [row] = await db
        .select()
        .from(writesTable)
        .where(and(documentWrites(LOG, kind, id), lte(writesTable.revision, revision)))
        .orderBy(desc(writesTable.revision))
        .limit(1);
      return row ? toDocument(row) : ({ kind, id, version: 0, body: null } as DocumentAt);
    });
  }

  projectAt(project: string, revision: number): Promise<Document[]> {
    return this.#database.attempt(async (db) => {
      const rows = await db
        .selectDistinctOn([writesTable.kind, writesTable.id])
        .from(writesTable)
        .where(and(eq(writesTable.project, project), lte(writesTable.revision, revision)))
        .orderBy(writesTable.kind, writesTable.id, desc(writesTable.revision));
      return rows.map(toDocument).filter((document) => document.body !== null);
    });
  }

  revisionAt(atMs: number): Promise<number> {
    return this.#database.attempt(async (db) => {
      const [found] = await db
        .select({ revision: changesTable.revision })
        .from(changesTable)
        .where(lte(changesTable.atMs, atMs))
        .orderBy(desc(changesTable.revision))
        .limit(1);
      return found?.revision ?? 0;
    });
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}

/** Puts a document in place of the version before it; answers the rows written, none if another version is there. */
function putDocument(tx: Transaction, row: typeof documentsTable.$inferInsert): Promise<readonly unknown[]> {
  const written = { version: documentsTable.version };
  if (row.version === 1)
    return tx.insert(documentsTable).values(row).onConflictDoNothing().returning(written).execute();
  const { kind, id, version, revision, body } = row;
  return tx
    .update(documentsTable)
    .set({ version, revision, body: body ?? null })
    .where(and(eq(documentsTable.kind, kind), eq(documentsTable.id, id), eq(documentsTable.version, version - 1)))
    .returning(written)
    .execute();
}

async function withWrites(db: PostgresJsDatabase, rows: readonly ChangeRow[]): Promise<Change[]> {
  if (rows.length === 0) return [];
  const revisions = rows.map((row) => row.revision);
  const writes = await db
    .select()
    .from(writesTable)
    .where(inArray(writesTable.revision, revisions))
    .orderBy(asc(writesTable.revision), asc(writesTable.position));
  return toChanges(rows, writes);
}
