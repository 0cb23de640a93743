import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;

/**
 * Bundles the server into one file. Its dependencies stay packages, because better-sqlite3 is native and the others gain
 * nothing from bundling; our own private packages are taken in (`alias` turns a name into a path first).
 *
 * @param outfile inside the repository, so that the packages are found
 */
export async function bundleServer(outfile: string): Promise<void> {
  const { version } = JSON.parse(await readFile(`${root}server/package.json`, 'utf8'));
  await build({
    absWorkingDir: root,
    entryPoints: ['server/src/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    packages: 'external',
    alias: {
      '@dimmer/core': `${root}core/src`,
      '@dimmer/client': `${root}client/src`,
      '@dimmer/client-node': `${root}client-node/src`,
    },
    define: { DIMMER_VERSION: JSON.stringify(version) },
    banner: { js: '#!/usr/bin/env node' },
    sourcemap: true,
    logLevel: 'warning',
  });
}
