/**
 * Last-known-good rules in a file, so that a process that starts while the server is away decides as it did before.
 *
 * A file is written whole beside the old one, flushed to the disk and renamed over it: a crash at any point leaves the
 * old or the new. Its name is a digest of server and key, so that rules never cross from one environment to another,
 * and neither name nor content shows the key.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Cache, MOST_INFLATED_BYTES, type Snapshot } from '@dimmer/client';

/** Flags that are turned into text in one go: about a millisecond. */
const FLAGS_PER_SLICE = 200;

/** A file that is being written is younger than this. */
const LEFTOVER_MS = 60_000;

/** `<temporary directory>/dimmer-<user id>`; what another user of the machine has put there is not read. */
export function defaultCacheDirectory(): string {
  return join(tmpdir(), `dimmer-${process.getuid?.() ?? 'user'}`);
}

export interface FileCache extends Cache {
  /** Whether something is kept; nothing of it is read. */
  readonly exists: () => boolean;
  /** Takes what is kept away. Never rejects. */
  readonly forget: () => Promise<void>;
}

/**
 * @param complain told once if the file cannot be written; the SDK then goes on without
 */
export function createFileCache(
  directory: string,
  url: string,
  key: string,
  complain: (why: string) => void,
): FileCache {
  const name = createHash('sha256').update(`${url}\n${key}`).digest('hex').slice(0, 32);
  const path = join(directory, `${name}.json`);
  let complained = false;
  let isTidy = false;
  let writing = Promise.resolve();

  /** Never two at once: the newest must be the last. */
  function write(snapshot: Snapshot): Promise<void> {
    writing = writing.then(() => writeNow(snapshot));
    return writing;
  }

  async function writeNow(snapshot: Snapshot): Promise<void> {
    const staging = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      if (!isOurs(directory)) throw new Error(`${directory} belongs to another user`);
      if (!isTidy) await removeLeftovers(directory, `${name}.json.`);
      isTidy = true;
      const file = await open(staging, 'wx', 0o600);
      try {
        for await (const text of slicesOf(snapshot)) await file.write(text);
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

  function read(): string | undefined {
    try {
      return isOurs(directory) && isOurs(path) && statSync(path).size <= MOST_INFLATED_BYTES
        ? readFileSync(path, 'utf8')
        : undefined;
    } catch {
      return undefined;
    }
  }

  /** Resolves when there is no file. What is being written is waited for. */
  function forget(): Promise<void> {
    writing = writing.then(() => rm(path, { force: true })).catch(() => {});
    return writing;
  }

  return { read, write, forget, exists: () => existsSync(path) };
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

/** The text of a snapshot, in slices between which the host's own work has its turn. */
async function* slicesOf({ flags, segments, ...head }: Snapshot): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"segments":${JSON.stringify(segments)},"flags":{`;
  const entries = Object.entries(flags);
  for (let start = 0; start < entries.length; start += FLAGS_PER_SLICE) {
    const slice = entries.slice(start, start + FLAGS_PER_SLICE);
    yield (start > 0 ? ',' : '') + slice.map(([key, flag]) => `${JSON.stringify(key)}:${JSON.stringify(flag)}`).join();
    await setImmediate();
  }
  yield '}}';
}
