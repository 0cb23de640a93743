/**
 * What users install, built once in a run of the tests, for tests that start it as a process of its own: to translate
 * its sources anew at each start is a second of work and more.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleCli } from '../scripts/bundle-cli.ts';
import { bundleServer, copyReference } from '../scripts/bundle-server.ts';
import { buildOnce } from './build-once.ts';

const root = new URL('..', import.meta.url).pathname;

/** @returns the path of the server's program. */
export async function builtServer(): Promise<string> {
  return `${await buildOnce('server', (folder) => bundleServer(`${folder}/main.mjs`))}/main.mjs`;
}

/**
 * The same program with the files of a dashboard beside it, where it looks for them.
 *
 * @param name of what is made
 * @param dashboard fills the folder of those files
 * @returns the path of the program
 */
export async function builtServerWith(name: string, dashboard: (folder: string) => Promise<unknown>): Promise<string> {
  const program = await builtServer();
  const folder = await buildOnce(name, async (at) => {
    await mkdir(`${at}/dashboard`, { recursive: true });
    await Promise.all([
      copyFile(program, `${at}/main.mjs`),
      copyReference(`${at}/reference`),
      dashboard(`${at}/dashboard`),
    ]);
  });
  return `${folder}/main.mjs`;
}

/** @returns the path of the command line's program. */
export async function builtCli(): Promise<string> {
  const folder = await buildOnce('cli', async (at) => {
    await bundleCli(at);
    // Beside the server's packages nothing says that it is a module.
    await writeFile(`${at}/package.json`, '{"type":"module"}');
  });
  return `${folder}/main.js`;
}

/**
 * Any module of ours with all that it needs.
 *
 * @param entry from the root of the repository, e.g. `sdk-node/src/index.ts`
 * @returns an address to import it by
 */
export async function builtModule(entry: string): Promise<string> {
  const name = entry.replaceAll('/', '-').replace(/\.ts$/, '.mjs');
  const folder = await buildOnce(name, (at) =>
    build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: `${at}/${name}`,
      bundle: true,
      platform: 'node',
      target: 'node20.19',
      format: 'esm',
      sourcemap: 'inline',
      logLevel: 'warning',
    }),
  );
  return pathToFileURL(`${folder}/${name}`).href;
}
