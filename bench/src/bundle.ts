import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type PluginBuild } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Where every package is found: those of the server that are its alone, and up from there those of the repository.
 */
const OUT_DIR = fileURLToPath(new URL('../../server/node_modules/.cache/bench/', import.meta.url));

/**
 * Bundles a program of this repository to run with plain node, and answers its path: our packages as they are
 * published, everything from the registry as its makers ship it. Not tsx: it keeps function names by wrapping every
 * closure, which a product made of closures pays for.
 *
 * @param source `new URL('./program.ts', import.meta.url)`
 */
export async function bundleProgram(source: URL): Promise<string> {
  const entry = fileURLToPath(source);
  // A folder for each, because several are called main.ts.
  const outdir = `${OUT_DIR}${relative(ROOT, entry).replaceAll('/', '-')}/`;
  mkdirSync(outdir, { recursive: true });
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    outdir,
    outExtension: { '.js': '.mjs' },
    // What is imported dynamically becomes a chunk: a participant's library is loaded only where it runs.
    splitting: true,
    plugins: [{ name: 'packages-as-shipped', setup: leaveOutPackages }],
    logLevel: 'error',
    write: false,
  });
  // Put in place whole: another process may be starting from the same file.
  for (const { path, contents } of outputFiles) {
    writeFileSync(`${path}.${process.pid}`, contents);
    renameSync(`${path}.${process.pid}`, path);
  }
  return `${outdir}${basename(entry, '.ts')}.mjs`;
}

function leaveOutPackages(bundler: PluginBuild): void {
  bundler.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
    path.startsWith('@dimmer/') || kind === 'entry-point' ? undefined : { path, external: true },
  );
}
