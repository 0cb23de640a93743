import { and, asc, desc, eq, exists, gt, gte, inArray, isNull, lt, lte, or, type SQL, sql } from 'drizzle-orm';
import { canonicalJson } from '../../change-log/canonical-json.ts';
import type { Actor, Change, Head, Write } from '../../change-log/change.ts';
import type { Document } from '../../documents/document.ts';
import type { ChangeQuery, DocumentAt, Store } from '../store.ts';
import { StoreError } from '../store.ts';
import type { SqliteDatabase } from './database.ts';
import { changesTable, documentsTable, headTable, writesTable } from './tables.ts';

type ChangeRow = typeof changesTable.$inferSelect;
type WriteRow = typeof writesTable.$inferSelect;

const HEAD_COLUMNS = { revision: headTable.revision, hash: headTable.hash };

/** Thrown inside a commit to roll it back. */
class Conflict extends Error {}

/** The change log and the documents in one SQLite file. */
export class SqliteStore implements Store {
  readonly #database: SqliteDatabase;
  readonly #statements: ReturnType<typeof prepare>;

  /** Takes over the database: `close()` closes it. */
  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  async load(): Promise<{ head: Head; documents: Document[] }> {
    return attempt(() =>
      this.#database.drizzle.transaction((tx) => ({
        head: tx.select(HEAD_COLUMNS).from(headTable).get() as Head,
        documents: tx.select().from(documentsTable).all().map(toDocument),
      })),
    );
  }

  async head(): Promise<Head> {
    return attempt(() => this.#statements.head.get() as Head);
  }

  async commit(change: Change): Promise<'committed' | 'conflict'> {
    return attempt(() => {
      try {
        this.#database.drizzle.transaction(() => this.#append(change), { behavior: 'immediate' });
        return 'committed';
      } catch (error) {
        if (error instanceof Conflict) return 'conflict';
        throw error;
      }
    });
  }

  #append(change: Change): void {
    const { revision, at, actor, command, project, environment, subject, reason, prevHash, hash } = change;
    const moved = this.#statements.moveHead.run({ revision, hash, before: revision - 1, prevHash });
    if (moved.changes !== 1) throw new Conflict();
    this.#statements.insertChange.run({
      ...{ revision, command, project, environment, subject, reason, prevHash, hash },
      ...{ atMs: at, actor: canonicalJson(actor) },
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
    return attempt(() => {
      const newest = query.order === 'newest first';
      const rows = this.#database.drizzle
        .select()
        .from(changesTable)
        .where(and(...this.#conditions(query)))
        .orderBy(newest ? desc(changesTable.revision) : asc(changesTable.revision))
        .limit(query.limit)
        .all();
      return this.#withWrites(rows);
    });
  }

  #conditions(query: ChangeQuery): SQL[] {
    const { project, environment, flag, segment, after, before, sinceMs } = query;
    const found: SQL[] = [];
    if (after !== undefined) found.push(gt(changesTable.revision, after));
    if (before !== undefined) found.push(lt(changesTable.revision, before));
    if (sinceMs !== undefined) found.push(gte(changesTable.atMs, sinceMs));
    if (project === undefined) return found;
    found.push(eq(changesTable.project, project));
    if (flag !== undefined) found.push(this.#wrote(flagWrites(project, flag, environment)));
    if (segment !== undefined) found.push(this.#wrote(documentWrites('segment', `${project}/${segment}`)));
    if (flag === undefined && segment === undefined && environment !== undefined) {
      found.push(this.#wrote(environmentWrites(environment)));
    }
    return found;
  }

  #wrote(condition: SQL | undefined): SQL {
    const ofThisChange = eq(writesTable.revision, changesTable.revision);
    return exists(this.#database.drizzle.select({ one: sql`1` }).from(writesTable).where(and(ofThisChange, condition)));
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
    const byRevision = new Map<number, WriteRow[]>(rows.map((row) => [row.revision, []]));
    for (const write of writes) byRevision.get(write.revision)?.push(write);
    return rows.map((row) => toChange(row, byRevision.get(row.revision) ?? []));
  }

  async change(revision: number): Promise<Change | undefined> {
    return attempt(() => {
      const row = this.#database.drizzle.select().from(changesTable).where(eq(changesTable.revision, revision)).get();
      return row && this.#withWrites([row])[0];
    });
  }

  async documentAt(kind: Document['kind'], id: string, revision: number): Promise<DocumentAt> {
    return attempt(() => {
      const row = this.#database.drizzle
        .select()
        .from(writesTable)
        .where(and(documentWrites(kind, id), lte(writesTable.revision, revision)))
        .orderBy(desc(writesTable.revision))
        .limit(1)
        .get();
      return row ? toDocument(row) : ({ kind, id, version: 0, body: null } as DocumentAt);
    });
  }

  async projectAt(project: string, revision: number): Promise<Document[]> {
    return attempt(() => {
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
    return attempt(() => {
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

/** The statements of a commit, compiled once: a toggle should cost its fsync and little else. */
function prepare({ drizzle }: SqliteDatabase) {
  const p = sql.placeholder;
  const document = { version: sql`${p('version')}`, revision: sql`${p('revision')}`, body: sql`${p('body')}` };
  return {
    head: drizzle.select(HEAD_COLUMNS).from(headTable).prepare(),
    moveHead: drizzle
      .update(headTable)
      .set({ revision: sql`${p('revision')}`, hash: sql`${p('hash')}` })
      .where(and(eq(headTable.revision, p('before')), eq(headTable.hash, p('prevHash'))))
      .prepare(),
    insertChange: drizzle
      .insert(changesTable)
      .values({
        revision: p('revision'),
        atMs: p('atMs'),
        actor: p('actor'),
        command: p('command'),
        project: p('project'),
        environment: p('environment'),
        subject: p('subject'),
        reason: p('reason'),
        prevHash: p('prevHash'),
        hash: p('hash'),
      })
      .prepare(),
    insertWrite: drizzle
      .insert(writesTable)
      .values({ ...placeColumns(), ...document, position: p('position') })
      .prepare(),
    insertDocument: drizzle
      .insert(documentsTable)
      .values({ ...placeColumns(), ...document })
      .onConflictDoNothing()
      .prepare(),
    updateDocument: drizzle
      .update(documentsTable)
      .set(document)
      .where(
        and(
          eq(documentsTable.kind, p('kind')),
          eq(documentsTable.id, p('id')),
          eq(documentsTable.version, sql`${p('version')} - 1`),
        ),
      )
      .prepare(),
  };
}

function placeColumns() {
  const p = sql.placeholder;
  return { kind: p('kind'), id: p('id'), project: p('project'), environment: p('environment') };
}

function documentWrites(kind: string, id: string): SQL | undefined {
  return and(eq(writesTable.kind, kind), eq(writesTable.id, id));
}

function flagWrites(project: string, flag: string, environment: string | undefined): SQL | undefined {
  const id = `${project}/${flag}`;
  // '0' is the character after '/', so this is the range of all ids that begin with `<project>/<flag>/`.
  const targetings = environment
    ? eq(writesTable.id, `${id}/${environment}`)
    : and(gte(writesTable.id, `${id}/`), lt(writesTable.id, `${id}0`));
  return or(documentWrites('flag', id), and(eq(writesTable.kind, 'targeting'), targetings));
}

/** What an environment serves comes from its own documents, and from the flags and segments of all environments. */
function environmentWrites(environment: string): SQL | undefined {
  const shared = and(isNull(writesTable.environment), inArray(writesTable.kind, ['flag', 'segment']));
  return or(eq(writesTable.environment, environment), shared);
}

function toDocument(row: typeof documentsTable.$inferSelect): Document {
  const { kind, id, project, environment, version, revision } = row;
  return { kind, id, project, environment, version, revision, body: parse(row.body) } as Document;
}

function toChange(row: ChangeRow, writes: readonly WriteRow[]): Change {
  const { revision, atMs, actor, command, project, environment, subject, reason, prevHash, hash } = row;
  return {
    ...{ revision, at: atMs, actor: parse(actor) as Actor, command, project, environment, subject, reason },
    writes: writes.map(({ kind, id, project, environment, version, body }) => {
      return { kind, id, project, environment, version, body: parse(body) } as Write;
    }),
    ...{ prevHash, hash },
  };
}

function parse(text: string | null): unknown {
  return text === null ? null : JSON.parse(text);
}

/** Runs `work`; whatever the database throws becomes a `StoreError`, so that callers can tell it from a defect. */
function attempt<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError('STORE_UNAVAILABLE', `The database failed: ${(error as Error).message}`, { cause: error });
  }
}
