/** What a page pays for the SDK: everything, evaluator included, as it is served. */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

/**
 * By entry; `launch-shadows` is what `launch` loads when the first shadow is to begin. Raised only together with
 * decision 0035, decision 0078, decision 0160 or decision 0179, which say what the bytes are for.
 */
const BUDGET_BYTES = { index: 14_420, launch: 20_400, 'launch-shadows': 15_300 } as const;

async function bundle(entry: keyof typeof BUDGET_BYTES): Promise<Uint8Array> {
  const { outputFiles } = await build({
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
    entryPoints: [`sdk-browser/src/${entry}.ts`],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    define: { DIMMER_VERSION: '"0.1.0"' },
    external: ['./launch-shadows.ts'],
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

it('there is nothing of launches in the plain bundle, and nothing that only shadows need in that of launches', async () => {
  const [plain, launch, shadows] = await Promise.all(
    (['index', 'launch', 'launch-shadows'] as const).map(async (entry) => Buffer.from(await bundle(entry)).toString()),
  );
  expect(plain).not.toMatch(/TimeoutError|inShadow|samplePercent|candidate|launch-shadows/);
  expect(launch).toMatch(/samplePercent/);
  expect(launch).toMatch(/import\("\.\/launch-shadows/);
  expect(launch).not.toMatch(/TimeoutError|\[redacted\]/);
  expect(shadows).toMatch(/TimeoutError/);
  expect(shadows).toMatch(/\[redacted\]/);
});
