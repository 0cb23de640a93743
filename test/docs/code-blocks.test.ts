import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { FENCED_BLOCKS, placeOf, root } from './fenced-blocks.ts';

const run = promisify(execFile);
const blocks = FENCED_BLOCKS.filter(({ language }) => language === 'ts');

/**
 * What a reader has already, by the names that the documents use for it: typed as strictly as in an application, so that
 * what is written for them has to name its types itself where the SDK cannot know them.
 */
const WORLD = `
import type { DimmerClient } from '@dimmer/node';
import type { LaunchingClient } from '@dimmer/browser/launch';
declare global {
  interface Basket { readonly lines: readonly { readonly price: number }[] }
  interface NewAddress { readonly user: string; readonly city: string }
  const url: string;
  const key: string;
  const user: { readonly id: string; readonly plan: string };
  const context: { readonly targetingKey: string };
  const basket: Basket;
  /** Synchronous, as it has always been. */
  const oldEngine: { price(basket: Basket): number };
  const oldIndex: { search(words: string): Promise<string[]> };
  const newIndex: typeof oldIndex;
  const vectorIndex: typeof oldIndex;
  const words: string;
  const requestId: string;
  const log: { info(line: object): void };
  /** Asynchronous, as the one that takes over mostly is. */
  const newEngine: { price(basket: Basket, options: { signal: AbortSignal }): Promise<number> };
  const usersTable: { address(user: string): Promise<string>; setAddress(address: NewAddress): Promise<void> };
  const addressesTable: { of(user: string): Promise<string>; put(address: NewAddress): Promise<void> };
  const repairQueue: { add(input: NewAddress, error: unknown): void };
  const render: (keys: readonly string[]) => void;
}
`;

/** As much of it as the documentation uses; nothing of ours depends on it. */
const EXPRESS = `
declare module 'express' {
  interface Request { get(header: string): string | undefined }
  interface Response { send(body: string): void }
  interface Application {
    get(path: string, answer: (request: Request, response: Response) => void): void;
    listen(port: number): import('node:http').Server;
  }
  export default function express(): Application;
}
`;

let folder = '';
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A block as a module: what it takes for granted is imported, and what it says does not compile must not. */
function moduleOf(text: string): string {
  const hasClient = /\b(const|let) flags\b/.test(text) || !/\bflags\b/.test(text);
  const given = hasClient
    ? ''
    : "import { createClient as makeClient } from '@dimmer/node';\nconst flags = makeClient({ url, key });\n";
  const expecting = text.replaceAll(/^(.*)\/\/ does not compile.*$/gm, '// @ts-expect-error\n$1');
  return `${given}${expecting}\nexport {};\n`;
}

it('every piece of TypeScript in the documentation compiles, in strict mode, as it stands', async () => {
  expect(blocks.length).toBeGreaterThan(8);
  folder = await mkdtemp(join(tmpdir(), 'dimmer-docs-'));
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  await write('world.d.ts', WORLD);
  await write('express.d.ts', EXPRESS);
  for (const block of blocks) await write(`${placeOf(block).replace(':', '/line-')}/block.ts`, moduleOf(block.text));
  // What `dimmer generate` writes, in the place where the guide has it; cli/test/generate.test.ts tests it itself.
  for (const block of blocks.filter(({ text }) => text.includes("from './flags.ts'"))) {
    await write(`${placeOf(block).replace(':', '/line-')}/flags.ts`, await generated());
  }
  await write(
    'tsconfig.json',
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        rootDir: '/',
        typeRoots: [join(root, 'node_modules/@types')],
        noUnusedLocals: false,
        paths: Object.fromEntries(
          [
            ['@dimmer/core', 'core/src/index.ts'],
            ['@dimmer/core/*', 'core/src/*.ts'],
            ['@dimmer/client', 'client/src/index.ts'],
            ['@dimmer/client-node', 'client-node/src/index.ts'],
            ['@dimmer/node', 'sdk-node/src/index.ts'],
            ['@dimmer/node/testing', 'sdk-node/src/testing.ts'],
            ['@dimmer/browser', 'sdk-browser/src/index.ts'],
            ['@dimmer/browser/launch', 'sdk-browser/src/launch.ts'],
          ].map(([name, path]) => [name, [join(root, path as string)]]),
        ),
      },
      include: ['**/*.ts'],
      exclude: [],
    }),
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const errors = await run(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], { cwd: folder }).then(
    () => '',
    ({ stdout }) => String(stdout),
  );
  expect(errors).toBe('');
});

/** The types of the two flags that the guide to the command line has, as the real command writes them. */
async function generated(): Promise<string> {
  const { TestServer } = await import('../../server/test/running-server.ts');
  const { type } = await import('../../cli/test/command-line.ts');
  const server = await TestServer.start();
  try {
    const variations = [
      { key: 'blue', value: '#00f' },
      { key: 'green', value: '#0f0' },
    ];
    await server.call('POST', '/api/v1/projects/default/flags', { key: 'theme', type: 'string', variations });
    const { code, out } = await type(server.url, 'generate');
    expect(code).toBe(0);
    return out;
  } finally {
    await server.stop();
  }
}
