import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { type } from './command-line.ts';

let server: TestServer;
let flags = 0;

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

const dimmer = (line: string) => type(server.url, line);

/** A flag of strings, and a way to act on it. */
async function newFlag() {
  const key = `flag-${++flags}`;
  const variations = ['blue', 'green'].map((each) => ({ key: each, value: each }));
  await server.admin('POST', 'flags', { key, type: 'string', variations });
  const act = (method: string, environment: string, path: string, body: object) =>
    server.admin(method, `flags/${key}/environments/${environment}/${path}`, body);
  return { key, act };
}

describe('a diff of two environments', () => {
  it('says that they are the same, and ends with 0', async () => {
    const { key } = await newFlag();
    expect(await dimmer(`diff staging production ${key}`)).toMatchObject({
      code: 0,
      out: 'No difference between staging and production in 1 flag.\n',
    });
  });

  it('says in lines what is different, and ends with 1', async () => {
    const { key, act } = await newFlag();
    await act('POST', 'staging', 'rollout', { variation: 'green', percent: 25 });
    await act('PUT', 'staging', 'off', { variation: 'green' });
    await act('POST', 'staging', 'targets', { variation: 'green', keys: ['ann', 'bob'] });
    await act('POST', 'production', 'targets', { variation: 'green', keys: ['bob', 'zoe'] });
    const { code, out } = await dimmer(`diff staging production ${key}`);
    expect(code).toBe(1);
    expect(out.split('\n').slice(0, 3)).toEqual(['staging → production: 1 of 1 flag differ', '', key]);
    expect(out).toContain('    on: true → false\n');
    expect(out).toContain('    off: "green" → "blue"\n');
    expect(out).toContain('    targets[green].keys: added "zoe"; removed "ann"\n');
    expect(out).toMatch(/ {4}fallthrough: (green 25 %, blue 75 %|blue 75 %, green 25 %) → blue\n/);
  });

  it('takes rules for the same whatever they are called, and tells others by their conditions and their order', async () => {
    const { key, act } = await newFlag();
    const rule = (id: string, plan: string) => ({
      rule: { id, when: [{ attribute: 'plan', operator: 'in', values: [plan] }], serve: { variation: 'green' } },
    });
    await act('POST', 'staging', 'rules', rule('s1', 'pro'));
    await act('POST', 'production', 'rules', rule('p1', 'pro'));
    expect((await dimmer(`diff staging production ${key}`)).code).toBe(0);
    await act('POST', 'staging', 'rules', rule('s2', 'team'));
    expect((await dimmer(`diff staging production ${key}`)).out).toContain(
      'rules[s2]: removed, was: plan in "team": green\n',
    );
    await act('POST', 'production', 'rules', { ...rule('s2', 'team'), position: 0 });
    expect((await dimmer(`diff staging production ${key}`)).out).toContain('rules order: ["p1","s2"] → ["s2","p1"]\n');
  });

  it('counts a killed flag as different from one that is off', async () => {
    const { key, act } = await newFlag();
    await act('POST', 'production', 'kill', { reason: 'errors' });
    expect((await dimmer(`diff staging production ${key}`)).out).toContain('    killed: false → true\n');
  });

  it('compares all flags of a project, and answers machines in JSON', async () => {
    const { key, act } = await newFlag();
    await act('POST', 'development', 'toggle', { on: true });
    const { code, out } = await dimmer('diff development staging --json');
    expect(code).toBe(1);
    const { compared, flags: found } = JSON.parse(out);
    expect(compared).toBe(flags);
    expect(found).toContainEqual({ flag: key, differences: [{ path: 'on', before: true, after: false }] });
  });

  it.each([
    ['diff staging nowhere', 'ENVIRONMENT_NOT_FOUND'],
    ['diff staging production no-such-flag', 'FLAG_NOT_FOUND'],
  ])('is refused for what is not there: %s', async (line, code) => {
    expect(await dimmer(line)).toMatchObject({ code: 1, out: '', err: expect.stringContaining(code) });
  });
});
