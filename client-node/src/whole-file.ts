/**
 * Atomic file replacement: a small file is written beside the old one, flushed to the disk and renamed over it. A crash
 * at any point leaves the old file or the new one.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A file that is being written is younger than this. */
const LEFTOVER_MS = 60_000;

export interface WholeFile {
  /** Its text; undefined if there is none, it belongs to another user, or is larger than `mostBytes`. */
  readonly read: (mostBytes: number) => string | undefined;
  /** Resolves when this and everything before it is written, or cannot be. Never rejects. */
  readonly write: (slices: Iterable<string> | AsyncIterable<string>) => Promise<void>;
  /** Resolves when there is no file. What is being written is waited for. Never rejects. */
  readonly forget: () => Promise<void>;
  readonly exists: () => boolean;
}

/** @param complain told once if the file cannot be written; the caller then goes on without */
export function createWholeFile(directory: string, name: string, complain: (why: string) => void): WholeFile {
  const path = join(directory, name);
  let complained = false;
  let isTidy = false;
  let writing = Promise.resolve();

  async function writeNow(slices: Iterable<string> | AsyncIterable<string>): Promise<void> {
    const staging = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      if (!isOurs(directory)) throw new Error(`${directory} belongs to another user`);
      if (!isTidy) await removeLeftovers(directory, `${name}.`);
      isTidy = true;
      const file = await open(staging, 'wx', 0o600);
      try {
        for await (const text of slices) await file.write(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(staging, path);
    } catch (error) {
      await rm(staging, { force: true }).catch(() => {});
      if (!complained) complain((error as Error).message);
      complained = true;
    }
  }

  return {
    read(mostBytes) {
      try {
        return isOurs(directory) && isOurs(path) && statSync(path).size <= mostBytes
          ? readFileSync(path, 'utf8')
          : undefined;
      } catch {
        return undefined;
      }
    },
    /** Never two at once: the newest must be the last. */
    write(slices) {
      writing = writing.then(() => writeNow(slices));
      return writing;
    },
    forget() {
      writing = writing.then(() => rm(path, { force: true })).catch(() => {});
      return writing;
    },
    exists: () => existsSync(path),
  };
}

/** What processes have left behind that were killed while they wrote. */
async function removeLeftovers(directory: string, prefix: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    if (name.startsWith(prefix) && Date.now() - statSync(path).mtimeMs > LEFTOVER_MS) await rm(path, { force: true });
  }
}

function isOurs(path: string): boolean {
  return process.getuid === undefined || statSync(path).uid === process.getuid();
}
