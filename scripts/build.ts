/**
 * Builds what users install: `npm run build` (all), `npm run build -- server`, `npm run build -- sdk`.
 * The server becomes one file beside its packages; the two SDKs bundle core and client, so that users install one package.
 */
import { chmod, rm } from 'node:fs/promises';
import { buildSdks } from './build-sdk.ts';
import { bundleServer } from './bundle-server.ts';

const root = new URL('..', import.meta.url).pathname;

async function buildServer(): Promise<void> {
  await rm(`${root}server/dist`, { recursive: true, force: true });
  await bundleServer('server/dist/main.js');
  await chmod(`${root}server/dist/main.js`, 0o755);
}

const parts: Record<string, () => Promise<void>> = { server: buildServer, sdk: buildSdks };
const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(parts)) {
  const part = parts[name];
  if (!part) throw new Error(`No part named "${name}". Parts: ${Object.keys(parts).join(', ')}`);
  await part();
}
