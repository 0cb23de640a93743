import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { newFolder, type Typing, type } from './command-line.ts';

let server: TestServer;
let folder: string;
let project: string;
let projects = 0;

const FLAGS = ['a', 'b', 'c', 'd', 'e'];

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

/** Five flags and a segment, on the server as in the folder. */
beforeEach(async () => {
  project = `pruned-${++projects}`;
  folder = await newFolder();
  await writeFile(
    join(folder, 'dimmer.yaml'),
    `format: 1\nproject:\n  key: ${project}\nenvironments:\n  production:\n`,
  );
  await mkdir(join(folder, 'flags'));
  await mkdir(join(folder, 'segments'));
  for (const key of FLAGS) await writeFile(join(folder, `flags/${key}.yaml`), `key: ${key}\n`);
  await writeFile(join(folder, 'segments/few.yaml'), 'key: few\nincluded: [ann]\n');
  expect((await dimmer('apply --yes')).code).toBe(0);
});

function dimmer(line: string, options?: Typing) {
  const [command = '', ...options_] = line.split(' ');
  return type(server.url, [command, folder, ...options_], options);
}

async function live(): Promise<string[]> {
  const keys = async (kind: string) =>
    (await server.call('GET', `/api/v1/projects/${project}/${kind}`)).body.items.map(({ key }: { key: string }) => key);
  return [...(await keys('flags')), ...(await keys('segments'))].sort();
}

describe('an apply that archives what is not in the folder', () => {
  it.each([
    ['the folder of flags is not there', () => rm(join(folder, 'flags'), { recursive: true }), 'flags/ is not there'],
    [
      'it has another name',
      () => rename(join(folder, 'flags'), join(folder, 'Flags')),
      'flags/ is not there, and 5 flags would be archived.',
    ],
    [
      'a file has another ending',
      () => rename(join(folder, 'flags/a.yaml'), join(folder, 'flags/a.json')),
      'flags/a.json was passed over, and 1 flag would be archived.',
    ],
    [
      'a file is in a folder below',
      async () => {
        await mkdir(join(folder, 'flags/team'));
        await rename(join(folder, 'flags/a.yaml'), join(folder, 'flags/team/a.yaml'));
      },
      'flags/team/ was passed over',
    ],
    [
      'a file is hidden',
      () => rename(join(folder, 'flags/a.yaml'), join(folder, 'flags/.a.yaml')),
      'flags/.a.yaml was passed over',
    ],
    [
      'the folder of segments is not there',
      () => rm(join(folder, 'segments'), { recursive: true }),
      'segments/ is not there, and 1 segment would be archived.',
    ],
  ])('does nothing at all if %s', async (_, disturb, said) => {
    await disturb();
    for (const command of ['plan --prune', 'apply --prune --yes --prune-at-most 100']) {
      expect(await dimmer(command), command).toMatchObject({ code: 2, err: expect.stringContaining(said) });
    }
    expect(await live()).toEqual([...FLAGS, 'few']);
  });

  it('reads a file whose ending is in capitals, and takes no notice of notes for people', async () => {
    await rename(join(folder, 'flags/a.yaml'), join(folder, 'flags/a.YML'));
    await rm(join(folder, 'flags/b.yaml'));
    await writeFile(join(folder, 'flags/README.md'), '# Flags');
    await writeFile(join(folder, 'flags/.gitkeep'), '');
    const { code, out } = await dimmer('apply --prune --yes');
    expect({ code, out }).toMatchObject({
      code: 0,
      out: expect.stringContaining('0 to make, 0 to change, 1 to archive.'),
    });
    expect(out).toContain('Note: flags/README.md: passed over: it does not end with .yaml.');
    expect(await live()).toEqual(['a', 'c', 'd', 'e', 'few']);
  });

  it('names what is passed over without --prune too', async () => {
    await rename(join(folder, 'flags/a.yaml'), join(folder, 'flags/a.yaml.bak'));
    const { code, out } = await dimmer('apply --yes');
    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('flags/a.yaml.bak: passed over') });
    expect(await live()).toEqual([...FLAGS, 'few']);
  });

  it('archives most of what is there only if somebody says the number, with --yes too', async () => {
    for (const key of ['a', 'b', 'c']) await rm(join(folder, `flags/${key}.yaml`));
    expect((await dimmer('plan --prune')).out).toContain('Note: prune: that is much to archive');
    for (const atMost of ['', ' --prune-at-most 2']) {
      expect(await dimmer(`apply --prune --yes${atMost}`)).toMatchObject({
        code: 1,
        err: expect.stringContaining('--prune-at-most 3'),
      });
    }
    const answers = (number: string) => (question: string) => (question.includes('number') ? number : 'y');
    expect(await dimmer('apply --prune', { answers: answers('y') })).toMatchObject({ code: 1 });
    expect(await live()).toEqual([...FLAGS, 'few']);
    expect(await dimmer('apply --prune', { answers: answers('3') })).toMatchObject({ code: 0 });
    expect(await live()).toEqual(['d', 'e', 'few']);
  });
});

describe('a migration that instances still ask for', () => {
  /** As an SDK reports it. */
  async function ask(flag: string): Promise<void> {
    const { body } = await server.call('POST', `/api/v1/projects/${project}/environments/production/keys`, {
      kind: 'server',
      name: 'web',
    });
    const none = { same: 0, different: 0, ignored: 0, failed: 0 };
    const what = { flag, id: '1.aaaaaaaaaaaa', from: Date.now(), to: Date.now(), paths: [], shed: {}, clusters: [] };
    const response = await server.sdk('/events', {
      method: 'POST',
      headers: { authorization: `Bearer ${body.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch: project, instance: 'web-1', launches: [{ ...what, compared: none, noise: none }] }),
    });
    expect(await response.json()).toEqual({});
  }

  it('does not go for want of its file; somebody has to say so, with a reason', async () => {
    await writeFile(join(folder, 'flags/m.yaml'), 'key: m\ntype: migration\n');
    expect((await dimmer('apply --yes')).code).toBe(0);
    await ask('m');
    await rm(join(folder, 'flags/m.yaml'));
    const refused = await dimmer('apply --prune --yes');
    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('"m" is still asked for by web-1') });
    expect(await live()).toContain('m');

    const archive = (...more: string[]) => type(server.url, ['flags', 'archive', 'm', '--project', project, ...more]);
    const said = await archive();
    expect(said).toMatchObject({ code: 1, err: expect.stringContaining('dimmer flags archive m --force --reason') });
    expect(await archive('--force', '--reason', 'nobody reads it')).toMatchObject({ code: 0 });
    expect(await live()).not.toContain('m');
  });
});
