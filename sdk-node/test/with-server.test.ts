/** The Node SDK against the real server. */
import { createClient, type DimmerClient } from '@dimmer/node';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ADMIN_TOKEN, TestServer } from '../../server/test/running-server.ts';

let server: TestServer;
let flags: DimmerClient;
let logged: string[];

const ann = { targetingKey: 'ann' };
const inProduction = (command: string) => `flags/checkout/environments/production/${command}`;
const changed = () => new Promise<{ delayMs: number | null }>((resolve) => flags.on('change', resolve));

beforeEach(async () => {
  logged = [];
  const log = (line: string) => logged.push(line);
  server = await TestServer.start();
  await server.admin('POST', 'flags', { key: 'checkout', type: 'boolean' });
  flags = createClient({
    url: server.url,
    key: server.serverKey,
    application: 'shop',
    instance: 'shop-1',
    cache: false,
    logger: { warn: log, error: log },
  });
  expect(await flags.ready()).toEqual({ ready: true, timedOut: false });
});

afterEach(async () => {
  await flags.close();
  await server.stop();
});

it('a flag is ramped and killed, and the client follows each step', async () => {
  expect(flags.isEnabled('checkout', ann)).toBe(false);

  const ramped = changed();
  await server.admin('POST', inProduction('rollout'), { percent: 100 });
  expect((await ramped).delayMs).toEqual(expect.any(Number));
  expect(flags.evaluate('checkout', false, ann)).toMatchObject({ value: true, variation: 'on', source: 'stream' });

  const killed = changed();
  const { id } = await server.admin('POST', inProduction('kill'), { reason: 'too slow' });
  await killed;
  expect(flags.evaluate('checkout', true, ann)).toMatchObject({ value: false, reason: 'DISABLED', id });
  expect(logged).toEqual([]);
});

it('its evaluations and receipts arrive', async () => {
  for (let i = 0; i < 5; i++) flags.isEnabled('checkout', ann);
  const { id } = flags.status();
  await vi.waitFor(async () => {
    const { items } = await server.admin('GET', 'environments/production/instances');
    expect(items).toMatchObject([{ instance: 'shop-1', application: 'shop', sdk: 'node/source', appliedId: id }]);
  });
  await flags.close();
  const { items } = await server.admin('GET', 'flags/checkout/environments/production/evaluations');
  expect(items).toMatchObject([{ variation: 'off', count: 5 }]);
});

it('a key that is revoked ends the stream; decisions go on', async () => {
  const { items } = await server.admin('GET', 'environments/production/keys');
  const { selector } = items.find(({ kind }: { kind: string }) => kind === 'server');
  await server.call('POST', `/api/v1/keys/${selector}/revoke`, {});
  await vi.waitFor(
    () =>
      expect(flags.status()).toMatchObject({
        state: 'refused',
        lastError: expect.stringMatching(/^HTTP 401 KEY_REVOKED: .+ Use the key/),
      }),
    10_000,
  );
  expect(flags.evaluate('checkout', true, ann)).toMatchObject({ value: false, source: 'stream' });
  expect(logged.filter((line) => line.includes('STREAM_REFUSED'))).toHaveLength(1);
  expect(logged.join()).not.toContain(server.serverKey);
});

it('a key of the wrong kind is said so at once, with the code and the fix of the server', async () => {
  const refused = createClient({
    url: server.url,
    key: ADMIN_TOKEN,
    cache: false,
    initTimeoutMs: 60_000,
    logger: { warn: (line) => logged.push(line), error: (line) => logged.push(line) },
  });
  expect(await refused.ready()).toEqual({ ready: false, timedOut: false });
  const { state, lastError } = refused.status();
  expect(state).toBe('refused');
  expect(lastError).toMatch(/^HTTP 40[13] KEY_[A-Z_]+: .+\. .+\.$/);
  expect(lastError).not.toContain(ADMIN_TOKEN);
  expect(logged).toHaveLength(1);
  expect(logged[0]).toContain(lastError);
  await refused.close();
});
