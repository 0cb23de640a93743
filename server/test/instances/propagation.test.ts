import { describe, expect, it } from 'vitest';
import type { Instance } from '../../src/instances/instance.ts';
import { propagationOf } from '../../src/instances/propagation.ts';
import { callRoll } from '../../src/instances/roll-call.ts';

const ID = '105.aaaaaaaaaaaa';
const CHANGE = { ids: { server: ID, browser: '105.eeeeeeeeeeee' }, at: 1_000, headRevision: 110, now: 3_000 };

let names = 0;

function instance(more: Partial<Instance> = {}): Instance {
  return {
    instance: `web-${++names}`,
    application: 'shop',
    sdk: 'node/0.1.0',
    sendsReceipts: true,
    audience: 'server',
    streams: 1,
    connectedAt: 1,
    disconnectedAt: null,
    appliedId: null,
    appliedAt: null,
    delayMs: null,
    evaluatedId: null,
    evaluatedAt: null,
    rollCall: null,
    rollCallAt: null,
    client: 'one-of-its-own',
    polledAt: null,
    pollGapMs: null,
    leftAt: null,
    failure: null,
    lostBelow: null,
    unprovenAt: null,
    ...more,
  } as Instance;
}

const applied = (id: string, delayMs: number | null = 5) => instance({ appliedId: id, delayMs });

describe('a change', () => {
  it('is complete when all that are connected have applied it or something later', () => {
    const all = [applied('105.aaaaaaaaaaaa', 10), applied('105.aaaaaaaaaaaa', 20), applied('109.bbbbbbbbbbbb')];
    expect(propagationOf(all, CHANGE)).toMatchObject({
      complete: true,
      connected: 3,
      applied: 3,
      pending: 0,
      stragglers: [],
      delayMs: { count: 2, max: 20 },
    });
  });

  it('is not complete where nobody is connected: nothing has been confirmed', () => {
    expect(propagationOf([], CHANGE)).toMatchObject({ complete: false, connected: 0, applied: 0, delayMs: null });
    expect(propagationOf([instance({ sendsReceipts: false })], CHANGE)).toMatchObject({ complete: false, silent: 1 });
  });

  it('is not complete while somebody is missed who was there around it, and has gone without a word', () => {
    const gone = (more: Partial<Instance>) => instance({ streams: 0, disconnectedAt: 2_500, ...more });
    const after = (...others: Instance[]) => propagationOf([applied(ID), ...others], CHANGE);
    expect(after(gone({}))).toMatchObject({ complete: false, applied: 1, pending: 0, lost: 1 });
    expect(after(gone({ appliedId: '104.cccccccccccc' }))).toMatchObject({ complete: false, lost: 1 });
    expect(after(gone({ lostBelow: 40 }))).toMatchObject({ complete: false, lost: 40 });
    expect(after(gone({ appliedId: ID }))).toMatchObject({ complete: true, lost: 0 });
    expect(after(gone({ leftAt: 2_400 }))).toMatchObject({ complete: true, lost: 0 });
    expect(after(gone({ sendsReceipts: false }))).toMatchObject({ complete: true, lost: 0 });
    // Whoever lives and can reach a server is back within a minute.
    const later = { ...CHANGE, at: 100_000, now: 101_000 };
    expect(propagationOf([applied(ID), gone({ disconnectedAt: 30_000 })], later).complete).toBe(true);
  });

  it('counts every connection where several have one name, and takes a receipt for the word of one', () => {
    const twins = instance({ client: null, streams: 2, appliedId: ID });
    expect(propagationOf([twins], CHANGE)).toMatchObject({ complete: false, connected: 2, applied: 1, pending: 1 });
    const returning = instance({ streams: 2, appliedId: ID });
    expect(propagationOf([returning], CHANGE)).toMatchObject({ complete: true, connected: 1, applied: 1 });
  });

  it('waits for those who poll as for those who stream', () => {
    const poller = (more: Partial<Instance>) => instance({ streams: 0, polledAt: 2_000, ...more });
    expect(propagationOf([poller({})], CHANGE)).toMatchObject({
      complete: false,
      connected: 1,
      pending: 1,
      stragglers: [{ polls: true }],
    });
    // Of a stream, silence is another thing.
    expect(propagationOf([instance()], CHANGE).stragglers[0]).not.toHaveProperty('polls');
    expect(propagationOf([poller({ appliedId: ID })], CHANGE)).toMatchObject({
      complete: true,
      connected: 1,
      applied: 1,
    });
  });

  it('is not complete without those who ask less often: by their own rhythm they are there, between two times too', () => {
    const polledAt = 1_000_000;
    const later = { ...CHANGE, at: polledAt + 200_000, now: polledAt + 201_000 };
    const after = (more: Partial<Instance>) =>
      propagationOf([applied(ID), instance({ streams: 0, polledAt, ...more })], later);
    expect(after({ pollGapMs: 300_000 })).toMatchObject({ complete: false, connected: 2, pending: 1, lost: 0 });
    expect(after({ pollGapMs: 300_000, appliedId: ID })).toMatchObject({ complete: true, connected: 2, applied: 2 });
    // Whoever asked every half minute and has stopped has gone.
    expect(after({ pollGapMs: 30_000 })).toMatchObject({ complete: true, connected: 1 });
    // Of one that has asked once only nobody knows when it asks again.
    expect(after({ pollGapMs: null })).toMatchObject({ complete: false, connected: 1, lost: 1 });
    expect(after({ pollGapMs: null, leftAt: polledAt + 1 })).toMatchObject({ complete: true });
    expect(after({ pollGapMs: null, disconnectedAt: polledAt + 1 })).toMatchObject({ complete: true });
  });

  it('is not applied by who cannot take it, and says so by name with the reason', () => {
    const failure = { id: ID, at: 2_000, message: 'an event over 16 MiB' };
    const failing = instance({ instance: 'small', appliedId: '109.bbbbbbbbbbbb', appliedAt: 1_500, failure });
    const { complete, stragglers } = propagationOf([applied(ID), failing], CHANGE);
    expect(complete).toBe(false);
    expect(stragglers).toMatchObject([{ instance: 'small', failure: 'an event over 16 MiB' }]);
    const mended = { ...failing, appliedAt: 2_500 };
    expect(propagationOf([applied(ID), mended], CHANGE)).toMatchObject({ complete: true, stragglers: [] });
  });

  it('names who has not applied it: what it is, and what it has', () => {
    const all = [applied('105.aaaaaaaaaaaa'), applied('104.cccccccccccc'), instance({ instance: 'new' })];
    const { complete, pending, stragglers } = propagationOf(all, CHANGE);
    expect({ complete, pending }).toEqual({ complete: false, pending: 2 });
    expect(stragglers).toEqual([
      { instance: 'new', application: 'shop', sdk: 'node/0.1.0', appliedId: null, via: '', failure: null },
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
    const lies = {
      ...callRoll([], CHANGE.now),
      connected: 1_000_000,
      applied: [{ id: CHANGE.ids.browser, count: 500_000 }],
    };
    const all = [
      applied('105.aaaaaaaaaaaa'),
      browser({ appliedId: '104.cccccccccccc' }),
      browser({ rollCall: lies }),
      browser({ evaluatedId: '104.cccccccccccc', evaluatedAt: 2_000 }),
    ];
    expect(propagationOf(all, CHANGE)).toMatchObject({
      complete: true,
      connected: 1,
      applied: 1,
      pending: 0,
      stragglers: [],
      evaluatingOlder: { instances: 0 },
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
  const relay = instance({ instance: 'relay-1', sdk: 'relay/0.1.0', rollCall: callRoll(below, CHANGE.now) });

  it('everybody counts, and the relay itself does not', () => {
    const { delayMs, ...rest } = propagationOf([relay, applied('105.aaaaaaaaaaaa', 2)], CHANGE);
    expect(rest).toMatchObject({ connected: 155, applied: 151, silent: 1, pending: 3, complete: false });
    expect(delayMs?.max).toBe(40);
    expect(delayMs?.p50).toBeCloseTo(40, 0);
  });

  it('stragglers are named with the way to them, through a tree of relays', () => {
    const root = instance({ instance: 'relay-0', rollCall: callRoll([relay], CHANGE.now) });
    const { stragglers, pending } = propagationOf([root], CHANGE);
    expect(pending).toBe(3);
    expect(stragglers.map(({ instance: name, via }) => `${name} via ${via}`)).toEqual([
      'slow-0 via relay-0 > relay-1',
      'slow-1 via relay-0 > relay-1',
      'slow-2 via relay-0 > relay-1',
    ]);
  });

  it('those who are missed below a relay are missed here, and those below a relay that has gone', () => {
    const gone = instance({ streams: 0, disconnectedAt: 2_000 });
    const holds = callRoll([applied(ID), gone], CHANGE.now);
    const far = instance({ instance: 'relay-2', rollCall: holds, rollCallAt: CHANGE.now });
    expect(propagationOf([far], CHANGE)).toMatchObject({ complete: false, applied: 1, lost: 1 });
    const root = instance({ rollCall: callRoll([far], CHANGE.now), rollCallAt: CHANGE.now });
    expect(propagationOf([root], CHANGE)).toMatchObject({ complete: false, applied: 1, lost: 1 });
  });

  it('browsers are not counted where only they come, and it is said of how many relays, through a tree of them', () => {
    const edge = instance({ audience: 'browser', instance: 'edge', sendsReceipts: false, unprovenAt: 2_500 });
    expect(propagationOf([edge], CHANGE).browsers).toMatchObject({ connected: 1, unprovenRelays: 1 });
    const root = instance({ audience: 'browser', rollCall: callRoll([edge, edge], CHANGE.now) });
    expect(propagationOf([root, edge], CHANGE).browsers).toMatchObject({ connected: 3, unprovenRelays: 3 });
  });

  it('a roll call of nonsense harms nobody', () => {
    const rollCall = { ...callRoll(below, CHANGE.now), delays: [{ id: ID, histogram: [9_999, 5, 3], maxMs: 7 }] };
    expect(propagationOf([instance({ rollCall })], CHANGE).delayMs).toBeNull();
  });
});
