import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { PostgresDialect } from 'kysely';
import { Pool, type PoolClient } from 'pg';
import { StoreError } from '../store.ts';
import { MIGRATIONS } from './migrations.ts';
import { SCHEMA } from './tables.ts';

/** Connections of one server. Commands run one after another; the rest is reads of histories and figures. */
const MAX_CONNECTIONS = 8;
const CONNECT_MS = 5_000;
/** The server of the database gives a statement up after this time, … */
const STATEMENT_MS = 8_000;
/** … and we give up whatever has not answered by then: its connection is dead and nobody has told us. */
const ANSWER_MS = 10_000;

/** 'dimm' in ASCII: whoever migrates, or makes the first start, holds this lock. */
const LOCK = 0x64696d6d;

interface PostgresOptions {
  /** A pooler stands between here and the database, which refuses settings that it does not know. */
  readonly isPooled?: boolean;
}

/** A connection, or all of them. */
export type Postgres = NodePgDatabase;

type Begin = 'BEGIN' | 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/** Connections to one PostgreSQL database. Several stores may work on it. */
export class PostgresDatabase {
  readonly #url: string;
  readonly #options: PostgresOptions;
  readonly #clients = new Set<PoolClient>();
  #pool: Pool;
  #drizzle: Postgres;
  /** The database acknowledges commits that it has not written: then each of ours asks for the opposite. */
  #asksForSync = false;

  private constructor(url: string, options: PostgresOptions) {
    this.#url = url;
    this.#options = options;
    this.#pool = this.#connect();
    this.#drizzle = drizzle(this.#pool);
  }

  /**
   * Connects and brings the schema up to date; of several servers that start at once, one does it.
   *
   * @param url `postgres://user:password@host:port/database`, with `?sslmode=require` where wanted
   * @throws StoreError `STORE_NEWER` if a version wrote it that this one cannot work beside, `STORE_UNAVAILABLE` if it
   * cannot be reached
   */
  static async open(url: string, options: PostgresOptions = {}): Promise<PostgresDatabase> {
    const database = new PostgresDatabase(url, options);
    try {
      await database.#prepare();
      return database;
    } catch (error) {
      await database.close();
      if (error instanceof StoreError) throw error;
      throw new StoreError(
        'STORE_UNAVAILABLE',
        `Cannot use the database: ${(error as Error).message}. Check DATABASE_URL, and that this user may create a schema.`,
        { cause: error },
      );
    }
  }

  get asksForSync(): boolean {
    return this.#asksForSync;
  }

  /**
   * Runs `work`. Whatever the database throws becomes a `StoreError`, so that callers can tell it from a defect; and so
   * does its silence. What was under way then may have been done or not: who wrote must look.
   */
  attempt<Result>(work: (db: Postgres) => Promise<Result>): Promise<Result> {
    return this.#guard(() => work(this.#drizzle));
  }

  /** As `attempt`, in one transaction, which is undone if `work` rejects. */
  transaction<Result>(work: (db: Postgres) => Promise<Result>, begin: Begin = 'BEGIN'): Promise<Result> {
    return this.#guard(() => this.#transact(work, begin));
  }

  /** For sign-in, which speaks by Kysely: connections of the pool that there is at the moment. */
  kyselyDialect(): PostgresDialect {
    return new PostgresDialect({ pool: { connect: () => this.#pool.connect(), end: async () => {} } as never });
  }

  /** Runs `work` while no other server on this database does. */
  async exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect();
    try {
      await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
      return await work();
    } finally {
      // The lock goes with the connection, whatever state that is in.
      client.release(true);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #guard<Result>(work: () => Promise<Result>): Promise<Result> {
    const pool = this.#pool;
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#renew(pool);
        reject(new Error(`no answer for ${ANSWER_MS} ms`));
      }, ANSWER_MS);
    });
    try {
      return await Promise.race([work(), silence]);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      const cause = causeOf(error);
      throw new StoreError('STORE_UNAVAILABLE', `The database failed: ${cause.message}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** By hand: drizzle's own keeps a connection for ever if it dies before the transaction has begun. */
  async #transact<Result>(work: (db: Postgres) => Promise<Result>, begin: Begin): Promise<Result> {
    const client = await this.#pool.connect();
    let isBroken = false;
    try {
      await client.query(begin);
      const result = await work(drizzle(client));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {
        isBroken = true;
      });
      throw error;
    } finally {
      client.release(isBroken);
    }
  }

  /** Lets go of all connections at once: the others are most likely as dead as the one that was noticed. */
  #renew(pool: Pool): void {
    if (pool !== this.#pool) return;
    const clients = [...this.#clients];
    this.#pool = this.#connect();
    this.#drizzle = drizzle(this.#pool);
    void pool.end().catch(() => {});
    // A farewell to somebody who does not listen would keep the socket for a quarter of an hour.
    for (const client of clients) socketOf(client)?.destroy();
  }

  #connect(): Pool {
    const pool = new Pool({
      ...{ connectionString: this.#url, max: MAX_CONNECTIONS, connectionTimeoutMillis: CONNECT_MS, keepAlive: true },
      ...(!this.#options.isPooled && {
        application_name: 'dimmer',
        ...{ statement_timeout: STATEMENT_MS, idle_in_transaction_session_timeout: ANSWER_MS },
      }),
    });
    // Connections end, with or without somebody who waits for them; whoever waits is told by what they wait for.
    pool.on('error', () => {});
    pool.on('connect', (client) => {
      this.#clients.add(client);
      client.on('error', () => {});
      client.on('end', () => this.#clients.delete(client));
    });
    return pool;
  }

  #prepare(): Promise<void> {
    return this.#transact(async (db) => {
      const setting = await db.execute('SHOW synchronous_commit');
      this.#asksForSync = setting.rows[0]?.synchronous_commit === 'off';
      // A migration may take longer than a statement has; others wait for it as long.
      await db.execute('SET LOCAL statement_timeout = 0');
      await db.execute(sql`SELECT pg_advisory_xact_lock(${LOCK})`);
      // Asked first: a user who may not make a schema, nor alter the log, is enough once that is done.
      const made = await db.execute(sql`SELECT to_regclass(${`${SCHEMA}.schema_version`}) AS version`);
      if (made.rows[0]?.version === null) await db.execute(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
      await db.execute(`SET LOCAL search_path TO ${SCHEMA}`);
      if (made.rows[0]?.version === null) {
        await db.execute('CREATE TABLE schema_version (version INTEGER PRIMARY KEY, works_from INTEGER NOT NULL)');
      }
      const done = await db.execute('SELECT version, works_from FROM schema_version ORDER BY version');
      const current = done.rows.at(-1) as { version: number; works_from: number } | undefined;
      const newest = MIGRATIONS.at(-1)?.version ?? 0;
      if (current !== undefined && current.works_from > newest) {
        throw new StoreError(
          'STORE_NEWER',
          `The database has schema ${current.version}, and this server knows schemas up to ${newest}. Start the newer server that wrote it.`,
        );
      }
      for (const { version, worksFrom, statements } of MIGRATIONS) {
        if (current !== undefined && version <= current.version) continue;
        for (const statement of statements) await db.execute(statement);
        await db.execute(sql`INSERT INTO schema_version VALUES (${version}, ${worksFrom})`);
      }
    }, 'BEGIN');
  }
}

/** Not in the types, and there all the same. */
function socketOf(client: PoolClient): { destroy(): void } | undefined {
  return (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream;
}

/** drizzle wraps what the driver says in the statement and its parameters, which do not belong into a log. */
function causeOf(error: unknown): Error {
  const { cause } = error as Error;
  return cause instanceof Error ? cause : (error as Error);
}
