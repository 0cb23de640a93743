import { ERROR_STATUS } from '@dimmer/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, TestServer } from '../../server/test/running-server.ts';
import { fixText } from '../src/api/fix-text.ts';
import { instantText } from '../src/text/instant-text.ts';
import { type } from './command-line.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
  for (const key of ['new-payments', 'theme']) await server.call('POST', '/api/v1/projects/default/flags', { key });
});
afterAll(() => server.stop());

const PRODUCTION = '/api/v1/projects/default/environments/production';

describe('a refusal', () => {
  it.each([
    ['kill new-paymnets -e production --reason errors', 'Did you mean "new-payments"?'],
    ['toggle theme on -e prodution', 'Did you mean "production"?'],
    ['flags show serch', 'Create it: dimmer flags create serch'],
    ['flags create theme', 'dimmer flags unarchive'],
    ['revert 100000', 'dimmer history'],
    ['flags list -p elsewhere', 'dimmer projects'],
  ])('of `dimmer %s` says: %s', async (line, fix) => {
    const { code, err } = await type(server.url, line);
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining(fix) });
    expect(err).not.toMatch(/POST|GET|\/api\//);
  });

  it('names the options of the command line where an approval or a reason is missing', async () => {
    await server.call('PATCH', PRODUCTION, { protected: true });
    expect((await type(server.url, 'toggle theme on -e production')).err).toContain('Add: --reason "…"');
    await server.call('PATCH', PRODUCTION, { protected: false, reason: 'done' });
    expect(
      fixText('APPROVAL_REQUIRED', '/projects/a/flags/b', 'Send the same with ?propose=true.', undefined),
    ).toContain('--propose');
  });

  it.each(Object.keys(ERROR_STATUS))('%s never gives advice in HTTP', (code) => {
    const path = '/projects/default/flags/theme/environments/production/toggle';
    for (const said of ['Create it (POST /api/v1/flags).', 'Send it as If-Match.', 'Add ?propose=true.', undefined]) {
      expect(fixText(code, path, said, undefined) ?? '').not.toMatch(/POST|GET|If-Match|\?propose|\/api\//);
    }
    expect(fixText(code, path, undefined, 'themes')).toContain('themes');
  });
});

describe('what is typed', () => {
  const NOW = new Date(2026, 10, 20, 15, 30, 20).getTime();
  const at = (...parts: [number, number, number, number?, number?]) => new Date(...parts).toISOString();
  it.each([
    ['30m', new Date(NOW - 30 * 60_000).toISOString()],
    ['2H', new Date(NOW - 2 * 3_600_000).toISOString()],
    ['1w', new Date(NOW - 7 * 86_400_000).toISOString()],
    ['today', at(2026, 10, 20)],
    ['yesterday 09:15', at(2026, 10, 19, 9, 15)],
    ['2026-02-28', at(2026, 1, 28)],
    ['2026-02-28 23:59', at(2026, 1, 28, 23, 59)],
    ['9:30', at(2026, 10, 20, 9, 30)],
    ['2026-11-20T03:00:00Z', '2026-11-20T03:00:00Z'],
    ['2026-11-20T03:00:00+09:00', '2026-11-20T03:00:00+09:00'],
    ['1700000000000', '1700000000000'],
  ])('as an instant, %s, is understood', (text, instant) => expect(instantText(text, NOW)).toBe(instant));

  it.each(['soon', '2026-02-30', '25:00', '', '-1h'])(
    'as an instant, %j, is answered with what may be written',
    (text) => expect(() => instantText(text, NOW)).toThrow(/no point in time/),
  );

  it('may be how long ago, in the history', async () => {
    const { code, out } = await type(server.url, 'history theme --since 1h --until today');
    expect(code).toBe(0);
    expect(out).not.toContain('flag.create');
    expect((await type(server.url, 'history theme --since 1h')).out).toContain('flag.create');
    expect(await type(server.url, 'history --since soon')).toMatchObject({ code: 2 });
  });

  it('may be a targeting key alone, where a context is asked for', async () => {
    const explain = (context: string) =>
      type(server.url, ['explain', 'theme', '-e', 'production', '--context', context]);
    const asKey = await explain('user-7');
    expect(asKey.code).toBe(0);
    expect(asKey).toEqual(await explain('{"targetingKey": "user-7"}'));
    expect(await explain('{targetingKey: 1')).toMatchObject({ code: 2, err: expect.stringContaining('user-17') });
  });

  it('shows in the history what each change changed', async () => {
    await type(server.url, 'rollout theme 25% -e production');
    await type(server.url, 'rollout theme 40% -e production');
    expect((await type(server.url, 'history theme')).out).toMatch(/fallthrough: on 25 %, off 75 % → on 40 %, off 60 %/);
  });

  it('is the token that the first start prints, if there is no other', async () => {
    const env = { DIMMER_TOKEN: undefined, DIMMER_ADMIN_TOKEN: ADMIN_TOKEN };
    expect((await type(server.url, 'whoami', { env })).code).toBe(0);
    expect((await type(server.url, 'whoami', { env: { ...env, DIMMER_TOKEN: 'adm_other' } })).code).toBe(1);
  });

  it('shows environments in one order, also after the server was started again', async () => {
    const heads = async () => (await type(server.url, 'flags list')).out.split('\n')[0]?.trim();
    expect(await heads()).toMatch(/^flag +type +development +staging +production$/);
    await server.restart();
    expect(await heads()).toMatch(/^flag +type +development +staging +production$/);
  });
});
