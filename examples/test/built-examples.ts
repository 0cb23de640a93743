import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { buildOnce } from '../../test/build-once.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** A story that starts its services by the names of their files finds those that were built beside it. */
const beside: Plugin = {
  name: 'beside',
  setup({ onLoad }) {
    onLoad({ filter: /\/examples\/[\w-]+\/main\.ts$/ }, async ({ path }) => ({
      loader: 'ts',
      contents: (await readFile(path, 'utf8')).replaceAll(
        /new URL\('([\w-]+)\.ts', import\.meta\.url\)/g,
        "new URL('$1.mjs', import.meta.url)",
      ),
    }));
  },
};

/**
 * A worked example as plain JavaScript, built once in a run of the tests: `tsx` needs a second of work for each process of
 * one, and they are fourteen.
 *
 * @param example its folder, e.g. `dark-launch`
 * @param programs those of its files that are started, without `.ts`
 * @returns the path of its `main`
 */
export async function builtExample(example: string, programs: readonly string[]): Promise<string> {
  const folder = await buildOnce(`example-${example}`, (outdir) =>
    build({
      absWorkingDir: ROOT,
      entryPoints: ['main', ...programs].map((name) => join('examples', example, `${name}.ts`)),
      outdir,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      target: 'node20.19',
      format: 'esm',
      external: ['better-sqlite3'],
      // Some packages are CommonJS and ask for node's own modules by `require`, which a module does not have.
      banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
      plugins: [beside],
      logLevel: 'warning',
    }),
  );
  return join(folder, 'main.mjs');
}
