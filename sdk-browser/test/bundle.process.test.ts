/** What a page pays for the SDK: everything, evaluator included, as it is served. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** By entry. Raised only together with decision 0035, decision 0078 or decision 0160, which say what the bytes are for. */
const BUDGET_BYTES = { index: 14_370, launch: 33_000 } as const;

async function bundle(entry: keyof typeof BUDGET_BYTES): Promise<Uint8Array> {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    entryPoints: [`sdk-browser/src/${entry}.ts`],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    define: { DIMMER_VERSION: '"0.1.0"' },
    write: false,
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

it.each(Object.entries(BUDGET_BYTES))(
  'the minified bundle of %s is at most %i bytes, gzipped',
  async (entry, budget) => {
    const bytes = await bundle(entry as keyof typeof BUDGET_BYTES);
    expect(bytes.length).toBeGreaterThan(1_000);
    expect(gzipSync(bytes, { level: 9 }).length).toBeLessThanOrEqual(budget);
  },
);

it('there is nothing of launches in the plain bundle', async () => {
  const text = Buffer.from(await bundle('index')).toString();
  expect(text).not.toMatch(/TimeoutError|inShadow|samplePercent|candidate/);
  expect(Buffer.from(await bundle('launch')).toString()).toMatch(/TimeoutError/);
});
