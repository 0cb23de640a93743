import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;

/**
 * Bundles the command line with all that it needs into `main.js` and chunks beside it: who types `dimmer` waits for its
 * start, so what few commands need (YAML above all) is read only by them.
 */
export async function bundleCli(outdir: string): Promise<void> {
  const { version } = JSON.parse(await readFile(`${root}cli/package.json`, 'utf8'));
  await build({
    absWorkingDir: root,
    entryPoints: ['cli/src/main.ts'],
    outdir,
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    define: { DIMMER_VERSION: JSON.stringify(version) },
    // commander and yaml are CommonJS and ask for node's own modules by `require`, which a module does not have.
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
}
