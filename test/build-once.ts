/** What is costly to make and the same for every test file is made once in a run of the tests, by whoever needs it first. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from './patience.ts';

/** Set by `test/global-set-up.ts`. A program that is no test has a run of its own. */
const RUN = process.env.DIMMER_TEST_RUN ?? `${process.pid}`;

/** Beside the packages of the server, which its bundle has to find. */
const BESIDE_SERVER = new URL('../server/node_modules/.cache/', import.meta.url).pathname;

const made = new Map<string, Promise<string>>();

/**
 * Makes a folder unless somebody in this run has made it.
 *
 * @param name of what is made
 * @param make fills the folder, which does not exist before; the folder is then put in place whole
 * @param home the folder that it is below
 * @returns its path
 */
export function buildOnce(
  name: string,
  make: (folder: string) => Promise<unknown>,
  home = BESIDE_SERVER,
): Promise<string> {
  const folder = join(home, `dimmer-run-${RUN}`, name);
  let making = made.get(folder);
  if (making === undefined) {
    making = makeOrWait(folder, make);
    made.set(folder, making);
    // Who comes next may try again.
    making.catch(() => made.delete(folder));
  }
  return making;
}

/** Removes what this process has built, unless other files of a run of tests need it as well. */
export async function discardBuilds(): Promise<void> {
  if (process.env.DIMMER_TEST_RUN !== undefined) return;
  made.clear();
  await removeRun(RUN);
}

/** Removes all that a run has made. */
export async function removeRun(run: string): Promise<void> {
  for (const home of [BESIDE_SERVER, tmpdir()])
    await rm(join(home, `dimmer-run-${run}`), { recursive: true, force: true });
}

async function makeOrWait(folder: string, make: (folder: string) => Promise<unknown>): Promise<string> {
  const lock = `${folder}.lock`;
  await mkdir(join(folder, '..'), { recursive: true, mode: 0o755 });
  while (!existsSync(folder)) {
    const isMine = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (!isMine) {
      await waitUntil(`somebody else has made ${folder}`, () => existsSync(folder) || !existsSync(lock));
      continue;
    }
    const unfinished = `${folder}.unfinished`;
    try {
      await make(unfinished);
      await rename(unfinished, folder);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    } finally {
      await rm(lock, { recursive: true, force: true });
    }
  }
  return folder;
}
