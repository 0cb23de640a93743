import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectInTime } from '../patience.ts';
import { eventually } from '../sdk-checks/stopped-clock.ts';
import type { Fault } from './fault-proxy/fault.ts';
import { IS_LONG, ProxyStage } from './proxy-stage.ts';

const WRITES = IS_LONG ? 20 : 3;
const GRACE_MS = 1_000;

let stage: ProxyStage;

beforeAll(async () => {
  stage = await ProxyStage.open();
});

afterAll(() => stage.close());

const SLOW: readonly [string, Fault, number][] = [
  ['50 ms', { kind: 'latency', ms: 50, jitterMs: 50 }, 5_000],
  ['10 kB/s', { kind: 'rate', bytesPerS: 10_000 }, 5_000],
  ['300 ms, which is more than ready() waits', { kind: 'latency', ms: 300 }, 100],
  ...(IS_LONG
    ? ([
        ['500 ms', { kind: 'latency', ms: 500, jitterMs: 500 }, 5_000],
        ['2,000 ms', { kind: 'latency', ms: 2_000 }, 5_000],
      ] as [string, Fault, number][])
    : []),
];

describe('F11 a network that is slow', () => {
  it.for(SLOW)(
    'F11 by %s: ready() is back in time, every change arrives and none twice',
    async ([_by, fault, timeoutMs], { task }) => {
      stage.proxy.fault = fault;
      const { accepted } = stage.proxy;
      const client = stage.connect({ initTimeoutMs: timeoutMs });
      const ids: string[] = [];
      client.on('change', ({ id }) => ids.push(id));
      const began = performance.now();
      const { ready, timedOut } = await client.ready();
      const tookMs = Math.round(performance.now() - began);
      expectInTime('ready()', tookMs, timeoutMs + GRACE_MS);
      expect(ready).toBe(!timedOut);
      await eventually(() => stage.isCurrent(client));
      for (let write = 0; write < WRITES; write++) await stage.write();
      await eventually(() => stage.isCurrent(client));
      expect(new Set(ids).size).toBe(ids.length);
      expect(stage.proxy.accepted).toBe(accepted + 1);
      await client.close();
      const notes = [`ready() after ${tookMs} ms`];
      Object.assign(task.meta, { fault: { tried: `a snapshot and ${WRITES} patches`, lost: 0, notes } });
    },
  );
});
