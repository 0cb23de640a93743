import { build } from 'vite';

const root = new URL('..', import.meta.url).pathname;

/**
 * Builds the dashboard's files.
 *
 * @param folder where they go: beside the bundle of the server, which serves them
 */
export async function bundleDashboard(folder: string): Promise<void> {
  await build({
    root: `${root}dashboard`,
    configFile: `${root}dashboard/vite.config.ts`,
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
  });
}
