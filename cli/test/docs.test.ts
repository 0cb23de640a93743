import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { EXIT } from '../src/text/exit-codes.ts';
import { newFolder, type } from './command-line.ts';

const docs = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8');

it('the documentation names every command and every code that one can end with', async () => {
  const env = { HOME: await newFolder() };
  const names = async (...words: string[]) =>
    (await type('', ['__complete', ...words, ''], { env })).out.trim().split('\n');
  const commands = await names();
  expect(commands.length).toBeGreaterThan(20);
  for (const command of [...commands, ...(await names('flags'))]) {
    expect(docs, command).toMatch(new RegExp(`\`[^\`]*\\b${command}\\b[^\`]*\``));
  }
  for (const code of Object.values(EXIT)) expect(docs).toContain(`\n| ${code} | `);
});

it('the files of the documentation can be applied, and are what an export says', async () => {
  const server = await TestServer.start();
  const folder = await newFolder();
  for (const [, name, text] of docs.matchAll(/`([a-z/]+\.yaml)`:\n\n```yaml\n(.*?)```/gs)) {
    await mkdir(dirname(join(folder, name as string)), { recursive: true });
    await writeFile(join(folder, name as string), text as string);
  }
  const applied = await type(server.url, ['apply', folder, '--yes', '--reason', 'as documented']);
  expect(applied).toMatchObject({ code: 0, out: expect.stringContaining('Applied 6 of 6.') });
  expect((await type(server.url, `plan ${folder} --detailed-exitcode`)).code).toBe(0);
  await server.stop();
});
