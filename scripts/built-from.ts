import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
/** All that a build of the server and its dashboard is made from. */
const SOURCES = ['core', 'contract', 'client', 'client-node', 'server', 'dashboard', 'scripts', 'package-lock.json'];
const NOT_SOURCES = new Set(['node_modules', 'dist', 'test']);
const MARK = 'server/dist/built-from';

/** Says in one word what the server is built from: the same sources are the same word. Some 50 ms. */
export async function sourcesWord(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const path of (await Promise.all(SOURCES.map(filesOf))).flat()) {
    hash.update(`\0${relative(root, path)}\0`).update(await readFile(path));
  }
  return hash.digest('hex');
}

/** Whether what lies in `server/dist` was built from these sources, to its end. */
export async function isBuiltFrom(word: string): Promise<boolean> {
  return (await readFile(join(root, MARK), 'utf8').catch(() => '')) === word;
}

/** Leaves the word beside what was built. The last act of a build: one that was interrupted has none. */
export async function markBuilt(word: string): Promise<void> {
  await writeFile(join(root, MARK), word);
}

async function filesOf(name: string): Promise<string[]> {
  if (name.includes('.')) return [join(root, name)];
  const found: string[] = [];
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      if (NOT_SOURCES.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await walk(path);
      else if (entry.isFile()) found.push(path);
    }
  };
  await walk(join(root, name));
  return found;
}
