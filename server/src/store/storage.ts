import { type Store, StoreError } from '../change-log/store.ts';
import type { DatabaseConfig } from '../config.ts';
import type { EvaluationStore } from '../evaluations/evaluation-store.ts';
import type { DayTotalStore } from '../figures/day-total-store.ts';
import type { KeyUseStore } from '../keys/key-use-store.ts';
import type { LaunchStore } from '../launches/launch-store.ts';
import type { Logger } from '../logger.ts';
import type { AuthTerms } from '../sign-in/auth-options.ts';
import { PostgresDatabase } from './postgres/database.ts';
import { postgresDayTotals } from './postgres/day-total-store.ts';
import { PostgresEvaluationStore } from './postgres/evaluation-store.ts';
import { postgresKeyUse } from './postgres/key-use-store.ts';
import { PostgresLaunchStore } from './postgres/launch-store.ts';
import { PostgresStore } from './postgres/postgres-store.ts';
import { probePostgres } from './postgres/probe.ts';
import { SCHEMA } from './postgres/tables.ts';
import { SqliteDatabase } from './sqlite/database.ts';
import { sqliteDayTotals } from './sqlite/day-total-store.ts';
import { SqliteEvaluationStore } from './sqlite/evaluation-store.ts';
import { sqliteKeyUse } from './sqlite/key-use-store.ts';
import { SqliteLaunchStore } from './sqlite/launch-store.ts';
import { probeSqlite } from './sqlite/probe.ts';
import { SqliteStore } from './sqlite/sqlite-store.ts';

/** A database that is started together with this server may need this long. */
const PATIENCE_MS = 30_000;
const TRY_AGAIN_MS = 1_000;

/** Everything that is kept, in one database. */
export interface Storage {
  /** `close()` closes the database, and with it the two others. */
  readonly store: Store;
  readonly evaluations: EvaluationStore;
  readonly launches: LaunchStore;
  /** The same database for people's sign-in. */
  readonly signIn: AuthTerms['database'];
  readonly keyUses: KeyUseStore;
  readonly dayTotals: DayTotalStore;
  /** The one path of the file that it is in; `null`: it is a server. */
  readonly file: string | null;
  /** Rejects when nothing can be written. */
  probe(): Promise<void>;
  /** Tells when what is stored may have been changed by a program that is no server of ours. */
  onForeignWrites(listener: () => void): void;
  /** Runs `work` while no other server on this database does. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result>;
  /** `null`: no other server can be on this database. */
  readonly shared: { readonly database: PostgresDatabase; readonly listenUrl: string } | null;
}

/**
 * Opens the database that the configuration names. PostgreSQL is waited for, half a minute: it may be starting as well.
 *
 * @throws StoreError if it cannot be used
 */
export async function openStorage(config: DatabaseConfig, logger: Logger): Promise<Storage> {
  if (config.kind === 'sqlite') return sqliteStorage(SqliteDatabase.open(config.file));
  const { url, listenUrl } = config;
  const database = await patiently(() => PostgresDatabase.open(url, { isPooled: listenUrl !== null }), logger);
  return {
    store: new PostgresStore(database),
    evaluations: new PostgresEvaluationStore(database),
    launches: new PostgresLaunchStore(database),
    signIn: { dialect: database.kyselyDialect(), type: 'postgres', schemaName: SCHEMA, transaction: true },
    file: null,
    keyUses: postgresKeyUse(database),
    dayTotals: postgresDayTotals(database),
    probe: () => probePostgres(database),
    // Each server looks every other second whether its history is still the database's.
    onForeignWrites: () => {},
    exclusively: (work) => database.exclusively(work),
    shared: { database, listenUrl: listenUrl ?? url },
  };
}

function sqliteStorage(database: SqliteDatabase): Storage {
  return {
    store: new SqliteStore(database),
    evaluations: new SqliteEvaluationStore(database),
    launches: new SqliteLaunchStore(database),
    // Without transactions: each of its statements is done before anything else runs, and none can be left open.
    signIn: { dialect: database.kyselyDialect(), type: 'sqlite', transaction: false },
    file: database.file,
    keyUses: sqliteKeyUse(database),
    dayTotals: sqliteDayTotals(database),
    probe: () => probeSqlite(database),
    onForeignWrites: (listener) => {
      database.othersWrote = listener;
    },
    exclusively: (work) => work(),
    shared: null,
  };
}

async function patiently<Opened>(open: () => Promise<Opened>, logger: Logger): Promise<Opened> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      const mayCome = error instanceof StoreError && isNotThereYet(error.cause);
      if (!mayCome || performance.now() > until) throw error;
      logger.warn('The database is not there yet; trying again', { error: error.message });
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
  }
}

/** Nobody listens yet, its name is not known yet, or it says itself that it is starting (57P03). */
function isNotThereYet(cause: unknown): boolean {
  const { code = '' } = (cause ?? {}) as { code?: string };
  return /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|57P03)$/.test(code);
}
