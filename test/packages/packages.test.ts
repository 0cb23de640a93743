/** What users install: the packed tarballs, in an empty project, and every tool that is to load them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { snapshotOf, switchFlag } from '../../client/test/fake/rules.ts';
import { buildByEsbuild, buildByVite, buildByWebpack } from './bundlers.ts';
import { InstalledProject, root } from './installed-project.ts';

const HALF = {
  ...switchFlag(true),
  fallthrough: {
    slices: [
      { variation: 'on', parts: 50_000 },
      { variation: 'off', parts: 50_000 },
    ],
  },
};
const RULES = snapshotOf({ a: switchFlag(true), half: HALF });

const { version } = JSON.parse(await readFile(join(root, 'sdk-node/package.json'), 'utf8')) as { version: string };

let project: InstalledProject;
let server: FakeServer;

beforeAll(async () => {
  server = await FakeServer.start(RULES);
  project = await InstalledProject.create();
});

afterAll(async () => {
  await server?.close();
  await project?.remove();
});

const use = (url: string) => `
  const flags = createClient({ url: '${url}', key: 'sdk_x', cache: false, logger: false });
  flags.ready().then(({ ready }) => console.log(ready, flags.isEnabled('a'), flags.value('nowhere', 'blue')));`;

describe('the packed SDKs, installed in an empty project', () => {
  it('work by import', async () => {
    expect(await project.runFile('a.mjs', `import { createClient } from '@dimmer/node';${use(server.url)}`)).toBe(
      'true true blue',
    );
    expect(server.seen.at(-1)?.query.get('sdk')).toBe(`node/${version}`);
  });

  it('work by require', async () => {
    expect(await project.runFile('b.cjs', `const { createClient } = require('@dimmer/node');${use(server.url)}`)).toBe(
      'true true blue',
    );
  });

  it('have an entry for tests of applications', async () => {
    const program = `
      const { createTestClient } = require('@dimmer/node/testing');
      const flags = createTestClient({ launches: { l: 'dark' } });
      flags.launch('l', undefined, { control: () => 1, candidate: () => 2 });
      flags.shadowsSettled().catch(({ message }) => console.log(message));`;
    expect(await project.runFile('testing.cjs', program)).toBe(
      'Not alike, or not compared:\n- l at dark: different: 1, and 2',
    );
  });

  it('know of each other’s shadows where one part of a program imports and another requires them', async () => {
    const program = `
      import { createRequire } from 'node:module';
      import { createClient } from '@dimmer/node';
      const required = createRequire(import.meta.url)('@dimmer/node').createClient;
      const flag = (type, value) => ({ type, variations: [{ key: 'off', value: 'off' }, { key: value, value }], on: true, off: 'off', seed: 's', fallthrough: { variation: value } });
      const bootstrap = { schema: 1, hash: 1, id: '1.000000000001', at: 0, flags: { l: flag('launch', 'dark') }, segments: {} };
      const [one, other] = [createClient, required].map((create) => create({ bootstrap, logger: false }));
      console.log(createClient === required, one.inShadow(), other.inShadow());
      // A machine that is busy with other work must shed no shadow here.
      const brakes = { maxLagMs: 60_000, maxBlockMs: 60_000 };
      one.launch('l', undefined, { ...brakes, control: () => 1, candidate: () => console.log(one.inShadow(), other.inShadow()) });`;
    expect(await project.runFile('both.mjs', program)).toBe('false false false\ntrue true');
  });

  describe('load under', () => {
    const decide = `
      const rules = ${JSON.stringify(RULES)};
      const flags = createClient({ url: '', key: '', bootstrap: rules, logger: false });
      const some = Array.from({ length: 100 }, (_, i) => flags.isEnabled('half', { targetingKey: 'ü' + i + '😀' })).filter(Boolean);`;
    const expected = 'a is true, half for ';
    const said = `'a is ' + flags.isEnabled('a') + ', half for ' + some.length`;
    let fromNode: string;
    beforeAll(async () => {
      const program = `import { createClient } from '@dimmer/browser';${decide} console.log(${said})`;
      fromNode = await project.runFile('by-node.mjs', program);
    });

    it('Jest 29, with the environments node and jsdom: all entries', async () => {
      const decides = (name: string) => `
        test('@dimmer/${name} decides', () => {
          const { createClient } = require('@dimmer/${name}');
          ${decide}
          expect(${said}).toBe('${fromNode}');
        });`;
      const environments = [
        ['node', 'node', ['node']],
        ['jsdom', join(root, 'node_modules/jest-environment-jsdom'), ['browser', 'browser/launch', 'browser/min']],
      ] as const;
      for (const [file, environment, names] of environments)
        await project.write(
          `by-jest/${file}.test.js`,
          `/** @jest-environment ${environment} */\n${names.map(decides).join('\n')}`,
        );
      const jest = join(root, 'node_modules/jest/bin/jest.js');
      const options = [
        ...['--ci', '--runInBand', '--watchman=false'],
        ...['--cacheDirectory', project.path('cache-of-jest')],
        ...['--rootDir', project.folder],
      ];
      expect(await project.run(process.execPath, jest, ...options, 'by-jest')).toContain('4 passed, 4 total');
    });

    it('Jest 29 with modules of its own (--experimental-vm-modules): both', async () => {
      await project.write(
        'modules.test.mjs',
        `import { createClient } from '@dimmer/browser';
        import { createClient as inNode } from '@dimmer/node';
        test('decides', () => { ${decide} expect(${said}).toBe('${fromNode}'); expect(typeof inNode).toBe('function'); });`,
      );
      const jest = ['--experimental-vm-modules', join(root, 'node_modules/jest/bin/jest.js')];
      const options = ['--ci', '--watchman=false', '--rootDir', project.folder, '--testMatch', '**/*.test.mjs'];
      expect(await project.run(process.execPath, ...jest, ...options, '--transform', '{}')).toContain('1 passed');
    });

    const tsx = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
    it.each([
      ['main.mts', 'import'],
      ['main.cts', 'require'],
      ['main.ts', 'import'],
    ])('tsx: %s by %s', async (file, way) => {
      const load =
        way === 'import'
          ? `import { createClient } from '@dimmer/browser'; import { createClient as inNode } from '@dimmer/node';`
          : `import browser = require('@dimmer/browser'); const { createClient } = browser; const { createClient: inNode } = require('@dimmer/node');`;
      await project.write(file, `${load}${decide} console.log(${said}, typeof inNode);`);
      expect(await project.run(process.execPath, '--import', tsx, file)).toBe(`${fromNode} function`);
    });

    it('threads: each has a client of its own, and a thread ends by itself', async () => {
      const program = `
        import { isMainThread, Worker } from 'node:worker_threads';
        import { createClient } from '@dimmer/node';
        if (isMainThread) new Worker(new URL(import.meta.url));
        else {${use(server.url)} }`;
      expect(await project.runFile('threads.mjs', program)).toBe('true true blue');
    });

    it('Vitest: both', async () => {
      await project.write(
        'by-vitest.test.js',
        `import { expect, test } from 'vitest';
        import { createClient } from '@dimmer/browser';
        import { createClient as inNode } from '@dimmer/node';
        test('decides', () => { ${decide} expect(${said}).toBe('${fromNode}'); expect(typeof inNode).toBe('function'); });`,
      );
      // Beside this repository's own, which the project's file asks for by name.
      await project.write(
        'vitest.config.mjs',
        `export default { resolve: { alias: { vitest: '${root}node_modules/vitest/dist/index.js' } } };`,
      );
      const vitest = join(root, 'node_modules/vitest/vitest.mjs');
      expect(await project.run(process.execPath, vitest, 'run', '--root', '.', '--reporter=tap', 'by-vitest')).toMatch(
        /^ok|\nok/,
      );
    });

    it.each([
      ['webpack', 'import', 'browser'],
      ['webpack', 'require', 'browser'],
      ['webpack', 'import', 'node'],
      ['webpack', 'require', 'node'],
      ['Vite', 'import', 'browser'],
      ['Vite', 'import', 'node'],
      ['esbuild', 'import', 'browser'],
      ['esbuild', 'import', 'node'],
      ['esbuild', 'require', 'node'],
    ] as const)('%s, by %s: @dimmer/%s', async (tool, way, name) => {
      const load = {
        import: `import { createClient } from '@dimmer/${name}';`,
        require: `const { createClient } = require('@dimmer/${name}');`,
      };
      const source = await project.write(`${tool}-${way}-${name}.js`, `${load[way]}${decide} console.log(${said})`);
      const builders = { webpack: buildByWebpack, Vite: buildByVite, esbuild: buildByEsbuild };
      const built = await builders[tool](source, name === 'node', way);
      const answer = await project.run(process.execPath, built);
      expect(answer).toMatch(expected);
      expect(answer).toBe(fromNode);
    });
  });

  describe('run shadows of pages, whose code is a file of its own, by', () => {
    const flag = { type: 'launch', on: true, off: 'off', seed: 's', fallthrough: { variation: 'dark' } };
    const variations = ['off', 'dark'].map((key) => ({ key, value: key }));
    const bootstrap = { ...RULES, flags: { l: { ...flag, variations } } };
    /** Makes a page of a program: one that is looked at, and whose turn in the fleet it is. */
    const cast = (entry = '@dimmer/browser/launch', isRequired = false) => `
      ${isRequired ? `const { createClient } = require('${entry}');` : `import { createClient } from '${entry}';`}
      const { random } = Math;
      Math.random = () => 1;
      const flags = createClient({ url: '', key: '', bootstrap: ${JSON.stringify(bootstrap)}, logger: false });
      Math.random = random;
      Object.defineProperty(globalThis.document ??= {}, 'hidden', { value: false, configurable: true });
      const shadow = new Promise((resolve) => {
        const candidate = ({ input, inShadow }) => resolve('shadow of ' + input.a + ': ' + inShadow);
        flags.launch('l', undefined, { input: { a: 1 }, control: () => undefined, candidate });
      });`;
    const tell = 'shadow.then(console.log);';
    const expected = 'shadow of 1: true';

    it.each([
      ['Node, by import', 'shadow.mjs', '@dimmer/browser/launch', false],
      ['Node, by import, minified', 'shadow-min.mjs', '@dimmer/browser/launch/min', false],
      ['Node, by require', 'shadow.cjs', '@dimmer/browser/launch', true],
      ['Node, by require, minified', 'shadow-min.cjs', '@dimmer/browser/launch/min', true],
    ])('%s', async (_, file, entry, isRequired) => {
      expect(await project.runFile(file, cast(entry, isRequired) + tell)).toBe(expected);
    });

    it.each([
      ['webpack', 'import', true],
      ['webpack', 'require', true],
      ['Vite', 'import', false],
      ['esbuild', 'import', false],
      ['esbuild', 'require', false],
    ] as const)('%s, by %s', async (tool, way, isForNode) => {
      const source = await project.write(
        `shadow-${tool}-${way}.js`,
        cast('@dimmer/browser/launch', way === 'require') + tell,
      );
      const builders = { webpack: buildByWebpack, Vite: buildByVite, esbuild: buildByEsbuild };
      const built = await builders[tool](source, isForNode, way);
      expect(await project.run(process.execPath, built)).toBe(expected);
    });

    it('Jest 29, with jsdom', async () => {
      await project.write(
        'shadow-by-jest/shadow.test.js',
        `/** @jest-environment ${join(root, 'node_modules/jest-environment-jsdom')} */
        test('casts a shadow', async () => { ${cast('@dimmer/browser/launch', true)}
          expect(await shadow).toBe('${expected}'); });`,
      );
      const jest = join(root, 'node_modules/jest/bin/jest.js');
      const options = ['--ci', '--watchman=false', '--rootDir', project.folder, 'shadow-by-jest'];
      expect(await project.run(process.execPath, jest, ...options)).toContain('1 passed');
    });
  });

  it.each(['@dimmer/browser', '@dimmer/browser/min', '@dimmer/browser/launch', '@dimmer/browser/launch/min'])(
    'import %s without side effects where there is no browser',
    async (name) => {
      const program = `
      const before = Object.keys(globalThis).length;
      const { createClient } = await import('${name}');
      const flags = createClient({ url: 'https://x', key: 'web_x', logger: false });
      console.log(Object.keys(globalThis).length - before, flags.status().state, flags.value('a', 'blue'));`;
      expect(await project.runFile('c.mjs', program)).toBe('0 offline blue');
    },
  );

  it.each([
    ['nodenext', 'nodenext', ['types.mts', 'types.cts']],
    ['node16', 'node16', ['types.mts', 'types.cts']],
    ['preserve', 'bundler', ['types.ts']],
  ])('have types under module %s, resolved as %s does, in %s', async (module, moduleResolution, files) => {
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
    for (const file of files) await project.write(file, program);
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
    const config = `tsconfig.${module}.json`;
    await project.write(config, JSON.stringify({ compilerOptions: options, files }));
    expect(await project.run(process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', config)).toBe('');
  });

  it.each(['@dimmer/node', '@dimmer/browser'])('%s is a package as registries like it', async (name) => {
    const { buffer } = new Uint8Array(await readFile(project.tarballs.get(name) as string));
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages.filter(({ type }) => type !== 'suggestion')).toEqual([]);
  });

  it.each(['node', 'browser'])(
    '@dimmer/%s names none of our private packages, and carries licence and readme',
    async (name) => {
      const folder = project.path(join('node_modules/@dimmer', name));
      expect((await readdir(folder)).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
      for (const file of await readdir(join(folder, 'dist'))) {
        expect(await readFile(join(folder, 'dist', file), 'utf8')).not.toMatch(/@dimmer\/(core|client)/);
      }
    },
  );
});
