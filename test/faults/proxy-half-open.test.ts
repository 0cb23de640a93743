import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually, pass, passUntil, stopClock } from '../sdk-checks/stopped-clock.ts';
import { ProxyStage } from './proxy-stage.ts';

const DETECTED_MS = 50_000;

let stage: ProxyStage;

beforeEach(async () => {
  stage = await ProxyStage.open(3);
  stopClock();
});

afterEach(async () => {
  vi.useRealTimers();
  await stage.close();
});

describe('F12 a connection that is half open', () => {
  it.for(['down', 'both'] as const)(
    'F12 nothing comes through (%s), and no socket says so: the client knows within 50 s, goes on deciding, and catches up',
    async (direction, { task }) => {
      const client = stage.connect();
      await eventually(() => stage.isCurrent(client));
      const { id: held } = client.status();
      stage.proxy.fault = { kind: 'blackhole', direction };
      await stage.write();
      const detectedMs = await passUntil(() => client.status().state !== 'live', { limitMs: DETECTED_MS });
      expect(detectedMs).toBeGreaterThanOrEqual(44_900);
      expect(client.status()).toMatchObject({ state: 'reconnecting', id: held, lastError: 'silent for 45000 ms' });
      // New connections are as dead as the old: each is given up after 10 s.
      await pass(120_000);
      expect(client.value('flag-0', 'the default', { targetingKey: 'ann' })).not.toBe('the default');
      stage.proxy.fault = { kind: 'pass' };
      const recoveredInMs = await passUntil(() => stage.isCurrent(client) && client.status().state === 'live');
      const notes = [`noticed after ${detectedMs} ms of silence`];
      Object.assign(task.meta, { fault: { tried: 'two minutes without a byte', lost: 0, recoveredInMs, notes } });
    },
  );
});
