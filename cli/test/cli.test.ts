import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@dimmer/node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, TestServer } from '../../server/test/running-server.ts';
import { type } from './command-line.ts';

let server: TestServer;
let home = '';

beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'dimmer-cli-'));
  return () => rm(home, { recursive: true });
});

/** One command line, as typed; with the server and token in the environment unless told otherwise. */
function dimmer(line: string | readonly string[], env: Record<string, string | undefined> = {}) {
  return type(server.url, line, { env: { HOME: home, ...env } });
}

let flags = 0;
async function newFlag(options = ''): Promise<string> {
  const key = `flag-${++flags}`;
  expect(await dimmer(`flags create ${key} ${options}`.trim())).toMatchObject({
    code: 0,
    out: expect.stringContaining(`Created ${key}`),
  });
  return key;
}

describe('dimmer', () => {
  it('ramps, kills and restores a flag, and shows how it stands', async () => {
    const flag = await newFlag();
    expect((await dimmer(`rollout ${flag} 25% -e production`)).out).toMatch(
      /^Rolled out flag-\d+ in production \(revision \d+\)/,
    );
    expect((await dimmer(`flags show ${flag}`)).out).toMatch(
      /production +███░░░░░░░ on 25 %|production +██░░░░░░░░ +on 25 %|production +███░░░░░░░ +on 25 %/,
    );
    const killed = await dimmer(['kill', flag, '-e', 'production', '--reason', 'errors at the checkout']);
    expect(killed).toMatchObject({ code: 0, out: expect.stringContaining(`Killed ${flag} in production`) });
    expect((await dimmer(`flags show ${flag}`)).out).toMatch(/production +░░░░░░░░░░ +KILLED \(on 25 % kept\)/);
    expect((await dimmer(`restore ${flag} -e production`)).code).toBe(0);
    expect((await dimmer(`flags list --search ${flag}`)).out).toContain('on 25 %');
    expect((await dimmer(`toggle ${flag} off -e production`)).out).toContain('Toggled');
    expect((await dimmer(`toggle ${flag} off -e production`)).out).toContain('was so already');
  });

  it('leaves off what was off before the kill, and turns nothing on that was not killed', async () => {
    const flag = await newFlag();
    await dimmer(`rollout ${flag} 25% -e production`);
    await dimmer(`toggle ${flag} off -e production`);
    expect((await dimmer(`restore ${flag} -e production`)).out).toMatch(/was not killed.*\nNote: .*stays off/);
    await dimmer(['kill', flag, '-e', 'production', '--reason', 'to be sure']);
    expect((await dimmer(`flags show ${flag}`)).out).toMatch(/production +░░░░░░░░░░ +KILLED \(off before\)/);
    expect((await dimmer(`restore ${flag} -e production`)).out).toMatch(/Restored .*\nNote: .*is off again/);
    expect((await dimmer(`flags show ${flag}`)).out).toMatch(/production +░░░░░░░░░░ +off/);
  });

  it('shows a launch as lit as the dashboard does: who is in the dark sees nothing of it', async () => {
    const flag = await newFlag('--type launch');
    const production = `/api/v1/projects/default/flags/${flag}/environments/production`;
    await server.call('POST', `${production}/rollout`, { live: 1, dark: 90 });
    expect((await dimmer(`flags list --search ${flag}`)).out).toMatch(/█░░░░░░░░░ live 1 %, dark 90 %/);
    const { body } = await server.call('GET', `/api/v1/projects/default/flags/${flag}`);
    const found = (body.environments as { environment: string }[]).find(
      ({ environment }) => environment === 'production',
    );
    expect(found).toMatchObject({ lit: 1, dark: 90, restores: null });
  });

  it('waits until every instance has applied a kill, and says how long it took', async () => {
    const flag = await newFlag();
    await dimmer(`toggle ${flag} on -e production`);
    const clients = Array.from({ length: 5 }, (_, index) =>
      createClient({ url: server.url, key: server.serverKey, instance: `web-${index}`, cache: false, logger: false }),
    );
    await Promise.all(clients.map((client) => client.ready()));
    const { code, out } = await dimmer(['kill', flag, '-e', 'production', '--reason', 'errors', '--wait']);
    expect(out).toMatch(/5 of 5 instances have applied it; p50 [\d.]+, p99 [\d.]+, max [\d.]+ ms/);
    expect(code).toBe(0);
    expect(clients.map((client) => client.isEnabled(flag))).toEqual(Array(5).fill(false));
    expect((await dimmer('instances -e production')).out).toMatch(/web-3 .*connected +current/);
    expect((await dimmer('propagation -e production')).code).toBe(0);
    await Promise.all(clients.map((client) => client.close()));
  });

  it('ends with 4 and names who has not applied it in time', async () => {
    const flag = await newFlag();
    const stream = await server.stream('?instance=deaf&application=shop');
    const { code, out } = await dimmer([
      'kill',
      flag,
      '-e',
      'production',
      '--reason',
      'errors',
      '--wait',
      '--timeout',
      '0.2',
    ]);
    expect(code).toBe(4);
    expect(out).toContain('0 of 1 instances have applied it');
    expect(out).toContain('not yet: deaf (shop), at nothing');
    stream.close();
  });

  it('says why somebody gets what he gets, and what has happened', async () => {
    const flag = await newFlag();
    await dimmer(['toggle', flag, 'on', '-e', 'production', '--reason', 'for Ann']);
    const { out } = await dimmer(['explain', flag, '-e', 'production', '--context', '{"targetingKey":"ann"}']);
    expect(out).toMatch(/^on, because of: fallthrough/);
    const history = await dimmer(`history ${flag}`);
    expect(history.out).toMatch(/revision +when +who +what +of +where +why +changed/);
    expect(history.out).toContain('for Ann');
    const revision = /^(\d+)/m.exec(history.out)?.[1];
    expect((await dimmer(`revert ${revision}`)).out).toContain(`Reverted ${revision}`);
    expect((await dimmer('audit verify')).out).toContain('The log is whole');
  });

  it('answers machines in JSON', async () => {
    const flag = await newFlag();
    const { out } = await dimmer(`--json rollout ${flag} 10 -e staging`);
    expect(JSON.parse(out)).toMatchObject({ changed: true, document: { flag, environment: 'staging', on: true } });
    expect(JSON.parse((await dimmer(`--json flags list`)).out).items.length).toBeGreaterThan(0);
  });

  it('keeps a server and a token after login, readable by their owner alone, and shows the token to no other server', async () => {
    const nothing = { DIMMER_URL: undefined, DIMMER_TOKEN: undefined };
    expect(await dimmer('projects', nothing)).toMatchObject({ code: 2, err: expect.stringContaining('dimmer login') });
    const login = await dimmer(`login ${server.url}`, { DIMMER_URL: undefined });
    expect(login).toMatchObject({ code: 0, out: expect.stringContaining('default') });
    expect((await stat(join(home, '.config/dimmer/settings.json'))).mode & 0o777).toBe(0o600);
    expect((await dimmer('projects', nothing)).out).toContain('default');
    const elsewhere = await dimmer('projects', { DIMMER_URL: 'http://127.0.0.1:2', DIMMER_TOKEN: undefined });
    expect(elsewhere).toMatchObject({ code: 2, err: expect.stringContaining('There is no token') });
  });

  it('examines the way to the server', async () => {
    const good = await dimmer('doctor');
    expect(good.out).toMatch(
      /good +http.* answers within \d+ ms\ngood +it says: ready\ngood +clocks are [01] s apart\ngood +the token is taken\ngood +events stream/,
    );
    expect(good.code).toBe(0);
    const bad = await dimmer('doctor', { DIMMER_TOKEN: 'wrong-token-of-twenty-characters' });
    expect(bad).toMatchObject({ code: 1, out: expect.stringContaining('the token is not taken') });
    const away = await dimmer('doctor', { DIMMER_URL: 'http://127.0.0.1:2' });
    expect(away).toMatchObject({ code: 1, out: expect.stringContaining('cannot be reached: ECONNREFUSED') });
  });
});

describe('what cannot be done', () => {
  it.each([
    ['kill x -e production', 2, "required option '--reason <text>' not specified"],
    ['rollout x 120% -e production', 2, 'Write a percentage from 0% to 100%'],
    ['toggle x maybe -e production', 2, 'It is on or off'],
    ['nonsense', 2, "unknown command 'nonsense'"],
    ['projects --url flags.example.com', 2, '"flags.example.com" is no address of a server'],
    ['toggle no-such-flag on -e production', 1, 'FLAG_NOT_FOUND'],
    ['instances -e no-such-place', 1, 'ENVIRONMENT_NOT_FOUND'],
  ])('is refused with what to do: %s', async (line, code, says) => {
    expect(await dimmer(line)).toMatchObject({ code, err: expect.stringContaining(says) });
  });

  it('is told apart from a server that is away', async () => {
    expect(await dimmer('projects', { DIMMER_URL: 'http://127.0.0.1:2' })).toMatchObject({
      code: 3,
      err: expect.stringContaining('cannot be reached: ECONNREFUSED'),
    });
  });

  it('shows names as text, whatever characters they are made of', async () => {
    const flag = await newFlag();
    await server.admin('PATCH', `flags/${flag}`, { name: 'red \u202e\u061cgnp' });
    const { out } = await dimmer(`flags show ${flag}`);
    expect(out).toContain('red gnp');
    expect(out).not.toMatch(/[\u202e\u061c]/);
  });
});

describe('flags', () => {
  it('are created with variations of their type, tags and owners, by which they are found again', async () => {
    const created = await dimmer(
      'flags create sizes --type number --variation few=10 --variation many=1e3 --tag a --tag b --owner ann --reason new',
    );
    expect(created).toMatchObject({ code: 0, out: expect.stringContaining('Created sizes') });
    const { variations, tags } = await server.admin('GET', 'flags/sizes');
    expect(variations).toEqual([
      { key: 'few', value: 10 },
      { key: 'many', value: 1000 },
    ]);
    expect(tags).toEqual(['a', 'b']);
    for (const filter of ['--tag b', '--owner ann', '--search siz']) {
      expect((await dimmer(`flags list ${filter}`)).out).toMatch(/^flag .*\nsizes +number .*\n$/);
    }
    expect((await dimmer('flags list --owner nobody')).out).not.toContain('sizes');
    await dimmer('flags archive sizes');
    expect((await dimmer('flags list --owner ann')).out).not.toContain('sizes');
    expect((await dimmer('flags list --archived')).out).toContain('sizes');
    expect((await dimmer('flags unarchive sizes')).out).toContain('Unarchived sizes');
    expect((await dimmer('flags list --owner ann')).out).toContain('sizes');
    expect(await dimmer('flags create odd --type number --variation few=some')).toMatchObject({
      code: 2,
      err: expect.stringContaining('"few=some" is no variation of a number flag.'),
    });
  });
});

describe('a login', () => {
  it('asks for a token where somebody is there, without showing it', async () => {
    const asked: unknown[] = [];
    const env = { HOME: home, DIMMER_URL: undefined, DIMMER_TOKEN: undefined };
    const answers = (...question: unknown[]) => {
      asked.push(question);
      return ` ${ADMIN_TOKEN}\n`;
    };
    expect(await type(server.url, `login ${server.url}`, { env, answers })).toMatchObject({ code: 0 });
    expect(asked).toEqual([['Token: ', 'secret']]);
    expect((await type(server.url, 'projects', { env })).out).toContain('default');
  });
});
