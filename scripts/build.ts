/**
 * Builds what users install: `npm run build` (all), `npm run build -- server`, or `cli`, or `sdk`. With `--if-changed`,
 * as before each `npm start`, the server is left as it is if it was built from the same sources.
 * The server becomes one file beside its packages, with the dashboard's files in a folder; the command line a file and its chunks; the two SDKs bundle core and client, so that users install one package.
 * Why: decision 0053.
 */
import { chmod, rm } from 'node:fs/promises';
import { isBuiltFrom, markBuilt, sourcesWord } from './built-from.ts';

const IF_CHANGED = '--if-changed';
const root = new URL('..', import.meta.url).pathname;
const onlyIfChanged = process.argv.includes(IF_CHANGED);

async function buildServer(): Promise<void> {
  const word = await sourcesWord();
  if (onlyIfChanged) {
    if (await isBuiltFrom(word)) return;
    process.stdout.write('Building the server and the dashboard: half a minute, the first time …\n');
  }
  // What builds is loaded here, because a start that has nothing to build should not wait for it.
  const [{ bundleServer, copyReference }, { bundleDashboard }] = await Promise.all([
    import('./bundle-server.ts'),
    import('./bundle-dashboard.ts'),
  ]);
  await rm(`${root}server/dist`, { recursive: true, force: true });
  await bundleServer('server/dist/main.js');
  await copyReference(`${root}server/dist/reference`);
  await bundleDashboard(`${root}server/dist/dashboard`);
  await chmod(`${root}server/dist/main.js`, 0o755);
  await markBuilt(word);
}

async function buildCli(): Promise<void> {
  const { bundleCli } = await import('./bundle-cli.ts');
  await rm(`${root}cli/dist`, { recursive: true, force: true });
  await bundleCli('cli/dist');
  await chmod(`${root}cli/dist/main.js`, 0o755);
}

async function buildSdk(): Promise<void> {
  const { buildSdks } = await import('./build-sdk.ts');
  await buildSdks();
}

const parts: Record<string, () => Promise<void>> = { server: buildServer, cli: buildCli, sdk: buildSdk };
const wanted = process.argv.slice(2).filter((word) => word !== IF_CHANGED);
for (const name of wanted.length > 0 ? wanted : Object.keys(parts)) {
  const part = parts[name];
  if (!part) throw new Error(`No part named "${name}". Parts: ${Object.keys(parts).join(', ')}`);
  await part();
}
