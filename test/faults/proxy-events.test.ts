import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually, passUntil, stopClock, turns } from '../sdk-checks/stopped-clock.ts';
import { drop, duplicate, swap } from './fault-proxy/event-rewrites.ts';
import type { EventRewrite } from './fault-proxy/fault.ts';
import { IS_LONG, ProxyStage } from './proxy-stage.ts';

const SEQUENCES = IS_LONG ? 1_000 : 3;
const WRITES = 8;

let stage: ProxyStage;

beforeAll(async () => {
  stage = await ProxyStage.open();
});
beforeEach(stopClock);
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => stage.close());

/** Each event is now doubled, now held back behind the next, now lost, by chance. */
function chaos(): EventRewrite {
  const rewrites = [duplicate('snapshot', 'patch', 'ping'), swap('patch'), drop('patch', 2), swap('ping')];
  return (event) => rewrites[Math.floor(Math.random() * rewrites.length)]!(event);
}

const REWRITES: readonly [string, () => EventRewrite][] = [
  ['come twice', () => duplicate('snapshot', 'patch', 'ping')],
  ['change places', () => swap('patch')],
  ['are lost', () => drop('patch', 1)],
  ['come twice, change places or are lost, by chance', chaos],
];

describe('F27 events that are not as they were sent', () => {
  it.for(REWRITES)(
    'F27 that %s: the client ends where the server is, and never decides by a mixture',
    async ([_what, rewrite], { task }) => {
      for (let sequence = 0; sequence < SEQUENCES; sequence++) {
        stage.proxy.fault = { kind: 'events', rewrite: rewrite() };
        const client = stage.connect();
        const seen: string[] = [];
        client.on('change', ({ id }) => seen.push(id));
        await passUntil(() => client.status().id === stage.id);
        const written: string[] = [];
        for (let write = 0; write < WRITES; write++) {
          written.push(await stage.write());
          await turns(5);
        }
        stage.proxy.fault = { kind: 'pass' };
        // What is held back or lost is noticed by the next event, or by the next ping, which is at most 18 s away.
        stage.proxy.cutAll('rst');
        await passUntil(() => client.status().state === 'live' && client.status().id === stage.id);
        expect(stage.wrongIn(client)).toEqual([]);
        // Nothing is applied twice in a row, and what is applied follows the order of the log.
        const order = seen.filter((id) => written.includes(id)).map((id) => written.indexOf(id));
        expect(order).toEqual([...new Set(order)].sort((one, other) => one - other));
        await client.close();
      }
      Object.assign(task.meta, { fault: { tried: `${SEQUENCES} sequences of ${WRITES} changes`, lost: 0 } });
    },
  );

  it('F27 a patch that is lost is noticed by the next patch, without any other failure', async () => {
    stage.proxy.fault = { kind: 'events', rewrite: drop('patch', 0) };
    const client = stage.connect();
    await eventually(() => stage.isCurrent(client));
    await stage.write();
    await turns(20);
    expect(client.status().id).not.toBe(stage.id);
    vi.useRealTimers();
    await stage.write();
    await eventually(() => client.status().state === 'reconnecting');
    expect(client.status().lastError).toBe('a gap before this patch');
    await vi.waitFor(() => expect(stage.isCurrent(client)).toBe(true));
  });
});
