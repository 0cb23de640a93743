/** `dimmer launch report`: the server's words on a launch, for people and for scripts. */
import { createClient } from '@dimmer/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { type } from './command-line.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
  await server.admin('POST', 'flags', { key: 'engine', type: 'launch' });
  await server.admin('POST', 'flags/engine/environments/production/rollout', { live: 100 });
  for (const [version, calls] of [
    ['1.0.0', 3],
    ['1.1.0', 400],
  ] as const) {
    const who = { application: 'shop', version, instance: `shop-${version}` };
    const flags = createClient({ url: server.url, key: server.serverKey, cache: false, logger: false, ...who });
    await flags.ready();
    for (let call = 0; call < calls; call += 1) {
      flags.launch('engine', { targetingKey: `user-${call}` }, { control: () => 1, candidate: () => 1 });
    }
    await flags.close();
  }
});
afterAll(() => server.stop());

const report = (options = '') => type(server.url, `launch report engine -e production ${options}`.trim());

describe('dimmer launch report', () => {
  it('says in words what the server says', async () => {
    const { code, out } = await report();
    expect(code).toBe(0);
    expect(out).toMatch(
      /^engine in production\n=+\nLive for everybody, and nothing stands against it: errors 0 % of 403/,
    );
    expect(out).toMatch(/live: candidate +403 +0 %/);
  });

  it.each([
    ['--application shop@1.0.0', 3],
    ['--application shop', 403],
    ['--app-version 1.1.0', 400],
    ['--instance shop-1.0.0', 3],
    ['--since change', 403],
    ['--since 10m --until 5m', 0],
    ['--audience browser', 0],
  ])('%s: is of %i calls', async (options, calls) => {
    const { paths } = JSON.parse((await report(`${options} --json`)).out);
    expect(paths.reduce((sum: number, path: { calls: number }) => sum + path.calls, 0)).toBe(calls);
  });

  it('ends with 1 where a script asks whether it is ready, and it is not', async () => {
    expect((await report('--ready')).code).toBe(0);
    expect(await report('--ready --app-version 1.0.0')).toMatchObject({
      code: 1,
      out: expect.stringContaining('only 3 calls were answered by it in this time'),
    });
  });

  it('says what it does not understand', async () => {
    expect(await report('--since whenever')).toMatchObject({
      code: 2,
      err: expect.stringContaining('no point in time'),
    });
    expect(await report('--audience everybody')).toMatchObject({ code: 2 });
    const wrong = await type(server.url, 'launch report engin -e production');
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('engin') });
  });
});
