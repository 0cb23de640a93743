/** The connection ends at every byte that a stream has. */
import type { DimmerClient } from '@dimmer/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually, passUntil, stopClock } from '../sdk-checks/stopped-clock.ts';
import { IS_LONG, ProxyStage } from './proxy-stage.ts';

const EVERY_BYTES = IS_LONG ? 1 : 16;

let stage: ProxyStage;

beforeEach(async () => {
  stage = await ProxyStage.open();
  stopClock();
});

afterEach(async () => {
  vi.useRealTimers();
  await stage.close();
});

/** Ends the fault, lets the client try again, and answers what it then has wrong. */
async function mend(client: DimmerClient): Promise<readonly string[]> {
  await eventually(() => client.status().state === 'reconnecting');
  stage.proxy.fault = { kind: 'pass' };
  const { accepted } = stage.proxy;
  await passUntil(() => stage.proxy.accepted > accepted, { stepMs: 500 });
  await eventually(() => client.status().state === 'live' && client.status().id === stage.id);
  return stage.wrongIn(client);
}

/** How many bytes come down while something happens. */
async function bytesOf(happens: () => Promise<unknown>): Promise<number> {
  const before = stage.proxy.bytesDown;
  await happens();
  return stage.proxy.bytesDown - before;
}

describe('F13 a stream that is cut', () => {
  it('F13 at any byte of its head, snapshot and ping, by FIN or RST, ends in the same state', async ({ task }) => {
    const first = stage.connect();
    const length = await bytesOf(() => eventually(() => stage.isCurrent(first)));
    await first.close();
    expect(length).toBeGreaterThan(3_000);
    let cuts = 0;
    for (let at = 0; at <= length; at += EVERY_BYTES) {
      for (const by of IS_LONG ? (['fin', 'rst'] as const) : [cuts % 2 ? ('fin' as const) : ('rst' as const)]) {
        stage.proxy.fault = { kind: 'cut', afterBytes: at, by };
        const client = stage.connect();
        expect({ at, by, wrong: await mend(client) }).toEqual({ at, by, wrong: [] });
        await client.close();
        cuts += 1;
      }
    }
    Object.assign(task.meta, { fault: { tried: `${cuts} cuts of ${length} bytes`, lost: 0 } });
  });

  it('F13 at any byte of a patch keeps the former state whole, and resumes', async ({ task }) => {
    const first = stage.connect();
    await eventually(() => stage.isCurrent(first));
    const length = await bytesOf(async () => {
      await stage.write();
      await eventually(() => stage.isCurrent(first));
    });
    await first.close();
    expect(length).toBeGreaterThan(300);
    let cuts = 0;
    for (let at = 0; at < length; at += EVERY_BYTES) {
      // One for each cut: who loses one stream after the other waits for longer and longer.
      const client = stage.connect();
      await eventually(() => stage.isCurrent(client));
      const held = client.status().id;
      stage.proxy.fault = { kind: 'cut', afterBytes: at, by: cuts % 2 ? 'fin' : 'rst' };
      // The proxy cuts when the next bytes come.
      await stage.write();
      await eventually(() => client.status().state === 'reconnecting' || stage.isCurrent(client));
      // A shorter patch than the first came through whole.
      stage.proxy.cutAll('rst');
      // So it did if it was cut within the last bytes, which end the chunk and not the event.
      expect([held, stage.id]).toContain(client.status().id);
      expect({ at, wrong: await mend(client) }).toEqual({ at, wrong: [] });
      await client.close();
      cuts += 1;
    }
    Object.assign(task.meta, { fault: { tried: `${cuts} cuts of a patch of ${length} bytes`, lost: 0 } });
  });
});
