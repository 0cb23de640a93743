import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually, stopClock, turns } from '../sdk-checks/stopped-clock.ts';
import type { Fault } from './fault-proxy/fault.ts';
import { IS_LONG, ProxyStage } from './proxy-stage.ts';

const WRITES = IS_LONG ? 200 : 5;

let stage: ProxyStage;

beforeAll(async () => {
  stage = await ProxyStage.open();
});

// A connection is given up after 10 s without an event, and here each byte is a piece: the clock stands.
beforeEach(stopClock);
afterEach(() => vi.useRealTimers());
afterAll(() => stage.close());

const PIECES: readonly [string, Fault][] = [
  ['of one byte, which splits every character', { kind: 'rechunk', bytes: 1 }],
  ['of two bytes', { kind: 'rechunk', bytes: 2 }],
  ['of three bytes', { kind: 'rechunk', bytes: 3 }],
  ['of random size', { kind: 'rechunk', bytes: 'random' }],
];

describe('F14 the same bytes in other pieces', () => {
  it.for(PIECES)('F14 %s lead to the same state, in one connection', async ([_what, fault], { task }) => {
    stage.proxy.fault = fault;
    const { accepted } = stage.proxy;
    const client = stage.connect();
    const changes: string[] = [];
    await eventually(() => stage.isCurrent(client));
    client.on('change', ({ id }) => changes.push(id));
    const written: string[] = [];
    for (let write = 0; write < WRITES; write++) {
      written.push(await stage.write());
      await eventually(() => stage.isCurrent(client));
    }
    expect(changes).toEqual(written);
    expect(stage.proxy.accepted).toBe(accepted + 1);
    expect(client.status().lastError).toBeNull();
    await client.close();
    Object.assign(task.meta, { fault: { tried: `a snapshot and ${WRITES} patches`, lost: 0 } });
  });

  it('F14 many events in one piece lead to the same state', async () => {
    stage.proxy.fault = { kind: 'pass' };
    const client = stage.connect();
    await eventually(() => stage.isCurrent(client));
    const { accepted } = stage.proxy;
    stage.proxy.fault = { kind: 'blackhole', direction: 'down' };
    for (let write = 0; write < WRITES; write++) {
      await stage.write();
      await turns();
    }
    expect(stage.isCurrent(client)).toBe(false);
    stage.proxy.fault = { kind: 'pass' };
    await eventually(() => stage.isCurrent(client));
    expect(stage.proxy.accepted).toBe(accepted);
  });
});
