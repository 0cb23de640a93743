import type { LaunchDials } from '@dimmer/core';
import { describe, expect, it, vi } from 'vitest';
import { launchFlag, ShadowStage } from '../fake/shadow-stage.ts';

const dark = (dials: LaunchDials, more?: ConstructorParameters<typeof ShadowStage>[1]) =>
  new ShadowStage({ pricing: launchFlag('dark', { dials }) }, more);

const control = (): unknown => 1;

describe('a shadow is shed', () => {
  it('unless its unit is in the sample: the same units always, and about as many as asked for', async () => {
    const stage = dark({ samplePercent: 30, maxBusyPercent: 100 });
    const ran = new Map<string, number>();
    for (let round = 0; round < 2; round++) {
      for (let unit = 0; unit < 1_000; unit++) {
        const targetingKey = `unit-${unit}`;
        const candidate = () => ran.set(targetingKey, (ran.get(targetingKey) ?? 0) + 1);
        await stage.launch({ control, candidate }, { context: { targetingKey } });
      }
    }
    expect([...new Set(ran.values())]).toEqual([2]);
    expect(ran.size).toBeGreaterThan(250);
    expect(ran.size).toBeLessThan(350);
    expect((await stage.summary()).shed).toEqual({ sample: 2 * (1_000 - ran.size) });
  });

  it('when too many of the flag are under way', async () => {
    const stage = dark({ maxInFlight: 2 });
    const candidate = vi.fn(() => new Promise<number>(() => {}));
    for (let call = 0; call < 5; call++) stage.flags.launch('pricing', undefined, { control, candidate });
    await stage.runShadows();
    expect(candidate).toHaveBeenCalledTimes(2);
    // Two hang to the end.
    expect((await stage.summary()).shed).toEqual({ inFlight: 3, closed: 2 });
  });

  it('when too many of all flags are under way in this process', async () => {
    const rules = { one: launchFlag('dark'), two: launchFlag('dark') };
    const stage = new ShadowStage(rules, { maxShadows: 1 });
    const candidate = vi.fn((): unknown => new Promise(() => {}));
    for (const key of ['one', 'two']) stage.flags.launch(key, undefined, { control, candidate });
    await stage.runShadows();
    expect(candidate).toHaveBeenCalledOnce();
    expect(await stage.reported()).toContainEqual(expect.objectContaining({ flag: 'two', shed: { inFlight: 1 } }));
  });

  it('when the minute’s budget is spent, until the next', async () => {
    const stage = dark({ maxPerMinute: 3 });
    const candidate = vi.fn(() => 2);
    await stage.launch({ control, candidate }, { times: 5 });
    expect(candidate).toHaveBeenCalledTimes(3);
    stage.world.nowMs += 60_000;
    await stage.launch({ control, candidate });
    expect(candidate).toHaveBeenCalledTimes(4);
    expect((await stage.summary()).shed).toEqual({ budget: 2 });
  });

  it('for a minute after one has blocked the event loop for too long, which the log is told of', async () => {
    const stage = dark({ maxBlockMs: 50 });
    const candidate = vi.fn(() => {
      stage.world.nowMs += 55;
      return 2;
    });
    await stage.launch({ control, candidate }, { times: 5 });
    expect(candidate).toHaveBeenCalledOnce();
    expect(stage.world.logged).toEqual([{ code: 'SHADOW_BLOCKED', detail: 'pricing: for 55 ms' }]);
    stage.world.nowMs += 60_000;
    await stage.launch({ control, candidate });
    expect(candidate).toHaveBeenCalledTimes(2);
    expect((await stage.summary()).shed).toEqual({ blocked: 4 });
  });

  it('for a thousand times as long as one has blocked, where that is more than a minute', async () => {
    const stage = dark({ maxBlockMs: 50 });
    const candidate = vi.fn(() => void (stage.world.nowMs += 200));
    await stage.launch({ control, candidate });
    stage.world.nowMs += 199_000;
    await stage.launch({ control, candidate });
    expect(candidate).toHaveBeenCalledOnce();
    stage.world.nowMs += 1_000;
    await stage.launch({ control, candidate });
    expect(candidate).toHaveBeenCalledTimes(2);
  });

  it('for twice as long each time that it happens again, up to an hour; until rules or dials change', async () => {
    const stage = dark({ maxBlockMs: 50 });
    let ranAt: number[] = [];
    const candidate = () => {
      ranAt.push(stage.world.nowMs);
      stage.world.nowMs += 55;
    };
    const minutes = async (count: number) => {
      for (let minute = 0; minute < count; minute++) {
        await stage.launch({ control, candidate });
        stage.world.nowMs += 60_000;
      }
    };
    await minutes(260);
    const pauses = ranAt.slice(1).map((at, i) => Math.round((at - (ranAt[i] ?? 0)) / 60_000));
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].slice(0, pauses.length));
    expect(pauses.length).toBeGreaterThanOrEqual(8);

    const flags = { pricing: launchFlag('dark', { dials: { maxBlockMs: 54 } }) };
    const patch = { schema: 1, hash: 1, from: '7.aaaaaaaaaaaa', id: '8.bbbbbbbbbbbb', at: 0, flags, segments: {} };
    ranAt = [];
    stage.world.stream.sink.event('patch', JSON.stringify(patch));
    await minutes(4);
    expect(ranAt).toHaveLength(3);
  });

  it('when they have blocked the event loop for too great a share of the time', async () => {
    const stage = dark({ maxBusyPercent: 1 });
    let busyMs = 0;
    const candidate = () => {
      stage.world.nowMs += 10;
      busyMs += 10;
    };
    const began = stage.world.nowMs;
    while (stage.world.nowMs < began + 100_000) {
      await stage.launch({ control, candidate });
      stage.world.nowMs += 5;
    }
    expect(busyMs / (stage.world.nowMs - began)).toBeLessThan(0.012);
    expect(busyMs / (stage.world.nowMs - began)).toBeGreaterThan(0.008);
    expect((await stage.summary()).shed.busy).toBeGreaterThan(1_000);
  });

  it('also if others, admitted with it, have blocked the event loop before its turn came', async () => {
    const stage = dark({ maxBlockMs: 50, maxInFlight: 10 });
    const candidate = vi.fn(() => {
      stage.world.nowMs += 5;
      return 2;
    });
    for (let call = 0; call < 10; call++) stage.flags.launch('pricing', undefined, { control, candidate });
    await stage.runShadows();
    expect(candidate).toHaveBeenCalledOnce();
    expect((await stage.summary()).shed).toEqual({ busy: 9 });
  });

  it('while the event loop lags', async () => {
    const stage = dark({ maxLagMs: 50 });
    const candidate = vi.fn(() => 2);
    stage.flags.launch('pricing', undefined, { control, candidate });
    stage.world.nowMs += 60;
    await stage.runShadows();
    expect(candidate).not.toHaveBeenCalled();
    await stage.launch({ control, candidate });
    expect(candidate).toHaveBeenCalledOnce();
    expect((await stage.summary()).shed).toEqual({ lag: 1 });
  });

  it('while the heap is nearly full', async () => {
    const stage = dark({ maxHeapPercent: 70 });
    const candidate = vi.fn(() => 2);
    stage.heapPercent = 71;
    await stage.launch({ control, candidate });
    stage.heapPercent = 69;
    stage.world.nowMs += 100;
    await stage.launch({ control, candidate });
    expect(candidate).toHaveBeenCalledOnce();
    expect((await stage.summary()).shed).toEqual({ heap: 1 });
  });

  it('when as many as may be under way have timed out and hang, until one of them ends', async () => {
    const stage = dark({ maxInFlight: 1, timeoutMs: 1_000 });
    let end: (value: number) => void = () => {};
    const hangs = () =>
      new Promise<number>((resolve) => {
        end = resolve;
      });
    await stage.launch({ control: async () => 1, candidate: hangs });
    await stage.world.passSlowly(1_100);
    await stage.launch({ control: async () => 1, candidate: hangs });
    end(1);
    await stage.runShadows();
    await stage.launch({ control: async () => 1, candidate: async () => 2 });
    const { paths, shed } = await stage.summary();
    expect(shed).toEqual({ hung: 1 });
    expect(paths).toContainEqual(expect.objectContaining({ path: 'candidate', calls: 2, errors: { TimeoutError: 1 } }));
  });

  it('when its input cannot be copied', async () => {
    const stage = dark({});
    const candidate = vi.fn(() => 2);
    stage.flags.launch('pricing', undefined, { input: new WeakMap(), control: () => 1, candidate });
    await stage.runShadows();
    expect(candidate).not.toHaveBeenCalled();
    expect((await stage.summary()).shed).toEqual({ uncopyable: 1 });
  });

  it('once the client is closed', async () => {
    const stage = dark({});
    const candidate = vi.fn(() => 2);
    await stage.flags.close();
    await stage.launch({ control, candidate });
    expect(candidate).not.toHaveBeenCalled();
  });
});

describe('a shadow that takes too long', () => {
  it('has its signal aborted, and what becomes of it later goes nowhere', async () => {
    const stage = dark({ timeoutMs: 500 });
    let reject: (error: Error) => void = () => {};
    let reason: unknown;
    const candidate = ({ signal }: { signal: AbortSignal }) =>
      new Promise<number>((_, fail) => {
        reject = fail;
        signal.addEventListener('abort', () => {
          reason = signal.reason;
        });
      });
    await stage.launch({ control: async () => 1, candidate });
    await stage.world.passSlowly(499);
    expect(reason).toBeUndefined();
    await stage.world.passSlowly(2);
    expect(reason).toMatchObject({ name: 'TimeoutError' });
    reject(new Error('much too late'));
    await stage.runShadows();
    const { paths, compared } = await stage.summary();
    expect(paths).toContainEqual(expect.objectContaining({ calls: 1, errors: { TimeoutError: 1 } }));
    expect(compared).toEqual({ same: 0, different: 0, ignored: 0, failed: 0 });
  });
});

describe('a dial', () => {
  it('that the server sets overrides the code’s, and the code’s the default', async () => {
    const candidate = vi.fn(() => 2);
    const byCode = new ShadowStage({ pricing: launchFlag('dark') });
    await byCode.launch({ control, candidate, maxPerMinute: 1 }, { times: 3 });
    expect(candidate).toHaveBeenCalledTimes(1);
    const byServer = dark({ maxPerMinute: 2 });
    await byServer.launch({ control, candidate, maxPerMinute: 1 }, { times: 3 });
    expect(candidate).toHaveBeenCalledTimes(3);
  });

  it('that is nonsense is none', async () => {
    const candidate = vi.fn(() => 2);
    const stage = dark({ maxPerMinute: -1 } as LaunchDials);
    await stage.launch({ control, candidate, maxInFlight: Number.NaN, timeoutMs: 'soon' as unknown as number });
    expect(candidate).toHaveBeenCalledOnce();
  });
});
