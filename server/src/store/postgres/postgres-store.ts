import { asc, desc, eq, gt, inArray, sql } from 'drizzle-orm';
import {
  type ChangeQuery,
  type Commit,
  type CommitOptions,
  type HistoryPage,
  type HistoryQuery,
  type Store,
  StoreError,
} from '../../change-log/store.ts';
import type { Change, Head } from '../../changes/change.ts';
import { canonicalJson } from '../../documents/canonical-json.ts';
import type { Document, Place } from '../../documents/document.ts';
import { BLOCK_CHANGES, ChangeBlocks } from '../change-blocks.ts';
import { LOADED_AT_ONCE, pagesOf } from '../document-pages.ts';
import type { LogAccess } from '../log-access.ts';
import { LogSearch } from '../log-search.ts';
import { type ChangeRow, notYet, toChanges, toCommits, toDocument } from '../rows.ts';
import type { Postgres, PostgresDatabase } from './database.ts';
import { changesTable, documentsTable, headTable, LOG_TABLES, writesTable } from './tables.ts';

/** Where a commit is told to other servers, with nothing but its revision: they read the rest. */
export const CHANNEL = 'dimmer_changes';

const HEAD = { revision: headTable.revision, hash: headTable.hash };

/** Documents of the past read by one statement: each may have 256 KiB. */
const DOCUMENTS_READ = 64;

/** Thrown inside a commit to roll it back. */
class Conflict extends Error {}

/** The change log and the documents in PostgreSQL, for one server or many. */
export class PostgresStore implements Store {
  readonly #database: PostgresDatabase;
  readonly #blocks: ChangeBlocks;
  readonly #search: LogSearch;

  /** Takes over the database: `close()` closes it. */
  constructor(database: PostgresDatabase) {
    this.#database = database;
    const execute: LogAccess['read'] = (statement) =>
      database.attempt(async (db) => (await db.execute<Record<string, unknown>>(statement)).rows);
    const access: LogAccess = {
      tables: LOG_TABLES,
      read: execute,
      write: async (statement) => void (await execute(statement)),
    };
    this.#blocks = new ChangeBlocks(access);
    this.#search = new LogSearch(access, this.#blocks);
    void this.#blocks.fill();
  }

  load(): Promise<{ head: Head; documents: Document[] }> {
    // Both of one instant, whatever others commit in between.
    return this.#database.transaction(
      async (db) => {
        const head = (await db.select(HEAD).from(headTable))[0] as Head;
        const documents: Document[] = [];
        for await (const page of pagesOf((from) => documentsOn(db, from, LOADED_AT_ONCE), LOADED_AT_ONCE))
          documents.push(...page);
        return { head, documents };
      },
      { begin: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' },
    );
  }

  documentsFrom(from: Pick<Place, 'kind' | 'id'> | null, limit: number): Promise<Document[]> {
    return this.#database.attempt((db) => documentsOn(db, from, limit));
  }

  head(): Promise<Head> {
    return this.#database.attemptFirst(async (db) => (await db.select(HEAD).from(headTable))[0] as Head);
  }

  async commit(change: Change, options: CommitOptions = {}): Promise<'committed' | 'conflict'> {
    try {
      await this.#database.transaction((db) => this.#append(db, change), options);
      if (change.revision % BLOCK_CHANGES === 0) void this.#blocks.fill();
      return 'committed';
    } catch (error) {
      if (error instanceof StoreError && error.cause instanceof Conflict) return 'conflict';
      throw error;
    }
  }

  inTurn<Result>(work: (commit: Store['commit']) => Promise<Result>): Promise<Result> {
    return this.#database.transaction(async (db) => {
      await db.select(HEAD).from(headTable).for('update');
      return work(async (change) => {
        await this.#append(db, change);
        return 'committed';
      });
    });
  }

  /**
   * One statement, because each costs a way there and back while all other servers wait. The head's row is locked by its
   * update, so revisions are given in the order of commits. A sequence would not do: its numbers become visible out of
   * order, and who reads on from the last one it saw misses what commits late.
   */
  async #append(db: Postgres, change: Change): Promise<void> {
    const { revision, at, actor, command, project, environment, subject, reason, prevHash, hash, seal = null } = change;
    if (this.#database.asksForSync) await db.execute(sql`SET LOCAL synchronous_commit TO on`);
    const rows = change.writes.map(({ kind, id, project, environment, version, body }, position) => {
      return { position, kind, id, project, environment, version, body: body === null ? null : canonicalJson(body) };
    });
    const { rows: found } = await db.execute(sql`
      WITH moved AS (
        UPDATE ${headTable} SET revision = ${revision}, hash = ${hash}
        WHERE revision = ${revision - 1} AND hash = ${prevHash} RETURNING revision
      ), change AS (
        INSERT INTO ${changesTable}
          (revision, at_ms, actor, command, project, environment, subject, reason, prev_hash, hash, seal)
        SELECT revision, ${at}::bigint, ${canonicalJson(actor)}, ${command}, ${project}, ${environment}, ${subject},
          ${reason}, ${prevHash}, ${hash}, ${seal} FROM moved
      ), written AS (
        SELECT moved.revision, w.* FROM moved, json_to_recordset(${JSON.stringify(rows)}::json) AS w
          (position int, kind text, id text, project text, environment text, version int, body text)
      ), writes AS (
        INSERT INTO ${writesTable} (revision, position, kind, id, project, environment, version, body)
        SELECT revision, position, kind, id, project, environment, version, body FROM written
      ), put AS (
        INSERT INTO ${documentsTable} AS d (revision, kind, id, project, environment, version, body)
        SELECT revision, kind, id, project, environment, version, body FROM written w
        WHERE version = 1 OR EXISTS (SELECT 1 FROM ${documentsTable} o WHERE o.kind = w.kind AND o.id = w.id)
        ON CONFLICT (kind, id) DO UPDATE
          SET revision = excluded.revision, version = excluded.version, body = excluded.body
          WHERE d.version = excluded.version - 1
        RETURNING 1
      )
      SELECT (SELECT count(*) FROM moved) AS moved, (SELECT count(*) FROM put) AS put,
        (SELECT pg_notify(${CHANNEL}, revision::text) FROM moved) AS told`);
    const counts = found[0] as { moved: string; put: string };
    if (Number(counts.moved) !== 1 || Number(counts.put) !== rows.length) throw new Conflict();
  }

  changes({ after = 0, order, limit }: ChangeQuery): Promise<Change[]> {
    return this.#database.attemptFirst(async (db) => {
      const rows = await db
        .select()
        .from(changesTable)
        .where(gt(changesTable.revision, after))
        .orderBy(order === 'newest first' ? desc(changesTable.revision) : asc(changesTable.revision))
        .limit(limit);
      return withWrites(db, rows);
    });
  }

  history(query: HistoryQuery): Promise<HistoryPage> {
    return this.#search.history(query);
  }

  change(revision: number): Promise<Change | undefined> {
    return this.#database.attemptFirst(async (db) => {
      const rows = await db.select().from(changesTable).where(eq(changesTable.revision, revision));
      return (await withWrites(db, rows))[0];
    });
  }

  commits(revisions: readonly number[]): Promise<Commit[]> {
    if (revisions.length === 0) return Promise.resolve([]);
    const { revision, atMs, actor } = changesTable;
    return this.#database.attempt(async (db) =>
      toCommits(
        await db
          .select({ revision, atMs, actor })
          .from(changesTable)
          .where(sql`${revision} = ANY(${`{${revisions.join(',')}}`}::bigint[])`),
      ),
    );
  }

  async documentsAt(places: readonly Place[], revision: number): Promise<Document[]> {
    const found: Document[] = [];
    for (let index = 0; index < places.length; index += DOCUMENTS_READ)
      found.push(...(await this.#documentsAt(places.slice(index, index + DOCUMENTS_READ), revision)));
    return found;
  }

  async #documentsAt(places: readonly Place[], revision: number): Promise<Document[]> {
    const rows = await this.#database.attempt((db) => {
      const last = db
        .select()
        .from(writesTable)
        .where(
          sql`${writesTable.kind} = wanted.kind AND ${writesTable.id} = wanted.id AND ${writesTable.revision} <= ${revision}`,
        )
        .orderBy(desc(writesTable.revision))
        .limit(1)
        .as('last');
      const wanted = JSON.stringify(places.map(({ kind, id }) => ({ kind, id })));
      return db
        .select()
        .from(sql`json_to_recordset(${wanted}::json) AS wanted (kind text, id text)`)
        .innerJoinLateral(last, sql`true`);
    });
    const byName = new Map(rows.map(({ last }) => [`${last.kind} ${last.id}`, last]));
    return places.map((place) => {
      const row = byName.get(`${place.kind} ${place.id}`);
      return row ? toDocument(row) : notYet(place);
    });
  }

  revisionAt(atMs: number): Promise<number> {
    return this.#search.revisionAt(atMs);
  }

  async close(): Promise<void> {
    await this.#blocks.close();
    await this.#database.close();
  }
}

async function withWrites(db: Postgres, rows: readonly ChangeRow[]): Promise<Change[]> {
  if (rows.length === 0) return [];
  const revisions = rows.map((row) => row.revision);
  const writes = await db
    .select()
    .from(writesTable)
    .where(inArray(writesTable.revision, revisions))
    .orderBy(asc(writesTable.revision), asc(writesTable.position));
  return toChanges(rows, writes);
}

async function documentsOn(db: Postgres, from: Pick<Place, 'kind' | 'id'> | null, limit: number): Promise<Document[]> {
  const { kind, id } = documentsTable;
  const rows = await db
    .select()
    .from(documentsTable)
    .where(from ? sql`(${kind}, ${id}) >= (${from.kind}, ${from.id})` : undefined)
    .orderBy(asc(kind), asc(id))
    .limit(limit);
  return rows.map(toDocument);
}
