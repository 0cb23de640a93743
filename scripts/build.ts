/**
 * Builds what users install: `npm run build` (all), `npm run build -- server`, or `cli`, or `sdk`.
 * The server becomes one file beside its packages, with the dashboard's files in a folder; the command line a file and its chunks; the two SDKs bundle core and client, so that users install one package.
 */
import { chmod, rm } from 'node:fs/promises';
import { buildSdks } from './build-sdk.ts';
import { bundleCli } from './bundle-cli.ts';
import { bundleDashboard } from './bundle-dashboard.ts';
import { bundleServer } from './bundle-server.ts';

const root = new URL('..', import.meta.url).pathname;

async function buildServer(): Promise<void> {
  await rm(`${root}server/dist`, { recursive: true, force: true });
  await bundleServer('server/dist/main.js');
  await bundleDashboard(`${root}server/dist/dashboard`);
  await chmod(`${root}server/dist/main.js`, 0o755);
}

async function buildCli(): Promise<void> {
  await rm(`${root}cli/dist`, { recursive: true, force: true });
  await bundleCli('cli/dist');
  await chmod(`${root}cli/dist/main.js`, 0o755);
}

const parts: Record<string, () => Promise<void>> = { server: buildServer, cli: buildCli, sdk: buildSdks };
const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(parts)) {
  const part = parts[name];
  if (!part) throw new Error(`No part named "${name}". Parts: ${Object.keys(parts).join(', ')}`);
  await part();
}
