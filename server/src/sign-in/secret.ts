import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * The secret that sessions are signed with and second factors encrypted. It is kept beside the database and not in it:
 * whoever gets hold of a backup finds sessions in it that they cannot use.
 *
 * @param file the SQLite file; `:memory:` has a secret of its own in every process
 */
export function secretBeside(file: string): string {
  const fresh = randomBytes(32).toString('base64url');
  if (file === ':memory:') return fresh;
  const path = `${file}.secret`;
  // `wx` and mode 600: made once, for this user's eyes only.
  if (!existsSync(path)) writeFileSync(path, `${fresh}\n`, { mode: 0o600, flag: 'wx' });
  return readFileSync(path, 'utf8').trim();
}
