import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../../change-log/store.ts';

/** Nobody but the user that the server runs as; SQLite gives its other files the mode of the first. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const OTHERS = 0o007;

/**
 * Makes the database's file and its folder, if they are not there, and answers the one path that the file has, whatever
 * it was named by: its lock, its log and its secret lie beside that. Made here and not by SQLite, because a link to a
 * file that is not there yet has no such path.
 *
 * @throws StoreError `STORE_UNAVAILABLE` if the file has names that no path leads to: SQLite keeps its log beside the name
 * that it opens, so two names of one file are two halves of a database
 */
export function databaseFile(file: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: FOLDER_MODE });
  closeSync(openSync(file, 'a', FILE_MODE));
  const real = realpathSync(file);
  const { nlink, mode } = statSync(real);
  if (nlink > 1) {
    throw new StoreError(
      'STORE_UNAVAILABLE',
      `${file} is one of ${nlink} names of the same file (hard links), and SQLite would keep a log for each. Remove the other names, or give this server a copy (cp), with no other server running on it.`,
    );
  }
  if (isMountPoint(real)) {
    throw new StoreError(
      'STORE_UNAVAILABLE',
      `${file} is mounted as a single file, so SQLite's log and the server's lock would lie somewhere else. Mount the folder that it is in.`,
    );
  }
  // Made by an older version, which left it to the umask.
  if ((mode & OTHERS) !== 0) chmodIfOurs(real, mode & 0o777 & ~OTHERS);
  return real;
}

function chmodIfOurs(file: string, mode: number): void {
  try {
    chmodSync(file, mode);
  } catch {
    // Somebody else's file: who may read it is for them to say.
  }
}

/** As Linux tells; elsewhere nobody mounts single files. */
function isMountPoint(file: string): boolean {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .some((line) => unescaped(line.split(' ')[4] ?? '') === file);
  } catch {
    return false;
  }
}

/** Spaces, tabs, line ends and backslashes are written in octal there. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
