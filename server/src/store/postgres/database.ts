import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { PostgresDialect } from 'kysely';
import { Pool, type PoolClient } from 'pg';
import { StoreError } from '../../change-log/store.ts';
import { MIGRATIONS } from './migrations.ts';
import { SCHEMA } from './tables.ts';

// Why: decision 0090.
/** Connections of one server for reads of histories and figures, … */
const READ_CONNECTIONS = 6;
/** … and for commands, which run one after another: however much is read, a kill has a connection. */
const COMMAND_CONNECTIONS = 2;
const CONNECT_MS = 5_000;
/** The server of the database gives a statement up after this time, … */
const STATEMENT_MS = 8_000;
/** … and we give up whatever has not answered by then: its connection is dead and nobody has told us. */
const ANSWER_MS = 10_000;

/** How long a commit waits for a lock of somebody else: far longer than any commit of another server takes. */
const LOCK_MS = 1_500;
/** After one has waited in vain, the others need not wait as long to be told so, until one succeeds. */
const HELD_LOCK_MS = 200;

/** Advisory lock ('dimm' in ASCII) of the server that migrates, or makes the first start. */
const LOCK = 0x64696d6d;

interface PostgresOptions {
  /** A pooler stands between here and the database, which refuses settings that it does not know. */
  readonly isPooled?: boolean;
}

/** A connection, or all of them. */
export type Postgres = NodePgDatabase;

interface TransactionOptions {
  readonly begin?: 'BEGIN' | 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
  /** Ms to wait for a lock. Default: 1.5 s, and less while somebody is known to hold one. */
  readonly lockMs?: number;
  /** Waits the full time for a lock in any case. */
  readonly isUrgent?: boolean;
  /** No command, so not on a connection that is kept for them. */
  readonly isAside?: boolean;
}

interface Pools {
  readonly reads: Pool;
  readonly commands: Pool;
}

/** A session that holds a lock on a table of ours and does not wait for one itself; what may not be seen is `null`. */
interface LockHolder {
  readonly pid: number;
  readonly application: string | null;
  readonly user: string | null;
  readonly state: string | null;
  readonly seconds: number | null;
}

/** The oldest of them: `ACCESS SHARE`, which reads take, holds nobody up. */
const HOLDER = `
  SELECT s.pid, nullif(s.application_name, '') AS application, s.usename AS "user", s.state,
    floor(extract(epoch FROM now() - s.xact_start))::int AS seconds
  FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_stat_activity s ON s.pid = l.pid
  WHERE c.relnamespace = '${SCHEMA}'::regnamespace AND l.granted AND l.mode <> 'AccessShareLock'
    AND s.wait_event_type IS DISTINCT FROM 'Lock' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  ORDER BY s.xact_start NULLS FIRST LIMIT 1`;

/** Connections to one PostgreSQL database. Several stores may work on it. */
export class PostgresDatabase {
  readonly #url: string;
  readonly #options: PostgresOptions;
  readonly #clients = new Set<PoolClient>();
  #pools: Pools;
  #lockMs = LOCK_MS;
  /** The database acknowledges commits that it has not written: then each of ours asks for the opposite. */
  #asksForSync = false;

  private constructor(url: string, options: PostgresOptions) {
    this.#url = url;
    this.#options = options;
    this.#pools = this.#connect();
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
    return this.#guard(() => work(drizzle(this.#pools.reads)));
  }

  /** As `attempt`, on a connection that is kept for commands. */
  attemptFirst<Result>(work: (db: Postgres) => Promise<Result>): Promise<Result> {
    return this.#guard(() => work(drizzle(this.#pools.commands)));
  }

  /** As `attemptFirst`, in one transaction, which is undone if `work` rejects. Rejects with `STORE_HELD` for want of a lock. */
  transaction<Result>(work: (db: Postgres) => Promise<Result>, options: TransactionOptions = {}): Promise<Result> {
    return this.#guard(() => this.#transact(work, options));
  }

  /** For sign-in, which speaks by Kysely: connections of the pool that there is at the moment. */
  kyselyDialect(): PostgresDialect {
    return new PostgresDialect({ pool: { connect: () => this.#pools.reads.connect(), end: async () => {} } as never });
  }

  /** Runs `work` while no other server on this database does. */
  async exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const client = await this.#pools.reads.connect();
    try {
      await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
      return await work();
    } finally {
      // The lock goes with the connection, whatever state that is in.
      client.release(true);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#pools.reads.end(), this.#pools.commands.end()]);
  }

  async #guard<Result>(work: () => Promise<Result>): Promise<Result> {
    const pools = this.#pools;
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#renew(pools);
        reject(new Error(`no answer for ${ANSWER_MS} ms`));
      }, ANSWER_MS);
    });
    try {
      return await Promise.race([work(), silence]);
    } catch (error) {
      if (error instanceof StoreError) throw error;
      const cause = causeOf(error);
      if (isLockTimeout(cause)) throw await this.#held(cause);
      throw new StoreError('STORE_UNAVAILABLE', `The database failed: ${cause.message}`, { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** By hand: drizzle's own keeps a connection for ever if it dies before the transaction has begun. */
  async #transact<Result>(
    work: (db: Postgres) => Promise<Result>,
    { begin = 'BEGIN', lockMs, isUrgent = false, isAside = false }: TransactionOptions,
  ): Promise<Result> {
    const client = await (isAside ? this.#pools.reads : this.#pools.commands).connect();
    let isBroken = false;
    try {
      const waitMs = lockMs ?? (isUrgent ? LOCK_MS : this.#lockMs);
      await client.query(`${begin}; SET LOCAL lock_timeout = ${waitMs}`);
      const result = await work(drizzle(client));
      await client.query('COMMIT');
      if (!isAside) this.#lockMs = LOCK_MS;
      return result;
    } catch (error) {
      if (!isAside && isLockTimeout(causeOf(error))) this.#lockMs = HELD_LOCK_MS;
      await client.query('ROLLBACK').catch(() => {
        isBroken = true;
      });
      throw error;
    } finally {
      client.release(isBroken);
    }
  }

  /** Says who holds a lock, as far as the database tells. */
  async #held(cause: Error): Promise<StoreError> {
    const details = await this.#pools.reads
      .query(HOLDER)
      .then(({ rows }) => rows[0] as LockHolder | undefined)
      .catch(() => undefined);
    const holder = details === undefined ? 'another session' : describeHolder(details);
    return new StoreError('STORE_HELD', `A lock is held by ${holder}.`, { cause, details: { holder, ...details } });
  }

  /** Lets go of all connections at once: the others are most likely as dead as the one that was noticed. */
  #renew(pools: Pools): void {
    if (pools !== this.#pools) return;
    const clients = [...this.#clients];
    this.#pools = this.#connect();
    for (const pool of [pools.reads, pools.commands]) void pool.end().catch(() => {});
    // Closing politely to a peer that does not listen would keep the socket for a quarter of an hour.
    for (const client of clients) socketOf(client)?.destroy();
  }

  #connect(): Pools {
    return { reads: this.#pool(READ_CONNECTIONS), commands: this.#pool(COMMAND_CONNECTIONS) };
  }

  #pool(max: number): Pool {
    const pool = new Pool({
      connectionString: this.#url,
      max,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      ...(!this.#options.isPooled && {
        application_name: 'dimmer',
        statement_timeout: STATEMENT_MS,
        idle_in_transaction_session_timeout: ANSWER_MS,
      }),
    });
    // Connections end, with or without somebody who waits for them; those who wait are told by what they wait for.
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
      await db.execute('SET LOCAL lock_timeout = 0');
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
    }, {});
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

/** `lock_not_available` */
function isLockTimeout(cause: Error): boolean {
  return (cause as { code?: string }).code === '55P03';
}

function describeHolder({ pid, application, user, state, seconds }: LockHolder): string {
  const who = [application && `"${application}"`, user && `as user "${user}"`].filter(Boolean).join(' ');
  const what = [state, seconds === null ? null : `in its transaction for ${seconds} s`].filter(Boolean).join(', ');
  return `process ${pid} of PostgreSQL${who === '' ? '' : `, ${who}`}${what === '' ? '' : ` (${what})`}`;
}
