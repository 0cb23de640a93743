import { describe, expect, it } from 'vitest';
import type { Instance } from '../../src/instances/instance.ts';
import { propagationOf } from '../../src/instances/propagation.ts';
import { callRoll } from '../../src/instances/roll-call.ts';

const ID = '105.aaaaaaaaaaaa';
const CHANGE = { ids: { server: ID, browser: '105.eeeeeeeeeeee' }, at: 1_000, headRevision: 110 };

let names = 0;

function instance(more: Partial<Instance> = {}): Instance {
  return {
    ...{ instance: `web-${++names}`, application: 'shop', sdk: 'node/0.1.0', sendsReceipts: true, audience: 'server' },
    ...{ streams: 1, connectedAt: 1, disconnectedAt: null, appliedId: null, appliedAt: null, delayMs: null },
    ...{ evaluatedId: null, evaluatedAt: null, rollCall: null, rollCallAt: null },
    ...more,
  } as Instance;
}

const applied = (id: string, delayMs: number | null = 5) => instance({ appliedId: id, delayMs });

describe('a change', () => {
  it('is complete when all that are connected have applied it or something later', () => {
    const all = [applied('105.aaaaaaaaaaaa', 10), applied('105.aaaaaaaaaaaa', 20), applied('109.bbbbbbbbbbbb')];
    expect(propagationOf(all, CHANGE)).toMatchObject({
      ...{ complete: true, connected: 3, applied: 3, pending: 0, stragglers: [] },
      delayMs: { max: 20 },
    });
  });

  it('is complete where nobody is connected, and its delays are unknown', () => {
    expect(propagationOf([], CHANGE)).toMatchObject({ complete: true, connected: 0, applied: 0, delayMs: null });
  });

  it('names who has not applied it: what it is, and what it has', () => {
    const all = [applied('105.aaaaaaaaaaaa'), applied('104.cccccccccccc'), instance({ instance: 'new' })];
    const { complete, pending, stragglers } = propagationOf(all, CHANGE);
    expect({ complete, pending }).toEqual({ complete: false, pending: 2 });
    expect(stragglers).toEqual([
      { instance: 'new', application: 'shop', sdk: 'node/0.1.0', appliedId: null, via: '' },
      expect.objectContaining({ appliedId: '104.cccccccccccc' }),
    ]);
  });

  it('is not taken for applied by who has the same revision of another history, or one that is not there', () => {
    const all = [applied('105.dddddddddddd'), applied('111.dddddddddddd')];
    expect(propagationOf(all, CHANGE)).toMatchObject({ applied: 0, pending: 2 });
  });

  it('does not wait for those who never say what they apply, nor for those who have gone', () => {
    const all = [applied('105.aaaaaaaaaaaa'), instance({ sendsReceipts: false }), instance({ streams: 0 })];
    expect(propagationOf(all, CHANGE)).toMatchObject({ complete: true, connected: 2, silent: 1, pending: 0 });
  });

  it('is neither held up nor confirmed by browsers, whose key everybody has', () => {
    const browser = (more: Partial<Instance>) => instance({ audience: 'browser', ...more });
    const lies = { ...callRoll([]), connected: 1_000_000, applied: [{ id: CHANGE.ids.browser, count: 500_000 }] };
    const all = [
      applied('105.aaaaaaaaaaaa'),
      browser({ appliedId: '104.cccccccccccc' }),
      browser({ rollCall: lies }),
      browser({ evaluatedId: '104.cccccccccccc', evaluatedAt: 2_000 }),
    ];
    expect(propagationOf(all, CHANGE)).toMatchObject({
      ...{ complete: true, connected: 1, applied: 1, pending: 0, stragglers: [], evaluatingOlder: { instances: 0 } },
      browsers: { connected: 1_000_002, applied: 500_000, pending: 500_002 },
    });
    expect(propagationOf([applied('104.cccccccccccc'), browser({ rollCall: lies })], CHANGE).complete).toBe(false);
  });

  it('is known to be passed over by who has evaluated by older rules since, connected or not', () => {
    const all = [
      instance({ streams: 0, evaluatedId: '104.cccccccccccc', evaluatedAt: 1_500 }),
      instance({ evaluatedId: '104.cccccccccccc', evaluatedAt: 900 }),
      instance({ evaluatedId: '105.aaaaaaaaaaaa', evaluatedAt: 2_000 }),
    ];
    expect(propagationOf(all, CHANGE).evaluatingOlder).toEqual({ instances: 1, lastAt: 1_500 });
  });

  it('is not passed over by who evaluated by older rules until it arrived', () => {
    const older = { evaluatedId: '104.cccccccccccc', evaluatedAt: 1_500 };
    const evaluatingOlder = (appliedId: string, appliedAt: number) =>
      propagationOf([instance({ ...older, appliedId, appliedAt })], CHANGE).evaluatingOlder.instances;
    expect(evaluatingOlder('105.aaaaaaaaaaaa', 1_510)).toBe(0);
    expect(evaluatingOlder('105.aaaaaaaaaaaa', 1_400)).toBe(1);
    expect(evaluatingOlder('104.cccccccccccc', 1_510)).toBe(1);
  });
});

describe('below a relay', () => {
  const below = [
    ...Array.from({ length: 150 }, () => applied('105.aaaaaaaaaaaa', 40)),
    ...Array.from({ length: 3 }, (_, index) => instance({ instance: `slow-${index}`, appliedId: '99.eeeeeeeeeeee' })),
    instance({ sendsReceipts: false }),
  ];
  const relay = instance({ instance: 'relay-1', sdk: 'relay/0.1.0', rollCall: callRoll(below) });

  it('everybody counts, and the relay itself does not', () => {
    const { delayMs, ...rest } = propagationOf([relay, applied('105.aaaaaaaaaaaa', 2)], CHANGE);
    expect(rest).toMatchObject({ connected: 155, applied: 151, silent: 1, pending: 3, complete: false });
    expect(delayMs?.max).toBe(40);
    expect(delayMs?.p50).toBeCloseTo(40, 0);
  });

  it('stragglers are named with the way to them, through a tree of relays', () => {
    const root = instance({ instance: 'relay-0', rollCall: callRoll([relay]) });
    const { stragglers, pending } = propagationOf([root], CHANGE);
    expect(pending).toBe(3);
    expect(stragglers.map(({ instance: name, via }) => `${name} via ${via}`)).toEqual([
      'slow-0 via relay-0 > relay-1',
      'slow-1 via relay-0 > relay-1',
      'slow-2 via relay-0 > relay-1',
    ]);
  });

  it('a roll call of nonsense harms nobody', () => {
    const rollCall = { ...callRoll(below), delays: [{ id: ID, histogram: [9_999, 5, 3], maxMs: 7 }] };
    expect(propagationOf([instance({ rollCall })], CHANGE).delayMs).toBeNull();
  });
});
