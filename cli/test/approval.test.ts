import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { newFolder, type } from './command-line.ts';

let server: TestServer;
let folder: string;
let project: string;
let projects = 0;

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

const dimmer = (...args: string[]) => type(server.url, args);

async function api(method: string, path: string, body?: unknown) {
  const answer = await server.call(method, `/api/v1/projects/${project}/${path}`, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Somebody who may agree: tokens may not. Answers what they are answered. */
async function newPerson(): Promise<(path: string, body: object) => Promise<Response>> {
  const grants = [{ role: 'admin', project: null, environment: null }];
  const email = `ann-${project}@shop.example`;
  const { body } = await server.call('POST', '/api/v1/invitations', { email, grants });
  const ask = (path: string, sent: object, cookie = '') =>
    fetch(server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server.url, ...(cookie && { cookie }) },
      body: JSON.stringify(sent),
    });
  const code = new URL(body.link).hash.slice(1);
  const accepted = await ask('/auth/link/accept', { code, email, name: 'Ann', password: 'a long enough passphrase' });
  expect(accepted.status, await accepted.clone().text()).toBe(200);
  const cookie = accepted.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  return (path, sent) => ask(path, sent, cookie);
}

async function writeFlags(environment: string, serves: string): Promise<void> {
  await writeFile(
    join(folder, 'dimmer.yaml'),
    `format: 1\nproject: {key: ${project}}\nenvironments:\n  production: {${environment}}\n`,
  );
  for (const key of ['a', 'b']) {
    await writeFile(
      join(folder, `flags/${key}.yaml`),
      `key: ${key}\nenvironments:\n  production:\n    on: true\n    off: off\n    fallthrough:\n      variation: ${serves}\n`,
    );
  }
}

beforeEach(async () => {
  project = `project-${++projects}`;
  folder = await newFolder();
  await mkdir(join(folder, 'flags'));
  await writeFlags('protected: false', 'on');
  expect(await dimmer('apply', folder, '--yes')).toMatchObject({ code: 0 });
});

describe('a plan, which asks the server about every step', () => {
  it('shows what would be refused, with the line that it is about; an apply then does not begin', async () => {
    await writeFlags('protected: false', 'purple');
    const plan = await dimmer('plan', folder);
    expect(plan.code).toBe(1);
    expect(plan.out).toContain('REFUSED TARGETING_INVALID: flags/a.yaml:7: "a" has no variation "purple".');
    expect(plan.out).toContain('2 would be refused.');
    expect(await dimmer('apply', folder, '--yes')).toMatchObject({
      code: 1,
      err: 'Some of it would be refused, so nothing has been applied.\n',
    });
  });

  it('does not count as refused what only stands on earlier steps', async () => {
    await writeFile(
      join(folder, 'flags/a.yaml'),
      'key: a\nenvironments:\n  production:\n    on: true\n    off: off\n    fallthrough: {variation: on}\n' +
        '    prerequisites: [{flag: new, variations: [on]}]\n',
    );
    await writeFile(join(folder, 'flags/new.yaml'), 'key: new\n');
    const plan = await dimmer('plan', folder);
    expect(plan).toMatchObject({ code: 0, err: '' });
    expect(plan.out).toContain('Note: 1 of these stands on others, and is judged when those are done.');
    expect(await dimmer('apply', folder, '--yes')).toMatchObject({ code: 0 });
  });

  it('passes the warnings of the server on', async () => {
    await writeFile(
      join(folder, 'flags/a.yaml'),
      'key: a\nenvironments:\n  production:\n    on: false\n    off: off\n    fallthrough: {variation: off}\n',
    );
    expect((await dimmer('plan', folder)).out).toContain('warning: "a" is off here: everybody gets its off variation');
  });

  it('says where a reason will be needed, and an apply without one does not begin', async () => {
    await api('PATCH', 'environments/production', { protected: true });
    await writeFlags('protected: true', 'off');
    const plan = await dimmer('plan', folder);
    expect(plan).toMatchObject({ code: 0, out: expect.stringContaining('needs a --reason') });
    expect(await dimmer('apply', folder, '--yes')).toMatchObject({
      code: 2,
      err: 'a in production needs a reason. Nothing has been applied.\nAdd: --reason "…"\n',
    });
    expect(await dimmer('apply', folder, '--yes', '--reason', 'release')).toMatchObject({ code: 0 });
  });
});

describe('where an environment needs approvals', () => {
  beforeEach(async () => {
    await api('PATCH', 'environments/production', { approvals: 1 });
    await writeFlags('approvals: 1', 'off');
  });

  it('an apply is refused unless it may propose', async () => {
    expect(await dimmer('plan', folder)).toMatchObject({
      code: 1,
      out: expect.stringContaining('REFUSED: needs an approval; use --propose'),
    });
    expect(await dimmer('apply', folder, '--yes', '--reason', 'x')).toMatchObject({ code: 1 });
    expect((await api('GET', 'change-requests')).items).toEqual([]);
  });

  it('a flag that is new there is said to be served to nobody, in lists, plans and comparisons', async () => {
    await api('POST', 'environments', { key: 'open' });
    await api('POST', 'flags', { key: 'fresh' });
    const [listed] = (await dimmer('flags', 'list', '-p', project, '--search', 'fresh')).out.split('\n').slice(1);
    expect(listed).toMatch(/^fresh +boolean .*not served yet/);
    expect((await dimmer('flags', 'show', 'fresh', '-p', project)).out).toMatch(/^production +\S+ +not served yet/m);
    const differ = await dimmer('diff', 'open', 'production', 'fresh', '-p', project);
    expect(differ).toMatchObject({ code: 1, out: expect.stringContaining('    served: true → false\n') });
    await writeFile(
      join(folder, 'flags/fresh.yaml'),
      'key: fresh\nenvironments:\n  production:\n    off: off\n    fallthrough: {variation: off}\n',
    );
    expect((await dimmer('plan', folder)).out).toContain('Note: fresh in production: is not served there yet');
  });

  it('an apply proposes each change once, and finds them done when they are approved', async () => {
    const plan = await dimmer('plan', folder, '--propose');
    expect(plan).toMatchObject({
      code: 0,
      out: expect.stringContaining('will be proposed, and waits for an approval'),
    });
    const propose = () => dimmer('apply', folder, '--yes', '--propose', '--reason', 'release 7');
    const proposed = await propose();
    expect(proposed.code).toBe(0);
    expect(proposed.out).toMatch(/proposed {2}~ a in production \(change request \S+\)\n/);
    expect(proposed.out).toContain('Applied 0 of 2; 2 wait for an approval: apply again when it is given.');
    expect((await propose()).out).toMatch(/\(change request \S+, already open\)/);
    const { items } = await api('GET', 'change-requests?state=open');
    expect(items).toHaveLength(2);
    expect(items[0].reason).toContain('release 7');

    const person = await newPerson();
    for (const { id } of items) {
      for (const act of ['approve', 'apply']) {
        const response = await person(`/api/v1/projects/${project}/change-requests/${id}/${act}`, {});
        expect(response.status, await response.clone().text()).toBe(200);
      }
    }
    expect(await propose()).toMatchObject({ code: 0, out: expect.stringContaining('Nothing to do') });
  });

  it('what stands on a proposal waits for it', async () => {
    await writeFile(
      join(folder, 'flags/engine.yaml'),
      'key: engine\ntype: launch\nenvironments:\n  production:\n    on: true\n    off: off\n    fallthrough: {variation: dark}\n    dials: {samplePercent: 5}\n',
    );
    const { code, out } = await dimmer('apply', folder, '--yes', '--propose', '--reason', 'x');
    expect(code).toBe(0);
    expect(out).toMatch(/applied {3}\+ flag engine/);
    expect(out).toMatch(/proposed {2}\+ dials of engine in production/);
    expect(out).toContain('waits     + engine in production, for the approval of dials of engine in production\n');
  });
});

describe('whoami', () => {
  it('says who the token is and what it may do', async () => {
    const { body } = await server.call('POST', '/api/v1/keys', { name: 'ci', role: 'editor', project });
    const { code, out } = await type(server.url, 'whoami', { env: { DIMMER_TOKEN: body.token } });
    expect(code).toBe(0);
    expect(out).toMatch(/^ci \(token\) at http:\S+, Dimmer \S+\n\nrole +project +environment\n/);
    expect(out).toMatch(new RegExp(`^editor +${project} +all$`, 'm'));
    expect(JSON.parse((await type(server.url, 'whoami --json')).out)).toMatchObject({ kind: 'token' });
  });
});
