import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { closeClients, openClient, stateOf } from './clients.ts';
import { RULES } from './fake-client.ts';
import { eventually, pass, stopClock } from './stopped-clock.ts';

afterEach(async () => {
  vi.useRealTimers();
  await closeClients();
});

describe('F. Cache', () => {
  it('72 the age of rules from the cache is told, and they are `STALE` only to who has said after how long', async () => {
    const cache = await mkdtemp(join(tmpdir(), 'dimmer-test-'));
    const server = await FakeServer.start(RULES);
    const first = openClient(server.url, { cache });
    await eventually(() => stateOf(first) === 'live');
    expect(first.status().at).toBe(RULES.at);
    await closeClients();
    await server.close();

    stopClock();
    const patient = openClient(server.url, { cache });
    const strict = openClient(server.url, { cache, maxStaleMs: 60_000 });
    await pass(3_600_000);
    for (const flags of [patient, strict]) {
      expect(flags.status()).toMatchObject({ at: RULES.at, source: 'cache', lastEventAgeMs: null });
    }
    expect(patient.evaluate('a', false)).toMatchObject({ value: true, reason: 'STATIC' });
    expect(strict.evaluate('a', false)).toMatchObject({ value: true, reason: 'STALE' });
    await closeClients();
    await rm(cache, { recursive: true, force: true });
  });
});
