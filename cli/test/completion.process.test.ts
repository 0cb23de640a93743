import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, TestServer } from '../../server/test/running-server.ts';
import { builtCli } from '../../test/built.ts';
import { newFolder, type } from './command-line.ts';

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  for (const key of ['theme', 'theme-dark', 'search']) await server.admin('POST', 'flags', { key });
  await server.call('POST', '/api/v1/projects', { key: 'other' });
  await server.call('POST', '/api/v1/projects/other/flags', { key: 'elsewhere' });
});
afterAll(() => server.stop());

/** What the last of some words can become. */
async function complete(words: readonly string[], env: Record<string, string | undefined> = {}) {
  const HOME = env.HOME ?? (await newFolder());
  const { code, out, err } = await type(server.url, ['__complete', ...words], { env: { HOME, ...env } });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.split('\n').filter((line) => line !== '');
}

describe('completion', () => {
  it.each([
    ['commands', ['pl'], ['plan']],
    ['commands of commands', ['flags', 'a'], ['archive']],
    ['flags', ['kill', 'the'], ['theme', 'theme-dark']],
    ['flags behind options', ['kill', '-e', 'production', '--wait', 'se'], ['search']],
    ['environments', ['kill', 'theme', '-e', ''], ['development', 'production', 'staging']],
    ['environments as bash cuts them', ['kill', 'theme', '--environment', '=', 'st'], ['staging']],
    ['both sides of a diff', ['diff', 'staging', 'p'], ['production']],
    ['the flag of a diff', ['diff', 'staging', 'production', 'sea'], ['search']],
    ['projects', ['-p', 'o'], ['other']],
    ['flags of another project', ['-p', 'other', 'flags', 'show', ''], ['elsewhere']],
    ['on and off', ['toggle', 'theme', ''], ['on', 'off']],
    ['options', ['rollout', 'theme', '--v'], ['--version', '--variation']],
    ['choices', ['completion', 'z'], ['zsh']],
    ['nothing where names of files go', ['plan', ''], []],
  ])('knows %s', async (_what, words, found) => {
    expect((await complete(words)).sort()).toEqual([...found].sort());
  });

  it('asks once a minute, keeps the answer for its owner alone, and for this token alone', async () => {
    const HOME = await newFolder();
    expect(await complete(['kill', 'sea'], { HOME })).toEqual(['search']);
    // Nobody is there to be asked again.
    const away = { HOME, DIMMER_URL: server.url };
    const folder = join(HOME, '.cache/dimmer');
    const [name] = (await readdir(folder)) as [string];
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    const file = JSON.parse(await readFile(join(folder, name), 'utf8'));
    await writeFile(join(folder, name), JSON.stringify({ ...file, keys: ['search-kept', '$(reboot)', '`x`'] }));
    expect(await complete(['kill', ''], away)).toEqual(['search-kept']);
    expect(await complete(['kill', ''], { ...away, DIMMER_TOKEN: 'another-token-of-twenty-characters' })).toEqual([]);
    // What is older than that is asked for again.
    await writeFile(join(folder, name), JSON.stringify({ at: 0, keys: ['old'] }));
    expect(await complete(['kill', 'sea'], away)).toEqual(['search']);
  });

  it('says nothing where there is no server, and what it knew where that is away', async () => {
    expect(await complete(['kill', ''], { DIMMER_URL: undefined })).toEqual([]);
    expect(await complete(['kill', ''], { DIMMER_URL: 'http://127.0.0.1:2' })).toEqual([]);
  });

  it('works in bash', async () => {
    const folder = await newFolder();
    const program = `#!/bin/sh\nexec "${process.execPath}" "${await builtCli()}" "$@"\n`;
    await writeFile(join(folder, 'dimmer'), program);
    await chmod(join(folder, 'dimmer'), 0o755);
    const script = `
      eval "$(dimmer completion bash)"
      complete -p dimmer
      try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _dimmer; echo "[\${COMPREPLY[*]}]"; }
      try dimmer kill the
      try dimmer kill theme -e pro
      try dimmer wh
    `;
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', script], {
      env: { PATH: `${folder}:${process.env.PATH}`, HOME: folder, DIMMER_URL: server.url, DIMMER_TOKEN: ADMIN_TOKEN },
    });
    expect(stdout.trim().split('\n')).toEqual([
      'complete -o default -F _dimmer dimmer',
      '[theme theme-dark]',
      '[production]',
      '[whoami]',
    ]);
  });
});
