/** Bundlers that users have, as they are set up without any settings. */
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build as esbuild } from 'esbuild';
import { build } from 'vite';
import webpack, { type Stats } from 'webpack';

/**
 * What takes most of webpack's time is its minifier, so one of two bundles is made as while people work.
 *
 * @param way how the source loads the SDK. `import`: as for production; `require`: as for development
 * @returns the path of the bundle
 */
export async function buildByWebpack(source: string, isForNode: boolean, way: 'import' | 'require'): Promise<string> {
  const path = join(dirname(source), 'built-by-webpack');
  const filename = `${basename(source, '.js')}.cjs`;
  const compiler = webpack({
    context: dirname(source),
    mode: way === 'import' ? 'production' : 'development',
    target: isForNode ? 'node20' : 'web',
    entry: source,
    output: { path, filename },
  });
  const stats = (await promisify(compiler.run.bind(compiler))()) as Stats;
  await promisify(compiler.close.bind(compiler))();
  // Its advice on sizes is not about us.
  const { errors, warnings } = stats.compilation;
  const said = [...errors, ...warnings.filter(({ name }) => !/SizeLimit|NoAsyncChunks/.test(name))];
  if (said.length > 0) throw new Error(said.map(({ message }) => message).join('\n'));
  return join(path, filename);
}

/** @returns the path of the bundle */
export async function buildByVite(source: string, isForNode: boolean): Promise<string> {
  const outDir = join(dirname(source), `built-by-vite-${isForNode ? 'node' : 'browser'}`);
  await build({
    root: dirname(source),
    configFile: false,
    logLevel: 'error',
    build: {
      outDir,
      ssr: isForNode,
      rollupOptions: {
        input: source,
        output: { format: 'es', entryFileNames: 'main.mjs', chunkFileNames: '[name].mjs' },
      },
    },
    ...(isForNode && { ssr: { noExternal: true } }),
  });
  return join(outDir, 'main.mjs');
}

/** @returns the path of the bundle */
export async function buildByEsbuild(source: string, isForNode: boolean): Promise<string> {
  const outfile = join(dirname(source), 'built-by-esbuild', `${basename(source, '.js')}.cjs`);
  const platform = isForNode ? 'node' : 'browser';
  const { warnings } = await esbuild({ entryPoints: [source], outfile, bundle: true, platform, logLevel: 'silent' });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'));
  return outfile;
}
