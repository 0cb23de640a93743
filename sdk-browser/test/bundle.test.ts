/** What a page pays for the SDK: everything, evaluator included, as it is served. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** Raised only together with docs/decisions/0035, which says what the bytes are for. */
const BUDGET_BYTES = 8_780;

it(`the minified bundle is at most ${BUDGET_BYTES} bytes, gzipped`, async () => {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    entryPoints: ['sdk-browser/src/index.ts'],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    define: { DIMMER_VERSION: '"0.1.0"' },
    write: false,
  });
  const bundle = outputFiles[0]?.contents ?? new Uint8Array();
  expect(bundle.length).toBeGreaterThan(1_000);
  expect(gzipSync(bundle, { level: 9 }).length).toBeLessThanOrEqual(BUDGET_BYTES);
});
