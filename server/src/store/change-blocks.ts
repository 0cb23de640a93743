import { type SQL, sql } from 'drizzle-orm';
import type { Actor } from '../changes/change.ts';
import type { LogAccess, RawRow } from './log-access.ts';

// Why: decision 0128.
/** Consecutive changes of one block. */
export const BLOCK_CHANGES = 256;

/** Blocks that are made before others get the disk; with the pause a million changes take half a minute. */
const BATCH = 8;
const PAUSE_MS = 20;
/** Writes read at a time: one change may have tens of thousands. */
const WRITES_READ = 4_000;
/** Blocks looked through by one statement. */
const LOOKED_AT = 1_024;

/** What a block must hold at least once to be read. Everything given must hold. */
export interface BlockQuery {
  /** Of changes. */
  readonly project?: string | undefined;
  /** Of what is written; needs `project`. */
  readonly environment?: string | undefined;
  /** A part of the name of who did it, in lower case. */
  readonly by?: string | undefined;
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

/**
 * Block range index (BRIN): one row for each 256 consecutive changes says when they were made, by whom, and where. A
 * search looks through a million changes by four thousand rows, and reads only the blocks that can have an answer. Rows
 * are written after the changes, in small pieces, by whichever server finds one missing: blocks without a row are read,
 * and a database of an older version fills up while it is in use.
 */
export class ChangeBlocks {
  readonly #access: LogAccess;
  #filling: Promise<void> | null = null;
  #isClosed = false;

  constructor(access: LogAccess) {
    this.#access = access;
  }

  /** The last revision that is in a block with a row; all before it are. */
  async coveredRevision(): Promise<number> {
    const { blocks } = this.#access.tables;
    const [row] = await this.#access.read(sql`SELECT max(${blocks.block}) AS last FROM ${blocks}`);
    return row?.last == null ? 0 : (Number(row.last) + 1) * BLOCK_CHANGES;
  }

  /**
   * Blocks of revisions up to `lastRevision` that can hold what is asked for, newest first, `most` at a time.
   *
   * @param lastRevision the last of a block
   */
  async *matching(
    query: BlockQuery,
    lastRevision: number,
    firstRevision: number,
    most: number,
  ): AsyncGenerator<number[]> {
    const { blocks } = this.#access.tables;
    const condition = this.#condition(query);
    const lowest = blockOf(firstRevision);
    for (let high = blockOf(lastRevision); high >= lowest; ) {
      const low = Math.max(lowest, high - LOOKED_AT + 1);
      const rows = await this.#access.read(sql`
        SELECT ${blocks.block} AS block FROM ${blocks}
        WHERE ${blocks.block} BETWEEN ${low} AND ${high} AND ${condition} ORDER BY ${blocks.block} DESC LIMIT ${most}`);
      const found = rows.map((row) => Number(row.block));
      if (found.length > 0) yield found;
      high = (found.length < most ? low : (found.at(-1) ?? low)) - 1;
    }
  }

  /** Makes the rows that are missing, if that is not under way. Never rejects: the next who asks tries again. */
  fill(): Promise<void> {
    this.#filling ??= this.#fill()
      .catch(() => {})
      .finally(() => {
        this.#filling = null;
      });
    return this.#filling;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#filling;
  }

  async #fill(): Promise<void> {
    const { head } = this.#access.tables;
    for (;;) {
      const covered = await this.coveredRevision();
      const [last] = await this.#access.read(sql`SELECT ${head.revision} AS revision FROM ${head}`);
      const missing = Math.floor((Number(last?.revision ?? 0) - covered) / BLOCK_CHANGES);
      if (missing < 1 || this.#isClosed) return;
      const rows: SQL[] = [];
      for (let index = 0; index < Math.min(missing, BATCH) && !this.#isClosed; index++)
        rows.push(await this.#row(covered / BLOCK_CHANGES + index));
      if (this.#isClosed) return;
      // Another server may have been faster; it has written the same.
      const { blocks } = this.#access.tables;
      await this.#access.write(sql`
        INSERT INTO ${blocks} (block, least_ms, most_ms, names, places) VALUES ${sql.join(rows, sql`, `)}
        ON CONFLICT (block) DO NOTHING`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  async #row(block: number): Promise<SQL> {
    const { changes, writes } = this.#access.tables;
    const { first, last } = revisionsOf(block);
    const found = await this.#access.read(sql`
      SELECT ${changes.atMs} AS at_ms, ${changes.actor} AS actor, ${changes.project} AS project FROM ${changes}
      WHERE ${changes.revision} BETWEEN ${first} AND ${last}`);
    const names = new Set<string>();
    const places = new Set<string>();
    for (const { actor, project } of found) {
      names.add(nameIn(actor));
      if (project !== null) places.add(projectMark(String(project)));
    }
    for (let after = { revision: first, position: -1 }; ; ) {
      const rows: readonly RawRow[] = await this.#access.read(sql`
        SELECT ${writes.revision} AS revision, ${writes.position} AS position, ${writes.kind} AS kind,
          ${writes.project} AS project, ${writes.environment} AS environment FROM ${writes}
        WHERE (${writes.revision}, ${writes.position}) > (${after.revision}, ${after.position})
          AND ${writes.revision} <= ${last}
        ORDER BY ${writes.revision}, ${writes.position} LIMIT ${WRITES_READ}`);
      for (const row of rows) for (const mark of marksOf(row)) places.add(mark);
      const end = rows.at(-1);
      if (!end || rows.length < WRITES_READ) break;
      after = { revision: Number(end.revision), position: Number(end.position) };
    }
    const times = found.map((row) => Number(row.at_ms));
    const texts = [[...names].map((name) => escaped(name)), [...places]].map((each) => `\n${each.join('\n')}\n`);
    return sql`(${block}, ${Math.min(...times)}, ${Math.max(...times)}, ${texts[0]}, ${texts[1]})`;
  }

  #condition({ project, environment, by, sinceMs, untilMs }: BlockQuery): SQL {
    const { blocks } = this.#access.tables;
    const found = [sql`1 = 1`];
    if (sinceMs !== undefined) found.push(sql`${blocks.mostMs} >= ${sinceMs}`);
    if (untilMs !== undefined) found.push(sql`${blocks.leastMs} < ${untilMs}`);
    if (by !== undefined) found.push(sql`${blocks.names} LIKE ${pattern(escaped(by))} ESCAPE '\\'`);
    const has = (mark: string) => sql`${blocks.places} LIKE ${pattern(`\n${mark}\n`)} ESCAPE '\\'`;
    if (project !== undefined) found.push(has(projectMark(project)));
    if (project !== undefined && environment !== undefined)
      found.push(sql`(${has(environmentMark(project, environment))} OR ${has(sharedMark(project))})`);
    return sql.join(found, sql` AND `);
  }
}

/** The revisions of a block, the last one included. */
export function revisionsOf(block: number): { first: number; last: number } {
  return { first: block * BLOCK_CHANGES + 1, last: (block + 1) * BLOCK_CHANGES };
}

/** Who did something, in lower case, from an actor as it is stored. */
export function nameIn(actor: unknown): string {
  return (JSON.parse(String(actor)) as Actor).name.toLowerCase();
}

function blockOf(revision: number): number {
  return Math.floor((revision - 1) / BLOCK_CHANGES);
}

/** Keys have no line end and no slash. */
const projectMark = (project: string) => `p:${project}`;
const sharedMark = (project: string) => `s:${project}`;
const environmentMark = (project: string, environment: string) => `e:${project}/${environment}`;

/** Where a write stands; what all environments of a project are made of stands in each of them. */
function marksOf({ kind, project, environment }: RawRow): string[] {
  if (project === null) return [];
  if (environment !== null) return [environmentMark(String(project), String(environment))];
  return kind === 'flag' || kind === 'segment' ? [sharedMark(String(project))] : [];
}

/** On one line. */
function escaped(name: string): string {
  return JSON.stringify(name).slice(1, -1);
}

function pattern(part: string): string {
  return `%${part.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}
