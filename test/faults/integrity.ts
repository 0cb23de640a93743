import Sqlite from 'better-sqlite3';

/** What SQLite says of a file, read as another program would, without the server: `ok`. */
export function integrityOf(database: string): string {
  const sqlite = new Sqlite(database, { readonly: true });
  try {
    return String(sqlite.pragma('integrity_check', { simple: true }));
  } finally {
    sqlite.close();
  }
}
