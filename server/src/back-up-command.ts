import type { Config } from './config.ts';
import { BackupError, backUpSqlite } from './store/sqlite/back-up.ts';

/**
 * `dimmer-server backup <file>`: a copy of the database that the settings name, for a server that goes on running.
 *
 * @returns what to tell the person
 * @throws BackupError if no copy was made; the message says the fix
 */
export async function backUp(config: Config, to: string): Promise<string> {
  const { database, upstream, authSecret } = config;
  if (upstream !== null) {
    throw new BackupError(
      'A relay has no database: back up the server above it. What DIMMER_RELAY_FOLDER holds is fetched anew.',
    );
  }
  if (database.kind === 'postgres') {
    throw new BackupError(
      'PostgreSQL is backed up by its own tools, at a moment that they choose: pg_dump -n dimmer "$DATABASE_URL" > dimmer.sql, or continuous archiving. Everything is in the schema "dimmer". Keep DIMMER_AUTH_SECRET as well, apart from it.',
    );
  }
  if (database.file === ':memory:') {
    throw new BackupError('A database in memory cannot be copied from outside. Set DATABASE_URL to a file.');
  }
  // A secret in the settings is kept elsewhere; one beside the file would be lost with the file.
  const { from, bytes, revision, secret } = await backUpSqlite(database.file, to, authSecret === null);
  const lines = [
    `Copied ${from} to ${to}: ${bytes} bytes, revision ${revision}. The copy was read, and is whole.`,
    secret === null
      ? `Sessions and second factors need DIMMER_AUTH_SECRET as well${authSecret === null ? ' (none has been made yet)' : ', which is not in it'}.`
      : `Its secret is ${secret}: who has both can read second factors and forge sessions. Keep them apart.`,
    'To restore: stop the server, remove the database with its -wal and -shm, copy this to its place, start.',
  ];
  return `${lines.join('\n')}\n`;
}
