/**
 * Last-known-good rules in a file, so that a process that starts while the server is away decides as it did before.
 *
 * Its name is a digest of server and key, so that rules never cross from one environment to another, and neither name
 * nor content shows the key. Why: decision 0033.
 */
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { type Cache, MOST_INFLATED_BYTES, type Snapshot } from '@dimmer/client';
import { createWholeFile } from './whole-file.ts';

/** Flags that are turned into text in one go: about a millisecond. */
const FLAGS_PER_SLICE = 200;

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

/** How files begin that are about one server, seen with one key. */
export function prefixOf(url: string, key: string): string {
  return createHash('sha256').update(`${url}\n${key}`).digest('hex').slice(0, 32);
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
  const { read, write, forget, exists } = createWholeFile(directory, `${prefixOf(url, key)}.json`, complain);
  return { read: () => read(MOST_INFLATED_BYTES), write: (snapshot) => write(slicesOf(snapshot)), forget, exists };
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
