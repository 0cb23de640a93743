import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

// Why: decision 0101.
/** Bytes of what is made here; and the least that is taken, as of `DIMMER_AUTH_SECRET`. */
const SECRET_BYTES = 32;
const LEAST_CHARACTERS = 32;
const MODE = 0o600;

/** The secret cannot be used. The message says the fix. */
export class SecretError extends Error {
  override readonly name = 'SecretError';
}

/**
 * The secret that sessions are signed with and second factors encrypted. It is kept beside the database and not in it:
 * a thief of a backup finds sessions in it that are of no use.
 *
 * @param file the one path of the SQLite file; `:memory:` has a secret of its own in every process
 * @param named what the settings call the file: where a server of before kept the secret, if that is a link
 * @throws SecretError if there is one that is empty or short, or that cannot be read or made
 */
export function secretBeside(file: string, named: string = file): string {
  if (file === ':memory:') return fresh();
  const path = `${file}.secret`;
  try {
    if (!existsSync(path)) make(path, existsSync(`${named}.secret`) ? read(`${named}.secret`) : fresh());
    const secret = read(path);
    if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, MODE);
    return secret;
  } catch (error) {
    if (error instanceof SecretError) throw error;
    throw new SecretError(
      `Cannot read or make ${path}, which signs people's sessions: ${(error as Error).message}. Let this process read and write it, or set DIMMER_AUTH_SECRET.`,
      { cause: error },
    );
  }
}

function fresh(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function read(path: string): string {
  const secret = readFileSync(path, 'utf8').trim();
  if (secret.length >= LEAST_CHARACTERS) return secret;
  throw new SecretError(
    `${path}, which signs people's sessions, ${secret === '' ? 'is empty' : `has only ${secret.length} characters`}; it must have at least ${LEAST_CHARACTERS}. Put the file back that was there. Or delete it: another one is made then, everybody has to sign in again, and second factors have to be set up anew.`,
  );
}

/** Whole or not at all, whenever the power goes: an empty file would be a secret that everybody knows. */
function make(path: string, secret: string): void {
  const draft = `${path}.${process.pid}.new`;
  const descriptor = openSync(draft, 'w', MODE);
  try {
    writeSync(descriptor, `${secret}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
