import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { type } from './command-line.ts';

const DAY_MS = 86_400_000;
let nowMs = Date.now() - 60 * DAY_MS;
let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start({ now: () => nowMs });
  await server.admin('POST', 'flags', { key: 'forgotten' });
  nowMs += 60 * DAY_MS;
  await server.admin('POST', 'flags', { key: 'new', owner: 'ann' });
});
afterAll(() => server.stop());

it('flags that nobody needs any more are listed apart, with the reason', async () => {
  const { code, out } = await type(server.url, 'flags list --stale');
  expect(code).toBe(0);
  expect(out).toMatch(
    /^flag +type +why +last evaluated\nforgotten +boolean +nobody asks for it +never, as far as is known\n$/,
  );
  expect((await type(server.url, 'flags list --stale --owner ann')).out).toBe('There are none.\n');
  expect(JSON.parse((await type(server.url, 'flags list --stale --json')).out).items).toMatchObject([
    { key: 'forgotten', stale: 'not-evaluated' },
  ]);
});
