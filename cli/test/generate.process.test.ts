import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { newFolder, type } from './command-line.ts';
import { makeRichProject } from './rich-project.ts';

const root = new URL('../..', import.meta.url).pathname;
let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await makeRichProject(server);
  await server.call('PATCH', '/api/v1/projects/shop/flags/theme', {
    description: 'ends */ here',
    browser: true,
    reason: 'x',
  });
});
afterAll(() => server.stop());

const generate = (more = '') => type(server.url, `generate -p shop${more}`);

const TYPED = `
import { createClient } from '@dimmer/node';
import { type FlagKey, type FlagValues, typed } from './flags.ts';
const client = typed(createClient({ url: 'http://localhost', key: 'x' }));
`;
const USED = 'export type Used = FlagKey | FlagValues;';

/** Programs that compile beside the file that is generated with these words. */
const RIGHT = {
  'uses flags as they are': [
    '',
    `${TYPED}
    export const theme: string = client.value('theme', 'blue', { targetingKey: 'ann' });
    export const limit: number = client.evaluate('limit', 5).value;
    export const checkout: boolean = client.isEnabled('new-checkout') && client.isEnabled('price-engine');
    export const stage: 'off' | 'dark' | 'live' = client.launchStage('price-engine');
    export const deep: FlagValues['__proto__'] = client.value('__proto__', null);
    export const price: number = client.launch('price-engine', {}, { control: () => 1, candidate: () => 2 });
    export const address: Promise<string> = client.migration('addresses', {}, {
      read: { old: () => 'a', new: () => 'b' },
      write: { old: () => undefined, new: () => undefined },
      defaultStage: 'off',
    }).read(undefined);
    export const keys: readonly FlagKey[] = ['theme', 'limit'];
    client.on('change', ({ id }) => id);
    void client.close();
    `,
  ],
  'uses the very values': [
    ' --literals',
    `${TYPED}export const x: FlagValues['theme'] = client.value('theme', '#00f');\nexport type K = FlagKey;\n`,
  ],
  'uses them in a browser': [' --sdk @dimmer/browser', inBrowser('@dimmer/browser')],
  'uses them in a browser, with launches': [' --sdk @dimmer/browser/launch', inBrowser('@dimmer/browser/launch')],
} as const;

/** Programs that have one mistake each, and what tsc says of it. */
const WRONG = {
  'a key that is misspelled': ['', "client.value('thme', 'blue');", '\'"thme"\' is not assignable'],
  'a default of another type': [
    '',
    "client.value('theme', 5);",
    "'number' is not assignable to parameter of type 'string'",
  ],
  'a value taken for another': [
    '',
    "export const limit: string = client.value('limit', 5);",
    "'number' is not assignable to type 'string'",
  ],
  'a string flag asked whether it is enabled': [
    '',
    "client.isEnabled('theme');",
    'is not assignable to parameter of type',
  ],
  'a launch of what is none': [
    '',
    "client.launch('theme', {}, { control: () => 1, candidate: () => 2 });",
    'is not assignable',
  ],
  'a flag that was archived': ['', "client.isEnabled('gone');", '\'"gone"\' is not assignable'],
  'a value that there is not, where the very values are known': [
    ' --literals',
    "client.value('theme', 'red');",
    '"red"',
  ],
} as const;

function inBrowser(sdk: string): string {
  return `import { createClient } from '${sdk}';\nimport { typed } from './flags.ts';\nexport const on: boolean = typed(createClient({ url: '', key: '' })).isEnabled('new-checkout');\n`;
}

/**
 * Compiles all programs, each beside a generated file of its own, under the strictest settings. In one go: what takes the
 * time is to read the SDKs.
 *
 * @param programs by name: the words of the command, and the program
 * @param folder in which they are written down
 * @returns the errors by name
 */
async function compile(programs: Readonly<Record<string, readonly [words: string, program: string]>>, folder: string) {
  const names = Object.keys(programs);
  for (const [index, [words, program]] of Object.values(programs).entries()) {
    const { code, out } = await generate(words);
    expect(code).toBe(0);
    await mkdir(join(folder, `${index}`));
    await writeFile(join(folder, `${index}/flags.ts`), out);
    await writeFile(join(folder, `${index}/program.ts`), program);
  }
  const compilerOptions = {
    noUnusedLocals: true,
    noUnusedParameters: true,
    noImplicitReturns: true,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const tsconfig = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*/*.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  const tsc = join(root, 'node_modules/.bin/tsc');
  const output = await promisify(execFile)(tsc, ['-p', folder, '--pretty', 'false'], { cwd: folder }).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
  const found = new Map(names.map((name) => [name, [] as string[]]));
  // What goes on in further lines is indented.
  for (const error of output.split(/\n(?=\S)/).filter((text) => text !== '')) {
    const place = /^(\d+)\//.exec(error)?.[1];
    const errors = found.get(names[Number(place)] ?? '');
    if (place === undefined || !errors) throw new Error(`in none of the programs: ${error}`);
    errors.push(error);
  }
  return found;
}

describe('generated TypeScript', () => {
  let folder = '';
  let said: ReadonlyMap<string, readonly string[]>;
  beforeAll(async () => {
    const wrong = Object.entries(WRONG).map(([name, [words, line]]) => {
      return [name, [words, `${TYPED}${USED}\n${line}\n`]] as const;
    });
    folder = await mkdtemp(join(tmpdir(), 'dimmer-generate-'));
    said = await compile({ ...RIGHT, ...Object.fromEntries(wrong) }, folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(Object.keys(RIGHT))('compiles under strict settings where a program %s', (name) => {
    expect(said.get(name)).toEqual([]);
  });

  it.each(Object.entries(WRONG))('does not compile with %s', (name, [, , says]) => {
    expect(said.get(name)).toEqual([expect.stringContaining(says)]);
  });

  it('knows the very values if that is asked for', async () => {
    const { out } = await generate(' --literals');
    expect(out).toContain('readonly "theme": "" | "#00f" | "null";');
    expect(out).toContain('readonly "limit": -1.5 | 0 | 12345678901 | 1e+21;');
  });

  it.each(['@dimmer/browser', '@dimmer/browser/launch'])('has for %s only what browsers may see', async (sdk) => {
    const { out } = await generate(` --sdk ${sdk}`);
    expect(out).toContain('"new-checkout": boolean');
    expect(out).not.toContain('limit');
  });

  it('is the same again, and can be checked where it is committed', async () => {
    const file = join(await newFolder(), 'flags.ts');
    expect(await generate(` -o ${file}`)).toMatchObject({ code: 0, out: expect.stringContaining('Wrote') });
    const text = await readFile(file, 'utf8');
    expect((await generate()).out).toBe(text);
    expect(await generate(` -o ${file} --check`)).toMatchObject({
      code: 0,
      out: expect.stringContaining('is up to date'),
    });
    await writeFile(file, `${text}// edited\n`);
    expect(await generate(` -o ${file} --check`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not up to date'),
    });
    expect(await readFile(file, 'utf8')).toContain('// edited');
    expect(await generate(' --check')).toMatchObject({ code: 2 });
  });
});
