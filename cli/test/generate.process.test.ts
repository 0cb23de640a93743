import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
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

/** What tsc says of a program beside the generated file, under the strictest settings. */
async function compile(generated: string, program: string): Promise<string> {
  const folder = await newFolder();
  await writeFile(join(folder, 'flags.ts'), generated);
  await writeFile(join(folder, 'program.ts'), program);
  const compilerOptions = {
    ...{ noUnusedLocals: true, noUnusedParameters: true, noImplicitReturns: true },
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const tsconfig = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  const tsc = join(root, 'node_modules/.bin/tsc');
  const compiled = promisify(execFile)(tsc, ['-p', join(folder, 'tsconfig.json'), '--pretty', 'false']);
  return compiled.then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
}

const PROGRAM = `
import { createClient } from '@dimmer/node';
import { type FlagKey, type FlagValues, typed } from './flags.ts';
const client = typed(createClient({ url: 'http://localhost', key: 'x' }));
`;

describe('generated TypeScript', () => {
  it('compiles under strict settings, and lets flags be used as they are', async () => {
    const { code, out } = await generate();
    expect(code).toBe(0);
    const said = await compile(
      out,
      `${PROGRAM}
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
    );
    expect(said).toBe('');
  });

  it.each([
    ['a key that is misspelled', "client.value('thme', 'blue');", '\'"thme"\' is not assignable'],
    [
      'a default of another type',
      "client.value('theme', 5);",
      "'number' is not assignable to parameter of type 'string'",
    ],
    [
      'a value taken for another',
      "export const limit: string = client.value('limit', 5);",
      "'number' is not assignable to type 'string'",
    ],
    [
      'a string flag asked whether it is enabled',
      "client.isEnabled('theme');",
      'is not assignable to parameter of type',
    ],
    [
      'a launch of what is none',
      "client.launch('theme', {}, { control: () => 1, candidate: () => 2 });",
      'is not assignable',
    ],
    ['a flag that was archived', "client.isEnabled('gone');", '\'"gone"\' is not assignable'],
  ])('does not compile with %s', async (_what, line, says) => {
    const { out } = await generate();
    const said = await compile(out, `${PROGRAM}export type Used = FlagKey | FlagValues;\n${line}\n`);
    expect(said).toContain(says);
    expect(
      said
        .trim()
        .split('\n')
        .filter((each) => /error TS/.test(each)),
    ).toHaveLength(1);
  });

  it('knows the very values if that is asked for', async () => {
    const { out } = await generate(' --literals');
    expect(out).toContain('readonly "theme": "" | "#00f" | "null";');
    expect(out).toContain('readonly "limit": -1.5 | 0 | 12345678901 | 1e+21;');
    expect(
      await compile(
        out,
        `${PROGRAM}export const x: FlagValues['theme'] = client.value('theme', '#00f');\nexport type K = FlagKey;\n`,
      ),
    ).toBe('');
    expect(
      await compile(out, `${PROGRAM}client.value('theme', 'red');\nexport type Used = FlagKey | FlagValues;\n`),
    ).toContain('"red"');
  });

  it.each(['@dimmer/browser', '@dimmer/browser/launch'])('has for %s only what browsers may see', async (sdk) => {
    const { out } = await generate(` --sdk ${sdk}`);
    expect(out).toContain('"new-checkout": boolean');
    expect(out).not.toContain('limit');
    const program = `import { createClient } from '${sdk}';\nimport { typed } from './flags.ts';\nexport const on: boolean = typed(createClient({ url: '', key: '' })).isEnabled('new-checkout');\n`;
    expect(await compile(out, program)).toBe('');
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
