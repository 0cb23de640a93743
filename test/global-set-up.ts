/** Once for all files: gives the run a name, below which they share what they build, and a folder; removes both at the end. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { removeRun } from './build-once.ts';
import { makeMemoryFolder } from './memory-folder.ts';

export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  // Each project of the tests calls it.
  if (process.env.DIMMER_TEST_RUN !== undefined) return undefined;
  const run = randomUUID();
  // The processes that run the files inherit all of it.
  process.env.DIMMER_TEST_RUN = run;
  const folder = await makeMemoryFolder();
  if (folder) {
    process.env.DIMMER_TEST_DISK = tmpdir();
    process.env.TMPDIR = folder;
  }
  return async () => {
    await removeRun(run);
    if (folder) await rm(folder, { recursive: true, force: true });
  };
}
