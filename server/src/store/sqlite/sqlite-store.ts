import { isDeepStrictEqual } from 'node:util';
import { asc, desc, eq, gt, inArray, sql } from 'drizzle-orm';
import type { ChangeQuery, Commit, HistoryPage, HistoryQuery, Store } from '../../change-log/store.ts';
import type { Change, Head } from '../../changes/change.ts';
import { canonicalJson } from '../../documents/canonical-json.ts';
import type { Document, Place } from '../../documents/document.ts';
import { Turns } from '../../turns.ts';
import { BLOCK_CHANGES, ChangeBlocks } from '../change-blocks.ts';
import { LOADED_AT_ONCE, pagesOf } from '../document-pages.ts';
import type { LogAccess } from '../log-access.ts';
import { LogSearch } from '../log-search.ts';
import { type ChangeRow, notYet, toChanges, toCommits, toDocument } from '../rows.ts';
import type { SqliteDatabase } from './database.ts';
import { attemptSqlite } from './sqlite-failure.ts';
import { prepareStatements } from './statements.ts';
import { changesTable, documentsTable, LOG_TABLES, writesTable } from './tables.ts';

/** Documents of the past read in one turn: each may have 256 KiB. */
const DOCUMENTS_READ = 16;

/** Thrown inside a commit to roll it back. */
class Conflict extends Error {}

/** The change log and the documents in one SQLite file. */
export class SqliteStore implements Store {
  readonly #database: SqliteDatabase;
  readonly #statements: ReturnType<typeof prepareStatements>;
  readonly #turns = new Turns();
  readonly #blocks: ChangeBlocks;
  readonly #search: LogSearch;

  /** Takes over the database: `close()` closes it. */
  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#statements = prepareStatements(database);
    const access: LogAccess = {
      tables: LOG_TABLES,
      read: (statement) => this.#inTurn(() => database.drizzle.all(statement)),
      write: async (statement) => void database.write(() => database.drizzle.run(statement)),
    };
    this.#blocks = new ChangeBlocks(access);
    this.#search = new LogSearch(access, this.#blocks);
    void this.#blocks.fill();
  }

  /** Runs what only reads, and little, when it is its turn. */
  async #inTurn<Result>(work: () => Result): Promise<Result> {
    await this.#turns.next();
    return attemptSqlite(work);
  }

  async load(): Promise<{ head: Head; documents: Document[] }> {
    for (;;) {
      const head = await this.head();
      const documents: Document[] = [];
      for await (const page of pagesOf((from) => this.documentsFrom(from, LOADED_AT_ONCE), LOADED_AT_ONCE))
        documents.push(...page);
      // Nobody but this server writes, or a person with a tool; then it is read once more.
      if (isDeepStrictEqual(await this.head(), head)) return { head, documents };
    }
  }

  async documentsFrom(from: Pick<Place, 'kind' | 'id'> | null, limit: number): Promise<Document[]> {
    const { kind, id } = documentsTable;
    return this.#inTurn(() =>
      this.#database.drizzle
        .select()
        .from(documentsTable)
        .where(from ? sql`(${kind}, ${id}) >= (${from.kind}, ${from.id})` : undefined)
        .orderBy(asc(kind), asc(id))
        .limit(limit)
        .all()
        .map(toDocument),
    );
  }

  async head(): Promise<Head> {
    return attemptSqlite(() => this.#statements.head.get() as Head);
  }

  async commit(change: Change): Promise<'committed' | 'conflict'> {
    return this.#database.write(() => {
      try {
        this.#database.drizzle.transaction(() => this.#append(change), { behavior: 'immediate' });
        if (change.revision % BLOCK_CHANGES === 0) void this.#blocks.fill();
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
      revision,
      command,
      project,
      environment,
      subject,
      reason,
      prevHash,
      hash,
      seal,
      atMs: at,
      actor: canonicalJson(actor),
    });
    change.writes.forEach(({ kind, id, project, environment, version, body }, position) => {
      const text = body === null ? null : canonicalJson(body);
      const row = { revision, kind, id, project, environment, version, body: text };
      this.#statements.insertWrite.run({ ...row, position });
      const put = version === 1 ? this.#statements.insertDocument.run(row) : this.#statements.updateDocument.run(row);
      if (put.changes !== 1) throw new Conflict();
    });
  }

  async changes({ after = 0, order, limit }: ChangeQuery): Promise<Change[]> {
    return this.#inTurn(() => {
      const rows = this.#database.drizzle
        .select()
        .from(changesTable)
        .where(gt(changesTable.revision, after))
        .orderBy(order === 'newest first' ? desc(changesTable.revision) : asc(changesTable.revision))
        .limit(limit)
        .all();
      return this.#withWrites(rows);
    });
  }

  history(query: HistoryQuery): Promise<HistoryPage> {
    return this.#search.history(query);
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

  async documentsAt(places: readonly Place[], revision: number): Promise<Document[]> {
    const found: Document[] = [];
    for (let index = 0; index < places.length; index += DOCUMENTS_READ) {
      const some = places.slice(index, index + DOCUMENTS_READ);
      found.push(...(await this.#inTurn(() => some.map((place) => this.#documentAt(place, revision)))));
    }
    return found;
  }

  #documentAt(place: Place, revision: number): Document {
    const { kind, id } = place;
    const row = this.#statements.documentAt.get({ kind, id, revision });
    return row ? toDocument(row) : notYet(place);
  }

  revisionAt(atMs: number): Promise<number> {
    return this.#search.revisionAt(atMs);
  }

  async close(): Promise<void> {
    await this.#blocks.close();
    this.#database.close();
  }
}
