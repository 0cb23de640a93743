import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;

/** Bundles the command line into one file with all that it needs: who types `dimmer` waits for its start. */
export async function bundleCli(outfile: string): Promise<void> {
  const { version } = JSON.parse(await readFile(`${root}cli/package.json`, 'utf8'));
  await build({
    absWorkingDir: root,
    entryPoints: ['cli/src/main.ts'],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    define: { DIMMER_VERSION: JSON.stringify(version) },
    // commander is CommonJS and asks for node's own modules by `require`, which a module does not have.
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
}
