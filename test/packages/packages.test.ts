/** What users install: the packed tarballs, in an empty project, far from this repository. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { snapshotOf, switchFlag } from '../../client/test/fake/rules.ts';
import { buildSdks } from '../../scripts/build-sdk.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

let project: string;
let server: FakeServer;

/** Packs a folder with a package, and answers the tarball. */
async function pack(folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project, folder]);
  const [{ filename }] = JSON.parse(stdout);
  return join(project, filename);
}

/** A copy of an installed package, so that packing it does not touch the original; npm needs no network for it. */
async function packInstalled(name: string): Promise<string> {
  const manifest = createRequire(join(root, 'sdk-node/package.json')).resolve(`${name}/package.json`);
  const copy = join(project, 'installed', name);
  await cp(dirname(manifest), copy, { recursive: true });
  return pack(copy);
}

async function runFile(name: string, text: string): Promise<string> {
  await writeFile(join(project, name), text);
  const { stdout, stderr } = await run(process.execPath, [name], { cwd: project });
  expect(stderr.replace(/.*ExperimentalWarning.*\n.*\n/, '')).toBe('');
  return stdout.trim();
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'dimmer-packages-'));
  server = await FakeServer.start(snapshotOf({ a: switchFlag(true) }));
  await buildSdks();
  await mkdir(join(project, 'installed'), { recursive: true });
  const tarballs = [
    await pack(join(root, 'sdk-node')),
    await pack(join(root, 'sdk-browser')),
    await packInstalled('eventsource'),
    await packInstalled('eventsource-parser'),
  ];
  await writeFile(join(project, 'package.json'), '{ "name": "user", "version": "1.0.0", "private": true }');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', ...tarballs], {
    cwd: project,
  });
});

afterAll(async () => {
  await server?.close();
  await rm(project, { recursive: true, force: true });
});

const use = (url: string) => `
  const flags = createClient({ url: '${url}', key: 'sdk_x', cache: false });
  flags.ready().then(({ ready }) => console.log(ready, flags.isEnabled('a'), flags.value('nowhere', 'blue')));`;

describe('the packed SDKs, installed in an empty project', () => {
  it('work by import', async () => {
    expect(await runFile('a.mjs', `import { createClient } from '@dimmer/node';${use(server.url)}`)).toBe(
      'true true blue',
    );
    expect(server.seen.at(-1)?.query.get('sdk')).toBe('node/0.1.0');
  });

  it('work by require', async () => {
    expect(await runFile('b.cjs', `const { createClient } = require('@dimmer/node');${use(server.url)}`)).toBe(
      'true true blue',
    );
  });

  it.each(['@dimmer/browser', '@dimmer/browser/min', '@dimmer/browser/launch', '@dimmer/browser/launch/min'])(
    'import %s without side effects where there is no browser',
    async (name) => {
      const program = `
      const before = Object.keys(globalThis).length;
      const { createClient } = await import('${name}');
      const flags = createClient({ url: 'https://x', key: 'web_x', logger: false });
      console.log(Object.keys(globalThis).length - before, flags.status().state, flags.value('a', 'blue'));`;
      expect(await runFile('c.mjs', program)).toBe('0 offline blue');
    },
  );

  it.each([
    ['nodenext', 'nodenext'],
    ['preserve', 'bundler'],
  ])('have types under module %s', async (module, moduleResolution) => {
    const program = `
      import { createClient, type DimmerClient, type Snapshot } from '@dimmer/node';
      import { createClient as createBrowserClient } from '@dimmer/browser';
      import { createClient as createLaunchingClient } from '@dimmer/browser/launch';
      const flags: DimmerClient = createClient({ url: 'http://x', key: 'k', cache: '/tmp', logger: console });
      const text: string = flags.value('theme', 'blue', { targetingKey: 'ann', plan: 'pro' });
      const count: number = flags.value('count', 3);
      const on: boolean = flags.value('on', false);
      interface Limits { readonly perMinute: number }
      const limits: Limits = flags.value<Limits>('limits', { perMinute: 3 });
      const { value, reason, source, errorCode } = flags.evaluate('theme', 'blue');
      const stage: 'off' | 'dark' | 'live' = flags.launchStage('pricing');
      const off: () => void = flags.on('change', ({ keys, id, delayMs }) => [keys.length, id, delayMs]);
      flags.on('status', ({ state, lastError }) => state === 'live' || lastError);
      const snapshot: Snapshot = { schema: 1, hash: 1, id: '1.a', at: 0, flags: {}, segments: {} };
      createBrowserClient({ url: '', key: '', bootstrap: snapshot, cache: false });
      const price: number = flags.launch('pricing', undefined, { control: () => 1, candidate: () => 2 });
      const later: Promise<number> = flags.launch('pricing', undefined, {
        input: { basket: ['a'] },
        control: async ({ input }) => input.basket.length,
        candidate: async ({ input, signal, inShadow }) => (signal.aborted || inShadow ? 0 : input.basket.length),
        compare: (one, other) => one.toFixed() === other.toFixed(),
        maxInFlight: 3,
      });
      const shown: Promise<undefined> = createLaunchingClient({ url: '', key: '' }).launch('chat', undefined, {
        control: async () => undefined,
        candidate: async ({ signal }) => void (await fetch('/api/chat-v2', { signal })),
      });
      // @ts-expect-error the candidate must answer what control answers
      flags.launch('pricing', undefined, { control: () => 1, candidate: () => 'two' });
      // @ts-expect-error there is nothing of it in the plain bundle
      createBrowserClient({ url: '', key: '' }).launch;
      // @ts-expect-error a number is not a string
      const wrong: string = flags.value('count', 3);
      // @ts-expect-error there is no such option
      createClient({ url: '', key: '', initTimeout: 3 });
      export default [text, count, on, limits, value, reason, source, errorCode, stage, off, wrong, price, later, shown];
    `;
    await writeFile(join(project, 'types.mts'), program);
    const options = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      lib: ['es2022', 'dom'],
      types: [],
      module,
      moduleResolution,
      skipLibCheck: false,
    };
    const config = join(project, `tsconfig.${moduleResolution}.json`);
    await writeFile(config, JSON.stringify({ compilerOptions: options, files: ['types.mts'] }));
    const { stdout } = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], {
      cwd: project,
    }).catch((error) => error);
    expect(stdout).toBe('');
  });

  it.each(['sdk-node', 'sdk-browser'])('%s is a package as registries like it', async (folder) => {
    const { messages } = await publint({ pkgDir: join(root, folder), strict: true });
    expect(messages.filter(({ type }) => type !== 'suggestion')).toEqual([]);
  });

  it.each(['node', 'browser'])(
    '@dimmer/%s names none of our private packages, and carries licence and readme',
    async (name) => {
      const folder = join(project, 'node_modules/@dimmer', name);
      expect((await readdir(folder)).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
      for (const file of await readdir(join(folder, 'dist'))) {
        expect(await readFile(join(folder, 'dist', file), 'utf8')).not.toMatch(/@dimmer\/(core|client)/);
      }
    },
  );
});
