import { beforeEach, describe, expect, it } from 'vitest';
import { InstanceRegistry } from '../../src/instances/instance-registry.ts';
import { callRoll } from '../../src/instances/roll-call.ts';

const scope = { project: 'shop', environment: 'production', audience: 'server' } as const;
const web = { instance: 'web-1', application: 'shop', sdk: 'node/0.1.0' };
const nobody = { instance: null, application: null, sdk: null };
const list = (registry: InstanceRegistry) => registry.list('shop', 'production');

let now = 1_000_000;
let registry: InstanceRegistry;

beforeEach(() => {
  now = 1_000_000;
  registry = new InstanceRegistry(() => now);
});

describe('the instances of an environment', () => {
  it('are those that stream, with what they say of themselves', () => {
    registry.connected(scope, web);
    expect(list(registry)).toEqual([
      {
        ...web,
        audience: 'server',
        streams: 1,
        connectedAt: now,
        disconnectedAt: null,
        appliedId: null,
        appliedAt: null,
        delayMs: null,
        evaluatedId: null,
        evaluatedAt: null,
        sendsReceipts: true,
        rollCall: null,
        rollCallAt: null,
        client: null,
        polledAt: null,
        pollGapMs: null,
        leftAt: null,
        failure: null,
        lostBelow: null,
        unprovenAt: null,
      },
    ]);
    expect(registry.list('shop', 'staging')).toEqual([]);
  });

  it('of servers are not spoken for by whoever has a browser key and takes their name', () => {
    registry.connected(scope, web);
    registry.applied(scope, web, { id: '7.aaaaaaaaaaaa' });
    const browser = { ...scope, audience: 'browser' } as const;
    registry.connected(browser, { ...web, application: 'impostor' });
    registry.applied(browser, web, { id: '8.bbbbbbbbbbbb' });
    expect(list(registry)).toMatchObject([
      { audience: 'server', application: 'shop', appliedId: '7.aaaaaaaaaaaa' },
      { audience: 'browser', application: 'impostor', appliedId: '8.bbbbbbbbbbbb' },
    ]);
  });

  it('have applied what their last receipt says', () => {
    registry.connected(scope, web);
    registry.applied(scope, web, { id: '7.aaaaaaaaaaaa', delayMs: 12 });
    now += 5;
    registry.applied(scope, web, { id: '8.aaaaaaaaaaaa' });
    expect(list(registry)).toMatchObject([{ appliedId: '8.aaaaaaaaaaaa', appliedAt: now, delayMs: null }]);
  });

  it('have applied what they come back with, even if that was sent to them by another server', () => {
    registry.connected(scope, web, '7.aaaaaaaaaaaa');
    expect(list(registry)).toMatchObject([{ appliedId: '7.aaaaaaaaaaaa', appliedAt: now, delayMs: null }]);
  });

  it('say nothing of what they apply if they have no name, or have said so', () => {
    registry.connected(scope, nobody);
    registry.connected({ ...scope, audience: 'browser' }, { ...web, sendsReceipts: false });
    expect(list(registry)).toMatchObject([{ sendsReceipts: false }, { sendsReceipts: false }]);
  });

  it('are told of anew on demand, each by its name', () => {
    const told: string[] = [];
    registry = new InstanceRegistry(
      () => now,
      'node-a',
      (project, environment, name, { streams }) => told.push(`${project} ${environment} ${name} ${streams}`),
    );
    const gone = registry.connected(scope, web);
    registry.connected(scope, nobody);
    gone();
    expect(told).toEqual([
      'shop production server=web-1 1',
      'shop production ?node-a1 1',
      'shop production server=web-1 0',
    ]);
    told.length = 0;
    registry.noteAll();
    expect(told).toEqual(['shop production server=web-1 0', 'shop production ?node-a1 1']);
  });

  it('are one while they reconnect, although two streams are open for a moment', () => {
    const first = registry.connected(scope, web);
    now += 10;
    registry.connected(scope, web);
    first();
    expect(list(registry)).toMatchObject([{ streams: 1, connectedAt: 1_000_000, disconnectedAt: null }]);
  });

  it('are remembered for ten minutes after they have gone', () => {
    registry.connected(scope, web)();
    now += 9 * 60_000;
    expect(list(registry)).toMatchObject([{ streams: 0, disconnectedAt: 1_000_000 }]);
    now += 2 * 60_000;
    expect(list(registry)).toEqual([]);
  });

  it('keep what they have applied when they come back', () => {
    const gone = registry.connected(scope, web);
    registry.applied(scope, web, { id: '7.aaaaaaaaaaaa' });
    gone();
    registry.connected(scope, web);
    expect(list(registry)).toMatchObject([{ streams: 1, disconnectedAt: null, appliedId: '7.aaaaaaaaaaaa' }]);
  });

  it('include those that poll, as long as they send receipts', () => {
    registry.applied(scope, web, { id: '7.aaaaaaaaaaaa' });
    expect(list(registry)).toMatchObject([{ instance: 'web-1', streams: 0, connectedAt: null }]);
    now += 11 * 60_000;
    expect(list(registry)).toEqual([]);
  });

  it('that poll have a rhythm, which is their longest pause so far', () => {
    registry.polled(scope, web, null);
    expect(list(registry)).toMatchObject([{ polledAt: now, pollGapMs: null }]);
    for (const pauseMs of [300_000, 60_000]) {
      now += pauseMs;
      registry.polled(scope, web, null);
    }
    expect(list(registry)).toMatchObject([{ polledAt: now, pollGapMs: 300_000 }]);
  });

  it('that tell of others and are not believed are known to, until they are', () => {
    registry.rollCallRefused(scope, web);
    expect(list(registry)).toMatchObject([{ unprovenAt: now }]);
    registry.rollCalled(scope, web, callRoll([], now));
    expect(list(registry)).toMatchObject([{ unprovenAt: null }]);
  });

  it('without a name count one each while they are connected', () => {
    const gone = registry.connected(scope, nobody);
    registry.connected(scope, nobody);
    expect(list(registry)).toHaveLength(2);
    gone();
    expect(list(registry)).toHaveLength(1);
  });

  it('may be called __proto__', () => {
    registry.connected(scope, { ...web, instance: '__proto__' });
    expect(list(registry)).toMatchObject([{ instance: '__proto__', application: 'shop' }]);
  });

  it('of browsers, which anybody can name, are bounded by themselves: those of servers are remembered all the same', () => {
    registry.connected(scope, web)();
    const page = { ...scope, audience: 'browser' } as const;
    for (let each = 0; each < 5_000; each += 1)
      registry.applied(page, { ...web, instance: `made-up-${each}` }, { id: '1.aaaaaaaaaaaa' });
    const found = list(registry);
    expect(found.length).toBeLessThanOrEqual(2_001);
    expect(found.filter(({ audience }) => audience === 'server')).toMatchObject([{ instance: 'web-1' }]);
    expect(found.at(-1)).toMatchObject({ instance: 'made-up-4999' });
  });

  it('hold so many roll calls of relays that stream elsewhere, the newest, and those of all that stream here', () => {
    const rollCall = { connected: 1, silent: 0, unprovenRelays: 0, applied: [], delays: [], behind: [], lost: [] };
    const here = { ...web, instance: 'here' };
    registry.connected(scope, here);
    registry.rollCalled(scope, here, rollCall);
    for (let each = 0; each < 150; each += 1)
      registry.rollCalled(scope, { ...web, instance: `relay-${each}` }, rollCall);
    const held = list(registry).filter((each) => each.rollCall !== null);
    expect(held).toHaveLength(101);
    expect(held[0]?.instance).toBe('here');
    expect(held[1]?.instance).toBe('relay-50');
  });

  it('that have gone are bounded, and those that are connected stay', () => {
    registry.connected(scope, { ...web, instance: 'stays' });
    for (let each = 0; each < 20_100; each += 1) registry.connected(scope, { ...web, instance: `i-${each}` })();
    const known = list(registry);
    expect(known.length).toBeLessThanOrEqual(20_001);
    expect(known.length).toBeGreaterThan(18_000);
    expect(known[0]?.instance).toBe('stays');
    expect(known.at(-1)?.instance).toBe('i-20099');
  });
});
