import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { newFolder, type Typing, type } from './command-line.ts';

let server: TestServer;
let folder: string;
let project: string;
let projects = 0;

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

beforeEach(async () => {
  project = `project-${++projects}`;
  folder = await newFolder();
  await mkdir(join(folder, 'flags'));
  await mkdir(join(folder, 'segments'));
  await file('dimmer.yaml', `format: 1\nproject:\n  key: ${project}\nenvironments:\n  production:\n  staging:\n`);
});

const file = (name: string, text: string) => writeFile(join(folder, name), text);
const dimmer = (line: string | string[], options?: Typing) => type(server.url, line, options);
const apply = (more = '', options?: Typing) => dimmer(`apply ${folder}${more} --yes`.split(' '), options);

async function api(method: string, path: string, body?: unknown) {
  const answer = await server.call(method, `/api/v1/projects/${project}/${path}`, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const production = (flag: string) => api('GET', `flags/${flag}/environments/production`);

/** A flag of strings in production. */
const theme = (targeting: string, variations = ['blue', 'green']) =>
  `key: theme\ntype: string\nvariations:\n${variations.map((key) => `  - key: ${key}\n    value: ${key}\n`).join('')}` +
  `environments:\n  production:\n    on: true\n    off: blue\n${targeting}`;
const serving = (variation: string) => `    fallthrough:\n      variation: ${variation}\n`;

describe('a plan', () => {
  it('says what an apply would do, and does nothing', async () => {
    await file('flags/theme.yaml', theme(serving('blue')));
    const plan = await dimmer(`plan ${folder}`);
    expect(plan.code).toBe(0);
    expect(plan.out).toContain(`+ project ${project}\n`);
    expect(plan.out).toContain('+ flag theme\n    type: "string"\n');
    expect(plan.out).toContain('+ theme in production\n    on: true\n    off: "blue"\n    fallthrough: blue\n');
    expect(plan.out).toContain('5 to make, 0 to change, 0 to archive.\n');
    expect((await server.call('GET', `/api/v1/projects/${project}`)).status).toBe(404);
  });

  it('has what belongs to one flag together, and counts what each environment gets', async () => {
    await file('flags/theme.yaml', `${theme(serving('blue'))}  staging:\n    off: blue\n${serving('blue')}`);
    await file('segments/testers.yaml', 'key: testers\nincluded: [ann]\n');
    await file('flags/wall.yaml', theme(serving('blue')).replace('key: theme', 'key: wall'));
    await file('dimmer.yaml', `format: 1\nproject:\n  key: ${project}\nenvironments:\n  production:\n  staging:\n`);
    const { out } = await dimmer(`plan ${folder}`);
    const groups = out.split('\n\n').map((group) => group.match(/^[+~-] .*/gm) ?? []);
    expect(groups.filter((group) => group.length > 0)).toEqual([
      [`+ project ${project}`, '+ environment production', '+ environment staging'],
      ['+ segment testers'],
      ['+ flag theme', '+ theme in production', '+ theme in staging'],
      ['+ flag wall', '+ wall in production'],
    ]);
    expect(out).toContain('In production: 2 to make.\nIn staging: 1 to make.\n');
  });

  it('ends with 5 if there is something to do and that is asked for, and with 0 if not', async () => {
    await file('flags/theme.yaml', theme(serving('blue')));
    expect((await dimmer(`plan ${folder} --detailed-exitcode`)).code).toBe(5);
    expect(await apply()).toMatchObject({ code: 0, out: expect.stringContaining('Applied 5 of 5.') });
    const after = await dimmer(`plan ${folder} --detailed-exitcode`);
    expect(after).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to do') });
  });

  it('shows a change as what it was and what it will be', async () => {
    await file('flags/theme.yaml', theme(serving('blue')));
    await apply();
    await file(
      'flags/theme.yaml',
      `${theme('    fallthrough:\n      slices:\n        - {variation: blue, parts: 75000}\n        - {variation: green, parts: 25000}\n')}owner: ann\ntags: [looks]\n`,
    );
    const { out } = await dimmer(`plan ${folder}`);
    expect(out).toContain('~ flag theme\n    owner: "" → "ann"\n    tags: added "looks"\n');
    expect(out).toContain('~ theme in production\n    fallthrough: blue → blue 75 %, green 25 %\n');
    expect(out).toContain('0 to make, 2 to change, 0 to archive.');
  });

  it('is JSON for machines, with the calls that would be made', async () => {
    await file('flags/theme.yaml', theme(serving('blue')));
    await apply();
    await file('flags/theme.yaml', theme(serving('green')));
    const plan = JSON.parse((await dimmer(`plan ${folder} --json`)).out);
    expect(plan).toMatchObject({
      project,
      changes: 1,
      refused: false,
      notes: [],
      impossible: [],
      steps: [
        {
          action: 'change',
          what: 'theme in production',
          file: 'flags/theme.yaml',
          differences: [{ path: 'fallthrough', before: { variation: 'blue' }, after: { variation: 'green' } }],
          call: { method: 'PUT', path: `/projects/${project}/flags/theme/environments/production`, version: 2 },
        },
      ],
    });
  });

  it('refuses another type or seed than the flag was made with, and applies nothing then', async () => {
    await file('flags/theme.yaml', theme(serving('blue')));
    await apply();
    await file('flags/theme.yaml', `${theme(serving('green'))}seed: another\n`);
    const plan = await dimmer(`plan ${folder}`);
    expect(plan.code).toBe(1);
    expect(plan.out).toMatch(/! flag theme\n +flags\/theme.yaml:14: seed: \S+ cannot become another/);
    expect(plan.out).toContain('1 would be refused.');
    expect(await apply()).toMatchObject({ code: 1, err: expect.stringContaining('nothing has been applied') });
    expect((await production('theme')).fallthrough).toEqual({ variation: 'blue' });
  });
});

describe('an apply', () => {
  it('asks, and does nothing unless the answer is yes', async () => {
    await file('flags/theme.yaml', theme(serving('blue')));
    const asked: string[] = [];
    const say = (answer: string) => ({
      answers: (question: string) => {
        asked.push(question);
        return answer;
      },
    });
    expect(await dimmer(`apply ${folder}`)).toMatchObject({ code: 2, err: expect.stringContaining('Add: --yes') });
    expect(await dimmer(`apply ${folder}`, say(''))).toMatchObject({ code: 1, err: 'Nothing has been applied.\n' });
    expect(asked[0]).toBe(`5 to make, 0 to change, 0 to archive. Apply it to ${project} at ${server.url}? [y/N] `);
    expect((await server.call('GET', `/api/v1/projects/${project}`)).status).toBe(404);
    expect((await dimmer(`apply ${folder}`, say('y'))).code).toBe(0);
    expect(await dimmer(`apply ${folder}`, say('never asked'))).toMatchObject({ code: 0 });
    expect(asked).toHaveLength(2);
  });

  it('never overwrites what somebody has changed since the plan was made; tells what is done, and goes on when run again', async () => {
    await file('flags/a.yaml', theme(serving('blue')).replace('theme', 'a'));
    await file('flags/b.yaml', theme(serving('blue')).replace('theme', 'b'));
    await file('flags/c.yaml', theme(serving('blue')).replace('theme', 'c'));
    await apply();
    for (const key of ['a', 'b', 'c']) await file(`flags/${key}.yaml`, theme(serving('green')).replace('theme', key));
    const stopped = await dimmer(`apply ${folder}`, {
      answers: async () => {
        await api('POST', 'flags/b/environments/production/toggle', { on: false });
        return 'yes';
      },
    });
    expect(stopped.code).toBe(1);
    expect(stopped.out).toMatch(/applied {3}~ a in production \(revision \d+\)\n/);
    expect(stopped.out).toMatch(/STOPPED {3}~ b in production: VERSION_CONFLICT: /);
    expect(stopped.out).toContain('not done  ~ c in production\n');
    expect(stopped.out).toContain('Applied 1 of 3.');
    expect(await production('b')).toMatchObject({ on: false, fallthrough: { variation: 'blue' } });
    expect(await production('c')).toMatchObject({ fallthrough: { variation: 'blue' } });

    const again = await apply();
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('Applied 2 of 2.') });
    expect(again.out).not.toContain('a in production');
    expect(await production('b')).toMatchObject({ on: true, fallthrough: { variation: 'green' } });
  });

  it('leaves a killed flag killed, changes its rules all the same, and says so', async () => {
    await file('flags/theme.yaml', theme(serving('blue')));
    await apply();
    await api('POST', 'flags/theme/environments/production/kill', { reason: 'all is blue' });
    expect(await dimmer(`plan ${folder} --detailed-exitcode`)).toMatchObject({
      code: 0,
      out: expect.stringContaining('Note: theme in production: was killed by DIMMER_ADMIN_TOKEN: all is blue.'),
    });
    await file('flags/theme.yaml', theme(serving('green')));
    expect((await apply()).code).toBe(0);
    expect(await production('theme')).toMatchObject({
      on: false,
      killed: { reason: 'all is blue' },
      fallthrough: { variation: 'green' },
    });
  });

  it('is refused by a kill that comes after the plan', async () => {
    await file('flags/theme.yaml', theme(serving('blue')));
    await apply();
    await file('flags/theme.yaml', theme(serving('green')));
    const { code, out } = await dimmer(`apply ${folder}`, {
      answers: async () => {
        await api('POST', 'flags/theme/environments/production/kill', { reason: 'now' });
        return 'y';
      },
    });
    expect(code).toBe(1);
    expect(out).toContain('VERSION_CONFLICT');
    expect(await production('theme')).toMatchObject({ on: false, killed: { reason: 'now' } });
  });

  it('leaves the switch to people where the file does not speak of it', async () => {
    const unswitched = (variation: string) => theme(serving(variation)).replace('    on: true\n', '');
    await file('flags/theme.yaml', unswitched('blue'));
    await apply();
    expect(await production('theme')).toMatchObject({ on: false });
    await api('POST', 'flags/theme/environments/production/toggle', { on: true });
    await file('flags/theme.yaml', unswitched('green'));
    await apply();
    expect(await production('theme')).toMatchObject({ on: true, fallthrough: { variation: 'green' } });
  });

  it('archives what is not in the folder only if it is asked to, what others need last; and brings back what returns', async () => {
    const needs = (key: string, other: string) =>
      `key: ${key}\nenvironments:\n  production:\n    off: off\n    fallthrough: {variation: on}\n    prerequisites:\n      - {flag: ${other}, variations: [on]}\n`;
    await file('flags/a.yaml', 'key: a\n');
    await file('flags/b.yaml', needs('b', 'a'));
    await file(
      'flags/c.yaml',
      'key: c\nenvironments:\n  production:\n    off: off\n    fallthrough: {variation: on}\n    rules:\n      - when: [{operator: inSegment, values: [few]}]\n        serve: {variation: on}\n',
    );
    await file('segments/few.yaml', 'key: few\nincluded: [ann]\n');
    expect(await apply()).toMatchObject({ code: 0 });
    for (const name of ['flags/a', 'flags/b', 'flags/c', 'segments/few']) await rm(join(folder, `${name}.yaml`));
    const left = await apply();
    expect(left.out).toContain('Note: 3 flags: not in the folder, and left as they are (--prune): a, b, c.');
    expect((await api('GET', 'flags')).items).toHaveLength(3);

    const pruned = await apply(' --prune --prune-at-most 4');
    expect(pruned).toMatchObject({ code: 0, out: expect.stringContaining('0 to make, 0 to change, 4 to archive.') });
    expect((await api('GET', 'flags')).items).toEqual([]);
    expect((await api('GET', 'segments?archived=yes')).items).toMatchObject([{ key: 'few' }]);

    await file('flags/a.yaml', 'key: a\nowner: ann\n');
    expect(await apply()).toMatchObject({ code: 0 });
    expect((await api('GET', 'flags')).items).toMatchObject([{ key: 'a', owner: 'ann', archived: false }]);
  });

  it('replaces a variation that is served, together with what serves it', async () => {
    await file('flags/theme.yaml', theme(serving('green')));
    await apply();
    await file('flags/theme.yaml', theme(serving('red'), ['blue', 'red']));
    expect(await apply()).toMatchObject({ code: 0, out: expect.stringContaining('Applied 3 of 3.') });
    expect((await api('GET', 'flags/theme')).variations.map(({ key }: { key: string }) => key)).toEqual([
      'blue',
      'red',
    ]);
  });

  it('turns a prerequisite round in one environment, while it stays in another', async () => {
    const flag = (key: string, needs: Record<string, string>) =>
      `key: ${key}\nenvironments:\n` +
      ['production', 'staging']
        .map((environment) => {
          const needed = needs[environment];
          const prerequisites = needed ? `[{flag: ${needed}, variations: [on]}]` : '[]';
          return `  ${environment}: {off: off, fallthrough: {variation: on}, prerequisites: ${prerequisites}}\n`;
        })
        .join('');
    await file('flags/a.yaml', flag('a', {}));
    await file('flags/b.yaml', flag('b', { production: 'a', staging: 'a' }));
    expect(await apply()).toMatchObject({ code: 0 });
    await file('flags/a.yaml', flag('a', { production: 'b' }));
    await file('flags/b.yaml', flag('b', { staging: 'a' }));
    expect(await apply()).toMatchObject({ code: 0 });
    expect(await production('a')).toMatchObject({ prerequisites: [{ flag: 'b' }] });
    expect(await production('b')).toMatchObject({ prerequisites: [] });
  });

  it('gives rules without an id one, and they keep it', async () => {
    const rules = (...plans: string[]) =>
      `${serving('blue')}    rules:\n${plans.map((plan) => `      - when: [{attribute: plan, operator: in, values: [${plan}]}]\n        serve: {variation: green}\n`).join('')}`;
    await file('flags/theme.yaml', theme(rules('pro', 'team')));
    await apply();
    const ids = async () => (await production('theme')).rules.map(({ id }: { id: string }) => id);
    const [pro, team] = await ids();
    expect((await dimmer(`plan ${folder} --detailed-exitcode`)).code).toBe(0);
    await file('flags/theme.yaml', theme(rules('free', 'pro', 'team')));
    await apply();
    expect(await ids()).toEqual([expect.any(String), pro, team]);
  });

  it('turns dials, and gives those back to the code that the file does not name', async () => {
    const launch = (dials: string) =>
      `key: engine\ntype: launch\nenvironments:\n  production:\n    off: off\n    fallthrough: {variation: dark}\n${dials}`;
    await file('flags/engine.yaml', launch('    dials: {samplePercent: 10, maxInFlight: 2}\n'));
    await apply();
    await file('flags/engine.yaml', launch('    dials: {samplePercent: 50}\n'));
    await apply();
    expect((await production('engine')).dials).toEqual({ samplePercent: 50 });
    await file('flags/engine.yaml', launch(''));
    await apply();
    expect(await production('engine')).not.toHaveProperty('dials');
  });

  it('sends its reason with every change, and does not begin without one where it is needed', async () => {
    await file(
      'dimmer.yaml',
      `format: 1\nproject:\n  key: ${project}\nenvironments:\n  production:\n    protected: true\n`,
    );
    await file('flags/theme.yaml', theme(serving('blue')));
    expect(await dimmer(['apply', folder, '--yes', '--reason', 'release 12'])).toMatchObject({ code: 0 });
    const { items } = await api('GET', 'flags/theme/history');
    expect(items.map(({ reason }: { reason: string }) => reason)).toEqual(['release 12', 'release 12']);
  });

  it('leaves what dimmer.yaml does not say of an environment as it is', async () => {
    await apply();
    await api('PATCH', 'environments/production', { protected: true, name: 'Live', reason: 'careful' });
    expect((await dimmer(`plan ${folder} --detailed-exitcode`)).code).toBe(0);
    await file('dimmer.yaml', `format: 1\nproject:\n  key: ${project}\nenvironments:\n  production:\n    name: Here\n`);
    expect(await dimmer(['apply', folder, '--yes', '--reason', 'x'])).toMatchObject({ code: 0 });
    expect(await api('GET', 'environments/production')).toMatchObject({ name: 'Here', protected: true });
  });

  it('applies to another project than the files name if the command line says so', async () => {
    await file('flags/theme.yaml', theme(serving('blue')));
    expect(await apply(` -p ${project}-copy`, { env: { DIMMER_PROJECT: 'not-this-one' } })).toMatchObject({ code: 0 });
    project = `${project}-copy`;
    expect(await production('theme')).toMatchObject({ on: true });
  });

  it("takes an editor's token, and no more than that to read than a viewer's of one environment", async () => {
    await file('flags/theme.yaml', theme(serving('blue')));
    await apply();
    await file('flags/theme.yaml', `${theme(serving('green'))}owner: ann\n`);
    const keyOf = async (role: string, environment?: string) => {
      const { body } = await server.call('POST', '/api/v1/keys', {
        name: role,
        role,
        project,
        ...(environment && { environment }),
      });
      return { env: { DIMMER_TOKEN: body.token } };
    };
    expect(await apply('', await keyOf('editor'))).toMatchObject({ code: 0 });
    const exported = await newFolder();
    const viewer = await keyOf('viewer', 'production');
    expect(await dimmer(`export ${exported} -p ${project}`, viewer)).toMatchObject({ code: 0, err: '' });
    const text = await readFile(join(exported, 'flags/theme.yaml'), 'utf8');
    expect(text).toContain('production:');
    expect(text).not.toContain('staging:');
    await file('flags/theme.yaml', theme(serving('blue')));
    expect(await dimmer(`plan ${folder}`, viewer)).toMatchObject({
      code: 1,
      out: expect.stringContaining('REFUSED FORBIDDEN'),
    });
  });

  it('answers machines in one piece of JSON', async () => {
    await file('flags/theme.yaml', theme(serving('blue')));
    const answer = JSON.parse((await apply(' --json')).out);
    expect(answer).toMatchObject({ stopped: null, left: [], plan: { changes: 5 } });
    expect(answer.done).toHaveLength(5);
    expect(answer.done[4]).toMatchObject({
      kind: 'applied',
      what: 'theme in production',
      revision: expect.any(Number),
    });
    expect(JSON.parse((await apply(' --json')).out)).toMatchObject({ done: [], plan: { changes: 0 } });
  });

  it('says that a server went away half way, and that the last step may have been done', async () => {
    await file('flags/theme.yaml', theme(serving('blue')));
    await apply();
    await file('flags/theme.yaml', theme(serving('green')));
    const { code, out } = await dimmer(`apply ${folder}`, {
      answers: async () => {
        await server.close();
        return 'y';
      },
    });
    await server.resume();
    expect(code).toBe(3);
    expect(out).toMatch(/STOPPED {3}~ theme in production: http:\S+ cannot be reached: \w+/);
    expect(out).toContain('It may have been applied all the same.');
    expect(await apply()).toMatchObject({ code: 0, out: expect.stringContaining('Applied 1 of 1.') });
  });
});
