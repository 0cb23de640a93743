import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

// Why: decision 0159.
const root = new URL('..', import.meta.url).pathname;

/**
 * Bundles the server into one file, with its packages: to find and to read six hundred files of them is more than half of
 * the work of a start, and after a failure a start is what everybody waits for. What is native stays a package.
 *
 * @param outfile inside the repository, so that native packages are found
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
    external: ['better-sqlite3', 'pg-native'],
    alias: {
      '@dimmer/core': `${root}core/src`,
      '@dimmer/contract': `${root}contract/src`,
      '@dimmer/client': `${root}client/src`,
      '@dimmer/client-node': `${root}client-node/src`,
    },
    define: { DIMMER_VERSION: JSON.stringify(version) },
    // Some packages are CommonJS and ask for node's own modules by `require`, which a module does not have.
    banner: {
      js: "#!/usr/bin/env -S node --max-semi-space-size=8\nimport { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
    },
    sourcemap: true,
    logLevel: 'warning',
  });
}

/** Of the viewer of `/openapi`: what the page loads, and under which terms. */
const VIEWER = ['swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt', 'swagger-ui.css', 'LICENSE', 'NOTICE'];

/** Puts the viewer of `/openapi` beside the server, which hands it out: no page loads anything from another host. */
export async function copyReference(folder: string): Promise<void> {
  const viewer = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  await mkdir(folder, { recursive: true });
  await Promise.all(VIEWER.map((name) => copyFile(join(viewer, name), join(folder, name))));
}
