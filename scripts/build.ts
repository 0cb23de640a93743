/**
 * Builds what users install: `npm run build` (all), `npm run build -- server`, `npm run build -- sdk`.
 * The server becomes one file; its dependencies stay packages, because better-sqlite3 is native and the others gain
 * nothing from bundling. The two SDKs bundle core and client, so that users install one package.
 */
import { chmod, readFile, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { buildSdks } from './build-sdk.ts';

const root = new URL('..', import.meta.url).pathname;

async function buildServer(): Promise<void> {
  const { version } = JSON.parse(await readFile(`${root}server/package.json`, 'utf8'));
  await rm(`${root}server/dist`, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: { main: 'server/src/main.ts' },
    outdir: 'server/dist',
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    // Packages stay outside, our own private ones are taken in (`alias` turns the name into a path first).
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
  await chmod(`${root}server/dist/main.js`, 0o755);
}

const parts: Record<string, () => Promise<void>> = { server: buildServer, sdk: buildSdks };
const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(parts)) {
  const part = parts[name];
  if (!part) throw new Error(`No part named "${name}". Parts: ${Object.keys(parts).join(', ')}`);
  await part();
}
