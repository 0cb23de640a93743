import type { Audience } from '@dimmer/core';
import { sql } from 'drizzle-orm';
import { WriteBehind } from '../figures/write-behind.ts';
import { type Instance, NO_WORD, REMEMBER_MS, type Word } from '../instances/instance.ts';
import type { RollCall } from '../instances/roll-call.ts';
import { asOneOfEachName } from '../instances/same-name.ts';
import type { Logger } from '../logger.ts';
import type { PostgresDatabase } from '../store/postgres/database.ts';
import { instancesTable, nodesTable } from '../store/postgres/tables.ts';
import { DATABASE_NOW, NODE_GONE_MS } from './node-presence.ts';

// Why: decision 0093.
/** News of instances is written in batches: after a change all of them say that they have applied it. */
const FLUSH_MS = 50;
const RETRY_MS = 2_000;
const ROWS_AT_ONCE = 1_000;
/** Rows that wait while the database is away. What finds no room is written when it is back, by `InstanceRegistry.noteAll`. */
const ROWS_HELD = 50_000;

interface SharedInstancesOptions {
  readonly database: PostgresDatabase;
  /** The name of this server. */
  readonly node: string;
  readonly logger: Logger;
}

/**
 * What all servers on one database know of instances. A change reaches an instance by the stream of one
 * server, and its receipt may come to another, so each writes here what it hears, and a query adds it up.
 *
 * It is of use while it is fresh and is never waited for: without the database, each server still knows its own.
 */
export class SharedInstances {
  readonly #options: SharedInstancesOptions;
  readonly #behind: WriteBehind<object>;

  constructor(options: SharedInstancesOptions) {
    this.#options = options;
    this.#behind = new WriteBehind({
      withinMs: FLUSH_MS,
      retryMs: RETRY_MS,
      rowsAtOnce: ROWS_AT_ONCE,
      mostRows: ROWS_HELD,
      merge: (_, newest) => newest,
      // In the order of the table's key.
      isOrdered: true,
      write: (rows) => this.#put(rows),
    });
  }

  /** Notes what this server knows of an instance. Costs nothing now; the newest word is written soon. */
  note(project: string, environment: string, name: string, instance: Instance): void {
    // SDKs of before have no name of their own: two of one instance name, at two servers, are a row each, or the streams of
    // the one would take the place of the other's. The reader puts the rows together.
    const own = instance.client === null && instance.instance !== null ? `${name}@${this.#options.node}` : name;
    const key = `${project}/${environment}/${own}`;
    this.#behind.add(key, rowOf(project, environment, own, instance));
  }

  /** Writes what waits. Never rejects. */
  flush(): Promise<void> {
    return this.#behind.flush();
  }

  /** Everybody that any server has known in the last ten minutes. Rejects with a `StoreError`. */
  async list(project: string, environment: string): Promise<readonly Instance[]> {
    await this.flush();
    const { rows } = await this.#options.database.attempt((db) =>
      db.execute(sql`
        SELECT i.*, i.streams > 0 AND n.seen_ms > ${DATABASE_NOW} - ${NODE_GONE_MS} AS is_connected, n.seen_ms
        FROM ${instancesTable} i LEFT JOIN ${nodesTable} n ON n.node = i.node
        WHERE i.project = ${project} AND i.environment = ${environment}
          AND (i.streams > 0 OR i.changed_ms > ${DATABASE_NOW} - ${REMEMBER_MS})`),
    );
    return asOneOfEachName(rows.map(instanceOf));
  }

  /** Forgets those that are long gone, and those whose server is. Rejects with a `StoreError`. */
  async prune(): Promise<void> {
    await this.#options.database.attempt((db) =>
      db.execute(sql`
        DELETE FROM ${instancesTable} i WHERE i.changed_ms < ${DATABASE_NOW} - ${REMEMBER_MS}
          AND NOT (i.streams > 0 AND EXISTS (SELECT 1 FROM ${nodesTable} n WHERE n.node = i.node))`),
    );
  }

  close(): Promise<void> {
    return this.#behind.close();
  }

  /**
   * What was heard last wins, each of presence, receipt and evaluation by itself: the stream may be at one server and
   * the receipt at another. That a stream has ended counts only from the server that had it.
   */
  async #put(rows: readonly object[]): Promise<void> {
    const isOwn = sql`(excluded.streams > 0 OR i.streams = 0 OR i.node = excluded.node)`;
    const own = (column: string) => {
      const name = sql.identifier(column);
      return sql`${name} = CASE WHEN ${isOwn} THEN excluded.${name} ELSE i.${name} END`;
    };
    const newer = (column: string, by: string) => {
      const [name, at] = [sql.identifier(column), sql.identifier(by)];
      return sql`${name} = CASE WHEN excluded.${at} >= coalesce(i.${at}, 0) THEN excluded.${name} ELSE i.${name} END`;
    };
    await this.#options.database.attempt((db) =>
      db.execute(sql`
        INSERT INTO ${instancesTable} AS i (${COLUMNS}, node, changed_ms)
        SELECT ${COLUMNS}, ${this.#options.node}, ${DATABASE_NOW}
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(${TYPED_COLUMNS})
        ON CONFLICT (project, environment, name) DO UPDATE SET
          ${own('node')}, ${own('streams')}, ${own('connected_ms')}, ${own('disconnected_ms')}, ${own('sends_receipts')},
          client = coalesce(excluded.client, i.client), ${newer('word', 'word_ms')}, ${newer('word_ms', 'word_ms')},
          ${newer('roll_call', 'roll_call_ms')}, ${newer('roll_call_ms', 'roll_call_ms')},
          application = coalesce(excluded.application, i.application), sdk = coalesce(excluded.sdk, i.sdk),
          ${newer('delay_ms', 'applied_ms')}, ${newer('applied_id', 'applied_ms')}, ${newer('applied_ms', 'applied_ms')},
          ${newer('evaluated_id', 'evaluated_ms')}, ${newer('evaluated_ms', 'evaluated_ms')},
          changed_ms = excluded.changed_ms`),
    );
  }
}

const TYPES = {
  project: 'text',
  environment: 'text',
  name: 'text',
  streams: 'int',
  audience: 'text',
  instance: 'text',
  application: 'text',
  sdk: 'text',
  sends_receipts: 'int',
  connected_ms: 'bigint',
  disconnected_ms: 'bigint',
  applied_id: 'text',
  applied_ms: 'bigint',
  delay_ms: 'float8',
  evaluated_id: 'text',
  evaluated_ms: 'bigint',
  roll_call: 'text',
  roll_call_ms: 'bigint',
  client: 'text',
  word: 'text',
  word_ms: 'bigint',
};
const COLUMNS = sql.raw(Object.keys(TYPES).join(', '));
const TYPED_COLUMNS = sql.raw(
  Object.entries(TYPES)
    .map(([column, type]) => `${column} ${type}`)
    .join(', '),
);

function rowOf(project: string, environment: string, name: string, instance: Instance) {
  const { streams, audience, application, sdk, sendsReceipts, connectedAt, disconnectedAt } = instance;
  return {
    project,
    environment,
    name,
    streams,
    audience,
    instance: instance.instance,
    application,
    sdk,
    sends_receipts: sendsReceipts ? 1 : 0,
    connected_ms: connectedAt,
    disconnected_ms: disconnectedAt,
    applied_id: instance.appliedId,
    applied_ms: instance.appliedAt,
    delay_ms: instance.delayMs,
    evaluated_id: instance.evaluatedId,
    evaluated_ms: instance.evaluatedAt,
    roll_call: instance.rollCall && JSON.stringify(instance.rollCall),
    roll_call_ms: instance.rollCallAt,
    client: instance.client,
    ...wordOf(instance),
  };
}

/** What an instance reported besides receipts, as of its newest report; nothing from a server that has heard nothing. */
function wordOf({ connectedAt, disconnectedAt, ...instance }: Instance) {
  const { polledAt, pollGapMs, leftAt, failure, lostBelow, unprovenAt } = instance;
  const lostAt = lostBelow === null ? 0 : (disconnectedAt ?? 0);
  const at = Math.max(polledAt ?? 0, leftAt ?? 0, failure?.at ?? 0, unprovenAt ?? 0, lostAt);
  if (at === 0) return { word: null, word_ms: null };
  // That somebody has come back is said by the stream.
  const back = connectedAt !== null && disconnectedAt === null ? connectedAt : 0;
  return {
    word: JSON.stringify({ polledAt, pollGapMs, leftAt, failure, lostBelow, unprovenAt }),
    word_ms: Math.max(at, back),
  };
}

/** `bigint` columns come as texts. */
function instanceOf(row: Record<string, unknown>): Instance {
  const instant = (value: unknown) => (value === null ? null : Number(value));
  const isConnected = row.is_connected === true;
  return {
    instance: row.instance as string | null,
    application: row.application as string | null,
    sdk: row.sdk as string | null,
    sendsReceipts: row.sends_receipts === 1,
    audience: row.audience as Audience,
    streams: isConnected ? (row.streams as number) : 0,
    connectedAt: instant(row.connected_ms),
    disconnectedAt: isConnected ? null : instant(row.disconnected_ms ?? row.seen_ms),
    appliedId: row.applied_id as string | null,
    appliedAt: instant(row.applied_ms),
    delayMs: row.delay_ms as number | null,
    evaluatedId: row.evaluated_id as string | null,
    evaluatedAt: instant(row.evaluated_ms),
    rollCall: row.roll_call === null ? null : (JSON.parse(row.roll_call as string) as RollCall),
    rollCallAt: instant(row.roll_call_ms),
    client: row.client as string | null,
    ...NO_WORD,
    ...(row.word === null ? {} : (JSON.parse(row.word as string) as Partial<Word>)),
  };
}
