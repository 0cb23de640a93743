import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres, { type Sql } from 'postgres';
import { StoreError } from '../store.ts';
import { MIGRATIONS } from './migrations.ts';
import { SCHEMA } from './tables.ts';

/** Connections of one server. Commands run one after another; the rest is reads of histories and figures. */
const MAX_CONNECTIONS = 8;
const CONNECT_S = 5;
/** The server of the database gives a statement up after this time, … */
const STATEMENT_MS = 8_000;
/** … and we give up whatever has not answered by then: its connection is dead and nobody has told us. */
const ANSWER_MS = 10_000;

/** 'dimm' in ASCII: whoever migrates, or makes the first start, holds this lock. */
const LOCK = 0x64696d6d;

interface PostgresOptions {
  /** Something between here and the database gives each transaction another connection, so nothing may be prepared. */
  readonly isPooled?: boolean;
}

/** Connections to one PostgreSQL database. Several stores may work on it. */
export class PostgresDatabase {
  readonly #url: string;
  readonly #options: PostgresOptions;
  #client: Sql;
  #drizzle: PostgresJsDatabase;
  /** The database acknowledges commits that it has not written: then each of ours asks for the opposite. */
  #asksForSync = false;

  private constructor(url: string, options: PostgresOptions) {
    this.#url = url;
    this.#options = options;
    this.#client = connect(url, options);
    this.#drizzle = drizzle(this.#client);
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

  /** The same for everybody until a connection was found dead, so ask for it each time. */
  get drizzle(): PostgresJsDatabase {
    return this.#drizzle;
  }

  get asksForSync(): boolean {
    return this.#asksForSync;
  }

  /**
   * Runs `work`. Whatever the database throws becomes a `StoreError`, so that callers can tell it from a defect; and so
   * does its silence. What was under way then may have been done or not: who wrote must look.
   */
  async attempt<Result>(work: (db: PostgresJsDatabase) => Promise<Result>): Promise<Result> {
    const client = this.#client;
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#renew(client);
        reject(new Error(`no answer for ${ANSWER_MS} ms`));
      }, ANSWER_MS);
    });
    try {
      return await Promise.race([work(this.#drizzle), silence]);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      const cause = causeOf(error);
      throw new StoreError('STORE_UNAVAILABLE', `The database failed: ${cause.message}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs `work` while no other server on this database does. */
  async exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const connection = await this.#client.reserve();
    try {
      await connection`SELECT pg_advisory_lock(${LOCK})`;
      try {
        return await work();
      } finally {
        await connection`SELECT pg_advisory_unlock(${LOCK})`;
      }
    } finally {
      connection.release();
    }
  }

  async close(): Promise<void> {
    await this.#client.end({ timeout: 2 });
  }

  /** Lets go of all connections at once: the others are most likely as dead as the one that was noticed. */
  #renew(client: Sql): void {
    if (client !== this.#client) return;
    void client.end({ timeout: 0 }).catch(() => {});
    this.#client = connect(this.#url, this.#options);
    this.#drizzle = drizzle(this.#client);
  }

  async #prepare(): Promise<void> {
    const [setting] = await this.#client`SHOW synchronous_commit`;
    this.#asksForSync = setting?.synchronous_commit === 'off';
    await this.#client.begin(async (transaction) => {
      await transaction`SELECT pg_advisory_xact_lock(${LOCK})`;
      await transaction.unsafe(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
      await transaction.unsafe(`SET LOCAL search_path TO ${SCHEMA}`);
      await transaction.unsafe(
        'CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, works_from INTEGER NOT NULL)',
      );
      const done = await transaction`SELECT version, works_from FROM schema_version ORDER BY version`;
      const current = done.at(-1);
      const newest = MIGRATIONS.at(-1)?.version ?? 0;
      if (current !== undefined && current.works_from > newest) {
        throw new StoreError(
          'STORE_NEWER',
          `The database has schema ${current.version}, and this server knows schemas up to ${newest}. Start the newer server that wrote it.`,
        );
      }
      for (const { version, worksFrom, statements } of MIGRATIONS) {
        if (current !== undefined && version <= current.version) continue;
        for (const statement of statements) await transaction.unsafe(statement);
        await transaction`INSERT INTO schema_version VALUES (${version}, ${worksFrom})`;
      }
    });
  }
}

function connect(url: string, { isPooled = false }: PostgresOptions): Sql {
  return postgres(url, {
    max: MAX_CONNECTIONS,
    connect_timeout: CONNECT_S,
    // Its own grows to a minute and more; the database is back sooner than that, and somebody is waiting.
    backoff: (tries: number) => Math.min(2, 0.1 * 2 ** tries) * (0.5 + Math.random() / 2),
    prepare: !isPooled,
    fetch_types: false,
    onnotice: () => {},
    connection: isPooled
      ? { application_name: 'dimmer' }
      : { application_name: 'dimmer', statement_timeout: STATEMENT_MS, idle_in_transaction_session_timeout: ANSWER_MS },
  });
}

/** drizzle wraps what the driver says in the statement and its parameters, which do not belong into a log. */
function causeOf(error: unknown): Error {
  const { cause } = error as Error;
  return cause instanceof Error ? cause : (error as Error);
}
