import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

// Why: decision 0174.
const IN_MEMORY = '/dev/shm';
const PREFIX = 'dimmer-tests-';
/**
 * A run had 300 MB in its folder at most, looked at each second; its browsers and servers need memory too. Containers
 * often have 64 MB.
 */
const NEEDED_BYTES = 4 * 1024 ** 3;

/**
 * Makes the folder of temporary files of a run of the tests in memory, where the machine has one and enough of it: to
 * wait for a disk to sync is a part of what every server costs that a test starts, and no test looks at the disk's speed.
 *
 * @returns its path; `null` where the machine's own temporary folder has to do
 */
export async function makeMemoryFolder(): Promise<string | null> {
  if (process.platform !== 'linux' || process.env.TMPDIR || !existsSync(IN_MEMORY)) return null;
  try {
    await removeLeftBehind();
    const { bavail, bsize } = await statfs(IN_MEMORY);
    if (Math.min(bavail * bsize, freemem()) < NEEDED_BYTES) return null;
    const folder = await mkdtemp(join(IN_MEMORY, `${PREFIX}${process.pid}-`));
    // PostgreSQL refuses to run as root, and is started as somebody else then.
    await chmod(folder, 0o755);
    return folder;
  } catch {
    return null;
  }
}

/** Where temporary files are on a disk, for what is about disks: set by `test/global-set-up.ts`. */
export function diskFolder(): string {
  return process.env.DIMMER_TEST_DISK ?? tmpdir();
}

/** A run that was killed has left its folder, and memory is dearer than a disk. */
async function removeLeftBehind(): Promise<void> {
  for (const name of await readdir(IN_MEMORY)) {
    const pid = name.startsWith(PREFIX) ? name.slice(PREFIX.length).split('-')[0] : undefined;
    if (pid && !existsSync(`/proc/${pid}`)) await rm(join(IN_MEMORY, name), { recursive: true, force: true });
  }
}
