import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

export interface BundleSize {
  readonly what: string;
  readonly minifiedBytes: number;
  readonly gzipBytes: number;
}

/** What a page would import, written as its one line. */
const PAGES = [
  { what: 'Dimmer', line: "export { createClient } from '@dimmer/browser';" },
  { what: 'GrowthBook', line: "export { GrowthBook } from '@growthbook/growthbook';" },
  { what: 'ConfigCat', line: "export { getClient, PollingMode } from '@configcat/sdk';" },
  { what: 'Featurevisor', line: "export { createInstance } from '@featurevisor/sdk';" },
];

/** Sizes of browser bundles of products that evaluate locally, all by one bundler with one setting, gzip level 9. */
export async function measureBundles(): Promise<readonly BundleSize[]> {
  return Promise.all(PAGES.map(({ what, line }) => measureBundle(what, line)));
}

async function measureBundle(what: string, line: string): Promise<BundleSize> {
  const { outputFiles } = await build({
    stdin: { contents: line, resolveDir: fileURLToPath(new URL('.', import.meta.url)), loader: 'ts' },
    bundle: true,
    minify: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"', DIMMER_VERSION: '"0.1.0"' },
    legalComments: 'none',
    logLevel: 'silent',
  });
  const bytes = outputFiles[0]?.contents ?? new Uint8Array();
  return { what, minifiedBytes: bytes.length, gzipBytes: gzipSync(bytes, { level: 9 }).length };
}
