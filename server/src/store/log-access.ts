import type { AnyColumn, SQL, SQLWrapper } from 'drizzle-orm';

type Columns<Name extends string> = { readonly [Each in Name]: AnyColumn };

/** The tables of the log, in whichever dialect. Their texts compare by code points. */
interface LogTables {
  readonly head: SQLWrapper & Columns<'revision'>;
  readonly changes: SQLWrapper & Columns<'revision' | 'atMs' | 'project' | 'actor'>;
  readonly writes: SQLWrapper &
    Columns<'revision' | 'position' | 'kind' | 'id' | 'project' | 'environment' | 'version' | 'body'>;
  readonly blocks: SQLWrapper & Columns<'block' | 'leastMs' | 'mostMs' | 'names' | 'places'>;
}

/** A row as the driver gives it: whole numbers of PostgreSQL are texts. */
export type RawRow = Readonly<Record<string, unknown>>;

/** What reads and keeps the log by statements that both databases understand. */
export interface LogAccess {
  readonly tables: LogTables;
  /** Runs one statement that reads little. In the process of the server it waits for its turn. Rejects with a `StoreError`. */
  read(statement: SQL): Promise<readonly RawRow[]>;
  /** Runs one statement that writes. Rejects with a `StoreError`. */
  write(statement: SQL): Promise<void>;
}
