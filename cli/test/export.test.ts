import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { newFolder, type } from './command-line.ts';

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  await server.admin('POST', 'flags', { key: 'search', description: 'finds things' });
});
afterAll(() => server.stop());

const dimmer = (line: string, options = {}) => type(server.url, line, options);
const PRODUCTION = 'flags/search/environments/production';

describe('an export', () => {
  it('says what is configured, and neither versions, instants nor keys', async () => {
    const folder = await newFolder();
    expect(await dimmer(`export ${folder}`)).toMatchObject({ code: 0, err: '' });
    const project = await readFile(join(folder, 'dimmer.yaml'), 'utf8');
    expect(project).toBe(
      'format: 1\nproject:\n  key: default\n  name: Default\nenvironments:\n' +
        ['development', 'production', 'staging'].map((key) => `  ${key}:\n    protected: false\n`).join(''),
    );
    const flag = await readFile(join(folder, 'flags/search.yaml'), 'utf8');
    expect(flag).toMatch(
      /^key: search\ndescription: finds things\ntype: boolean\npurpose: release\nbrowser: false\nseed: /,
    );
    expect(flag).not.toMatch(/version|revision|createdAt|archived|project/);
    expect(flag).toContain(
      '  production:\n    "on": false\n    "off": "off"\n    fallthrough:\n      variation: "off"\n',
    );
  });

  it('leaves it to on-call whether a killed flag is on, and says so', async () => {
    const folder = await newFolder();
    await server.admin('POST', `${PRODUCTION}/toggle`, { on: true });
    await server.admin('POST', `${PRODUCTION}/kill`, { reason: 'errors' });
    const { err } = await dimmer(`export ${folder}`);
    expect(err).toBe('Note: search is killed in production; its file has no "on".\n');
    const flag = await readFile(join(folder, 'flags/search.yaml'), 'utf8');
    expect(flag).toContain('  production:\n    "off": "off"\n');
    expect(flag).not.toContain('kill');
    expect((await dimmer(`plan ${folder} --detailed-exitcode`)).code).toBe(0);
    await server.admin('POST', `${PRODUCTION}/restore`, {});
    expect((await dimmer(`plan ${folder} --detailed-exitcode`)).code).toBe(0);
  });

  it('leaves a file that says the same as somebody wrote it, and names those that the server does not have', async () => {
    const folder = await newFolder();
    await dimmer(`export ${folder}`);
    const file = join(folder, 'flags/search.yaml');
    const commented = `# Ask Ann first.\n${await readFile(file, 'utf8')}`;
    await writeFile(file, commented);
    await writeFile(join(folder, 'flags/long-gone.yaml'), 'key: long-gone\n');
    const again = await dimmer(`export ${folder}`);
    expect(again.out).toContain('0 of 2 files written');
    expect(again.err).toContain('The server has none such (--prune removes them): flags/long-gone.yaml');
    expect(await readFile(file, 'utf8')).toBe(commented);

    await server.admin('PATCH', 'flags/search', { owner: 'team-search' });
    expect((await dimmer(`export ${folder} --prune`)).err).toContain('Removed');
    expect(await readdir(join(folder, 'flags'))).toEqual(['search.yaml']);
    expect(await readFile(file, 'utf8')).toContain('owner: team-search\n');
  });

  it('removes no files of another project', async () => {
    const folder = await newFolder();
    await dimmer(`export ${folder}`);
    const before = await readFile(join(folder, 'dimmer.yaml'), 'utf8');
    await writeFile(join(folder, 'dimmer.yaml'), before.replace(/key: .*/, 'key: another'));
    expect(await dimmer(`export ${folder} --prune`)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/holds the files of project "another".*\n.*-p another/),
    });
    expect(await readdir(join(folder, 'flags'))).toEqual(['search.yaml']);
  });

  it('makes two files of keys that differ in upper and lower case alone', async () => {
    const folder = await newFolder();
    for (const key of ['twice', 'Twice']) await server.admin('POST', 'segments', { key, included: [key] });
    await dimmer(`export ${folder}`);
    const names = await readdir(join(folder, 'segments'));
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(2);
    expect((await dimmer(`plan ${folder} --detailed-exitcode`)).code).toBe(0);
  });

  it('is refused where there is no such project, or nothing can be written', async () => {
    expect(await dimmer(`export ${await newFolder()} -p nowhere`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no project "nowhere"'),
    });
    const folder = await newFolder();
    await writeFile(join(folder, 'flags'), 'a file where a folder should be');
    expect(await dimmer(`export ${folder}`)).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot be written'),
    });
  });
});

describe('files that make no sense', () => {
  const GOOD = {
    'dimmer.yaml': 'format: 1\nproject:\n  key: default\nenvironments:\n  production:\n',
    'flags/theme.yaml': 'key: theme\ntype: string\nvariations:\n  - key: blue\n    value: x\n',
  };

  async function write(files: Record<string, string>): Promise<string> {
    const folder = await newFolder();
    await mkdir(join(folder, 'flags'));
    await mkdir(join(folder, 'segments'));
    for (const [name, text] of Object.entries({ ...GOOD, ...files })) await writeFile(join(folder, name), text);
    return folder;
  }

  it.each([
    [
      'a field that is not known',
      'key: theme\nenvironments:\n  production:\n    on: true\n    off: off\n    falltrough: x\n    fallthrough:\n      variation: on\n',
      'flags/theme.yaml:6: environments.production.falltrough is not a field here',
    ],
    [
      'a field that is missing',
      'key: theme\nenvironments:\n  production:\n    on: true\n    off: off\n',
      'flags/theme.yaml:3: environments.production.fallthrough is missing',
    ],
    [
      'a value of another type',
      'key: theme\ntags:\n  - good\n  - 2024\n',
      'flags/theme.yaml:4: tags[1] must be text; put it in quotes: "2024"',
    ],
    [
      'a word that is not one of those',
      'key: theme\ntype: bool\n',
      'flags/theme.yaml:2: type must be one of: boolean, string',
    ],
    [
      'parts that are no whole number',
      'key: theme\nenvironments:\n  production:\n    off: off\n    fallthrough:\n      slices:\n        - variation: on\n          parts: 12.5\n',
      'flags/theme.yaml:8: environments.production.fallthrough.slices[0].parts must be a whole number',
    ],
    [
      'an environment that is not',
      'key: theme\nenvironments:\n  prod:\n    off: off\n    fallthrough: {variation: on}\n',
      'flags/theme.yaml:3: environments.prod is not an environment of dimmer.yaml',
    ],
    ['what is no YAML', 'key: theme\nname: "never ends\n', 'flags/theme.yaml:3: Missing closing'],
    ['a field that stands twice', 'key: theme\nkey: other\n', 'flags/theme.yaml:2: Map keys must be unique'],
    [
      'a number that is too large',
      'key: theme\nvariations:\n  - key: a\n    value: .inf\n',
      'flags/theme.yaml:4: variations[0].value must be a number that JSON can say',
    ],
    ['nothing at all', '', 'flags/theme.yaml:1: the file must have fields'],
  ])('are refused with file and line: %s', async (_what, text, says) => {
    const folder = await write({ 'flags/theme.yaml': text });
    for (const command of ['plan', 'apply --yes']) {
      const { code, err, out } = await dimmer(`${command} ${folder}`);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(says);
      expect(err).toContain('The files make no sense; nothing was sent.');
    }
  });

  it('are told all at once', async () => {
    const folder = await write({
      'flags/theme.yaml': 'key: theme\nkind: x\n',
      'flags/other.yaml': 'key: twin\n',
      'flags/twin.yaml': '\n\nkey: twin\n',
      'segments/all.yaml': 'key: all\nrules:\n  - when: everybody\n',
      'dimmer.yaml': 'format: 2\nproject:\n  key: default\nenvironments: {}\n',
    });
    const { err } = await dimmer(`plan ${folder}`);
    for (const line of [
      'dimmer.yaml:1: format must be one of: 1.',
      'flags/theme.yaml:2: kind is not a field here',
      'flags/twin.yaml:3: "twin" stands in flags/other.yaml too.',
      'segments/all.yaml:3: rules[0].when must be a list.',
    ]) {
      expect(err).toContain(line);
    }
  });

  it('are told from a folder that is none', async () => {
    const { code, err } = await dimmer(`plan ${join(await newFolder(), 'nowhere')}`);
    expect(code).toBe(2);
    expect(err).toMatch(/nowhere\/dimmer.yaml cannot be read: ENOENT.*\n.*dimmer export/);
  });
});
