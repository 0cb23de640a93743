import { type SQL, sql } from 'drizzle-orm';
import type { ChangeEntry, EntryWrite, HistoryPage, HistoryQuery } from '../change-log/store.ts';
import type { Actor } from '../changes/change.ts';
import type { Kind } from '../documents/document.ts';
import { type BlockQuery, type ChangeBlocks, nameIn, revisionsOf } from './change-blocks.ts';
import type { LogAccess, RawRow } from './log-access.ts';

/** Blocks, or changes that have no block yet, read by one statement. */
const BLOCKS_READ = 8;
const CHANGES_READ = 2_048;
/** Changes of one flag or segment looked at by one statement. */
const REVISIONS_READ = 512;
/** Changes whose writes are read by one statement, and how many of these. */
const WITH_WRITES = 100;
const WRITES_READ = 2_000;
/** A page of history ends early when its changes have written so much: one may have tens of thousands of writes. */
const WRITES_ON_A_PAGE = 20_000;

type Candidates = { readonly ranges: readonly Range[] } | { readonly revisions: readonly number[] };

interface Range {
  readonly first: number;
  readonly last: number;
}

/**
 * Finds changes, newest first, in pieces that take milliseconds, however long the log is: those of a flag or segment by
 * the index of documents, those of a project by its own, and by the blocks that can have one whatever is asked for by
 * environment, person or time. Every row that these lead to is compared with the whole question again.
 */
export class LogSearch {
  readonly #access: LogAccess;
  readonly #blocks: ChangeBlocks;

  constructor(access: LogAccess, blocks: ChangeBlocks) {
    this.#access = access;
    this.#blocks = blocks;
  }

  async history(query: HistoryQuery): Promise<HistoryPage> {
    const entries: ChangeEntry[] = [];
    let writes = 0;
    const within = {
      first: (query.after ?? 0) + 1,
      last: Math.min((query.before ?? Infinity) - 1, await this.#head()),
    };
    for await (const candidates of this.#candidates(query, within)) {
      const rows = await this.#rows(query, candidates, query.limit + 1 - entries.length);
      for (let index = 0; index < rows.length; index += WITH_WRITES) {
        for (const entry of await this.#withWrites(rows.slice(index, index + WITH_WRITES))) {
          if (entries.length >= query.limit || (entries.length > 0 && writes >= WRITES_ON_A_PAGE))
            return { entries, hasMore: true };
          entries.push(entry);
          writes += entry.writes.length;
        }
      }
    }
    return { entries, hasMore: false };
  }

  /** The last revision that was committed at or before an instant; 0 if there is none. */
  async revisionAt(atMs: number): Promise<number> {
    const { changes } = this.#access.tables;
    const query = { untilMs: atMs + 1 };
    for await (const candidates of this.#inBlocks(query, { first: 1, last: await this.#head() })) {
      const each = this.#among(candidates).map(
        (among) =>
          sql`SELECT ${changes.revision} AS revision FROM ${changes} WHERE ${among} AND ${changes.atMs} <= ${atMs}`,
      );
      const [row] = await this.#access.read(sql`SELECT max(revision) AS revision FROM (${union(each)}) AS found`);
      if (row?.revision != null) return Number(row.revision);
    }
    return 0;
  }

  async #head(): Promise<number> {
    const { head } = this.#access.tables;
    const [row] = await this.#access.read(sql`SELECT ${head.revision} AS revision FROM ${head}`);
    return Number(row?.revision ?? 0);
  }

  /** Where to look, newest first. */
  #candidates(query: HistoryQuery, within: Range): AsyncIterable<Candidates> {
    const { project, environment, by, sinceMs, untilMs } = query;
    if (isOfDocuments(query)) return this.#ofDocuments(query, within);
    const isIndexed = environment === undefined && by === undefined && sinceMs === undefined && untilMs === undefined;
    if (isIndexed) return whole(within);
    return this.#inBlocks({ project, environment, by: by?.toLowerCase(), sinceMs, untilMs }, within);
  }

  async *#inBlocks(query: BlockQuery, { first, last }: Range): AsyncGenerator<Candidates> {
    const covered = await this.#blocks.coveredRevision();
    for (let high = last; high >= first && high > covered; high -= CHANGES_READ)
      yield { ranges: [{ first: Math.max(first, covered + 1, high - CHANGES_READ + 1), last: high }] };
    if (last - covered > CHANGES_READ) void this.#blocks.fill();
    for await (const blocks of this.#blocks.matching(query, Math.min(last, covered), first, BLOCKS_READ))
      yield { ranges: blocks.map((block) => clip(revisionsOf(block), first, last)) };
  }

  /** Changes that wrote one of some documents, each of which has its own run of the index. */
  async *#ofDocuments(query: HistoryQuery, { first, last }: Range): AsyncGenerator<Candidates> {
    const { writes } = this.#access.tables;
    const documents = await this.#documents(query);
    for (let high = last; documents.length > 0 && high >= first; ) {
      const runs = documents.map(
        ({ kind, id }) => sql`SELECT * FROM (SELECT ${writes.revision} AS revision FROM ${writes}
          WHERE ${writes.kind} = ${kind} AND ${writes.id} = ${id} AND ${writes.revision} BETWEEN ${first} AND ${high}
          ORDER BY ${writes.revision} DESC LIMIT ${REVISIONS_READ}) AS run`,
      );
      const rows = await this.#access.read(
        sql`SELECT DISTINCT revision FROM (${union(runs)}) AS runs ORDER BY revision DESC LIMIT ${REVISIONS_READ}`,
      );
      const revisions = rows.map((row) => Number(row.revision));
      if (revisions.length > 0) yield { revisions };
      if (revisions.length < REVISIONS_READ) return;
      high = (revisions.at(-1) ?? first) - 1;
    }
  }

  /** The documents that a flag or segment is made of: of a flag itself and its targetings, here or everywhere. */
  async #documents({
    project,
    environment,
    flag,
    segment,
    key,
  }: HistoryQuery): Promise<readonly { kind: Kind; id: string }[]> {
    const found: { kind: Kind; id: string }[] = [];
    if (segment !== undefined) found.push({ kind: 'segment', id: `${project}/${segment}` });
    if (key !== undefined) found.push({ kind: 'key', id: key });
    if (flag === undefined) return found;
    const id = `${project}/${flag}`;
    found.push({ kind: 'flag', id });
    if (environment !== undefined) return [...found, { kind: 'targeting', id: `${id}/${environment}` }];
    const { writes } = this.#access.tables;
    // '0' is the character after '/', so this is the range of all ids that begin with `<project>/<flag>/`. From each to
    // the next by the index, past all of its writes.
    const next = (from: SQL) => sql`SELECT min(${writes.id}) FROM ${writes}
      WHERE ${writes.kind} = 'targeting' AND ${writes.id} > ${from} AND ${writes.id} < ${`${id}0`}`;
    const rows = await this.#access.read(sql`
      WITH RECURSIVE targetings(id) AS (
        SELECT (${next(sql`${`${id}/`}`)}) UNION ALL
        SELECT (${next(sql`targetings.id`)}) FROM targetings WHERE targetings.id IS NOT NULL
      ) SELECT id FROM targetings WHERE id IS NOT NULL`);
    return [...found, ...rows.map((row) => ({ kind: 'targeting' as const, id: String(row.id) }))];
  }

  /** Rows of changes that answer the whole question, newest first. */
  async #rows(query: HistoryQuery, candidates: Candidates, most: number): Promise<readonly RawRow[]> {
    const { changes } = this.#access.tables;
    const { project, environment, sinceMs, untilMs, by } = query;
    const found = [sql`1 = 1`];
    if (project !== undefined) found.push(sql`${changes.project} = ${project}`);
    if (sinceMs !== undefined) found.push(sql`${changes.atMs} >= ${sinceMs}`);
    if (untilMs !== undefined) found.push(sql`${changes.atMs} < ${untilMs}`);
    if (environment !== undefined && !isOfDocuments(query)) found.push(this.#touching(environment));
    if (by !== undefined) {
      const actors = await this.#actors(by, candidates);
      if (actors.length === 0) return [];
      found.push(sql`${changes.actor} IN ${actors}`);
    }
    const condition = sql.join(found, sql` AND `);
    const each = this.#among(candidates).map(
      (among) => sql`SELECT revision, at_ms, actor, command, project, environment, subject, reason, hash FROM ${changes}
        WHERE ${among} AND ${condition}`,
    );
    return this.#access.read(sql`${union(each)} ORDER BY revision DESC LIMIT ${most}`);
  }

  /** A condition for each range: joined by OR, some databases would rather read everything. */
  #among(candidates: Candidates): SQL[] {
    const { changes } = this.#access.tables;
    if ('revisions' in candidates) return [sql`${changes.revision} IN ${candidates.revisions}`];
    return joined(candidates.ranges).map(({ first, last }) => sql`${changes.revision} BETWEEN ${first} AND ${last}`);
  }

  /** What an environment serves comes from its own documents, and from the flags and segments of all environments. */
  #touching(environment: string): SQL {
    const { changes, writes } = this.#access.tables;
    return sql`EXISTS (SELECT 1 FROM ${writes} WHERE ${writes.revision} = ${changes.revision} AND (
      ${writes.environment} = ${environment}
      OR (${writes.environment} IS NULL AND ${writes.kind} IN ('flag', 'segment'))))`;
  }

  /** Compared in code: databases know upper and lower case of ASCII only, or as their locale has it. */
  async #actors(by: string, candidates: Candidates): Promise<readonly string[]> {
    const { changes } = this.#access.tables;
    const each = this.#among(candidates).map(
      (among) => sql`SELECT ${changes.actor} AS actor FROM ${changes} WHERE ${among}`,
    );
    const rows = await this.#access.read(sql`SELECT DISTINCT actor FROM (${union(each)}) AS actors`);
    const part = by.toLowerCase();
    return rows.map((row) => String(row.actor)).filter((actor) => nameIn(actor).includes(part));
  }

  async #withWrites(rows: readonly RawRow[]): Promise<ChangeEntry[]> {
    const { writes } = this.#access.tables;
    const entries = rows.map((row) => toEntry(row));
    if (entries.length === 0) return [];
    const byRevision = new Map(entries.map((entry) => [entry.revision, entry]));
    const revisions = [...byRevision.keys()];
    for (let after = { revision: 0, position: -1 }; ; ) {
      const found: readonly RawRow[] = await this.#access.read(sql`
        SELECT revision, position, kind, id, project, environment, version, body IS NULL AS deleted FROM ${writes}
        WHERE ${writes.revision} IN ${revisions}
          AND (${writes.revision}, ${writes.position}) > (${after.revision}, ${after.position})
        ORDER BY ${writes.revision}, ${writes.position} LIMIT ${WRITES_READ}`);
      for (const row of found) byRevision.get(Number(row.revision))?.writes.push(toWrite(row));
      const end = found.at(-1);
      if (!end || found.length < WRITES_READ) return entries;
      after = { revision: Number(end.revision), position: Number(end.position) };
    }
  }
}

/** They are found by the documents that they wrote. */
function isOfDocuments({ project, flag, segment, key }: HistoryQuery): boolean {
  return key !== undefined || (project !== undefined && (flag !== undefined || segment !== undefined));
}

function union(statements: readonly SQL[]): SQL {
  return sql.join([...statements], sql` UNION ALL `);
}

async function* whole(range: Range): AsyncGenerator<Candidates> {
  if (range.last >= range.first) yield { ranges: [range] };
}

function clip({ first, last }: Range, least: number, most: number): Range {
  return { first: Math.max(first, least), last: Math.min(last, most) };
}

/** Newest first in, oldest first out, neighbours as one: then the database walks instead of sorting. */
function joined(ranges: readonly Range[]): Range[] {
  const found: Range[] = [];
  for (const range of ranges.toReversed()) {
    const before = found.at(-1);
    if (before && before.last + 1 === range.first) found[found.length - 1] = { first: before.first, last: range.last };
    else found.push(range);
  }
  return found;
}

function toEntry(row: RawRow): ChangeEntry & { writes: EntryWrite[] } {
  const text = (value: unknown) => (value === null ? null : String(value));
  return {
    revision: Number(row.revision),
    at: Number(row.at_ms),
    actor: JSON.parse(String(row.actor)) as Actor,
    command: String(row.command),
    project: text(row.project),
    environment: text(row.environment),
    subject: String(row.subject),
    reason: text(row.reason),
    hash: String(row.hash),
    writes: [],
  };
}

function toWrite({ kind, id, project, environment, version, deleted }: RawRow): EntryWrite {
  return { kind, id, project, environment, version: Number(version), isDeleted: Boolean(deleted) } as EntryWrite;
}
