import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtModule } from '../../test/built.ts';

const ROUNDS = Number(process.env.DIMMER_KILLS ?? 5);

/** Writes one snapshot after the other, and says when the first is there. */
const WRITER = `
  const { createFileCache } = await import(process.env.MODULE);
  const cache = createFileCache(process.env.DIRECTORY, 'http://x', 'sdk_x', console.error);
  const values = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [\`flag-\${i}\`, { seed: 'x'.repeat(100) }]));
  for (let revision = 1; ; revision++) {
    await cache.write({ schema: 1, hash: 1, id: \`\${revision}.x\`, at: revision, flags: values, segments: {} });
    if (revision === 1) console.log('written');
  }`;

it(`a process that is killed while it writes leaves the old rules or the new, whole: ${ROUNDS} kills`, async () => {
  const module = await builtModule('client-node/src/file-cache.ts');
  const directory = await mkdtemp(join(tmpdir(), 'dimmer-test-'));
  for (let round = 0; round < ROUNDS; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER], {
      env: { ...process.env, MODULE: module, DIRECTORY: directory },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    // Anywhere within a write: one takes about ten of these turns.
    for (let turns = Math.random() * 300; turns > 0; turns--) await new Promise(setImmediate);
    child.kill('SIGKILL');
    await once(child, 'close');
    const [name] = (await readdir(directory)).filter((file) => file.endsWith('.json'));
    const { flags } = JSON.parse(await readFile(join(directory, name ?? ''), 'utf8'));
    expect(Object.keys(flags)).toHaveLength(2_000);
  }
  await rm(directory, { recursive: true, force: true });
});
