import { sql } from 'drizzle-orm';
import type { Logger } from '../logger.ts';
import type { PostgresDatabase } from '../store/postgres/database.ts';
import { leasesTable, nodesTable } from '../store/postgres/tables.ts';

const BEAT_MS = 2_000;

/** Timeout: a server without a heartbeat for this long is gone, and with it its streams. */
export const NODE_GONE_MS = 10_000;

const FORGET_MS = 24 * 60 * 60_000;

/** How long a lease lasts without renewal. */
const LEASE_MS = 15_000;

/** The database's clock, ms since 1970: servers whose own clocks differ agree by it. */
export const DATABASE_NOW = sql`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;

interface PresenceOptions {
  readonly database: PostgresDatabase;
  /** The name of this server, another one at each start. */
  readonly node: string;
  readonly version: string;
  readonly now: () => number;
  readonly logger: Logger;
  /** What this server had told the others is gone: the database has crashed, or another has taken over. */
  readonly forgotten: () => void;
}

/**
 * Heartbeat and lease: tells the other servers that this one is alive, and decides which one does work for all of them.
 */
export class NodePresence {
  readonly #options: PresenceOptions;
  readonly #timer: NodeJS.Timeout;
  #beats = 0;
  #beating: Promise<void> | null = null;

  constructor(options: PresenceOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.beat(), BEAT_MS);
  }

  /** Says that this server is there. Never rejects. Runs by itself as well. */
  beat(): Promise<void> {
    this.#beating ??= this.#beat().finally(() => {
      this.#beating = null;
    });
    return this.#beating;
  }

  /**
   * Takes or renews a lease, by which one server of many does a piece of work. The database decides by its own clock.
   *
   * @returns false as well if the database does not answer: then nobody does the work
   */
  async holds(name: string): Promise<boolean> {
    const { database, node } = this.#options;
    try {
      const { rows } = await database.attempt((db) =>
        db.execute(sql`
          INSERT INTO ${leasesTable} AS lease (name, node, until_ms)
          VALUES (${name}, ${node}, ${DATABASE_NOW} + ${LEASE_MS})
          ON CONFLICT (name) DO UPDATE SET node = excluded.node, until_ms = excluded.until_ms
          WHERE lease.node = excluded.node OR lease.until_ms < ${DATABASE_NOW}
          RETURNING 1`),
      );
      return rows.length === 1;
    } catch {
      return false;
    }
  }

  /** Takes this server's name away, so that nobody waits for its streams. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    const { database, node } = this.#options;
    await database
      .attempt(async (db) => {
        await db.execute(sql`DELETE FROM ${nodesTable} WHERE node = ${node}`);
        await db.execute(sql`DELETE FROM ${leasesTable} WHERE node = ${node}`);
      })
      .catch(() => {});
  }

  async #beat(): Promise<void> {
    const { database, node, version, now, forgotten } = this.#options;
    try {
      const { rows } = await database.attempt((db) =>
        db.execute(sql`
          INSERT INTO ${nodesTable} (node, version, started_ms, seen_ms)
          VALUES (${node}, ${version}, ${now()}, ${DATABASE_NOW})
          ON CONFLICT (node) DO UPDATE SET seen_ms = excluded.seen_ms
          RETURNING (xmax = 0) AS is_new`),
      );
      if (this.#beats++ > 0 && rows[0]?.is_new === true) forgotten();
      if (this.#beats % 1_000 === 0) {
        await database.attempt((db) =>
          db.execute(sql`DELETE FROM ${nodesTable} WHERE seen_ms < ${DATABASE_NOW} - ${FORGET_MS}`),
        );
      }
    } catch {
      // The follower says that the database is away; this would only say it again.
    }
  }
}
