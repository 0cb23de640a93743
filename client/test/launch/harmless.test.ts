import { describe, expect, it, vi } from 'vitest';
import { createSwitchback } from '../../src/launch/switchback.ts';
import { settled } from '../fake/fake-world.ts';
import { launchFlag, ShadowStage } from '../fake/shadow-stage.ts';

const dark = (more: Parameters<typeof launchFlag>[1] = {}, world?: ConstructorParameters<typeof ShadowStage>[1]) =>
  new ShadowStage({ pricing: launchFlag('dark', more) }, world);

function patch(stage: ShadowStage, flag: ReturnType<typeof launchFlag>): void {
  const rules = { schema: 1, hash: 1, from: '7.aaaaaaaaaaaa', id: '8.bbbbbbbbbbbb', at: 0, segments: {} };
  stage.world.stream.sink.event('patch', JSON.stringify({ ...rules, flags: { pricing: flag } }));
}

const never = () => new Promise<number>(() => {});

/** The signal of a shadow that runs and does not end. */
async function runningSignal(stage: ShadowStage): Promise<AbortSignal> {
  const signals: AbortSignal[] = [];
  await stage.launch({
    control: async () => 1,
    candidate: ({ signal }) => {
      signals.push(signal);
      return never();
    },
  });
  const [signal] = signals;
  if (!signal) throw new Error('the shadow has not begun');
  return signal;
}

describe('what the caller gets is what the stage’s code returned', () => {
  class Query {
    static executed = 0;
    readonly most: number;
    constructor(most = 0) {
      this.most = most;
    }
    limit(most: number): Query {
      return new Query(most);
    }
    // biome-ignore lint/suspicious/noThenProperty: a query builder is a thenable, which is what is tested
    then<Result>(ok: (rows: number[]) => Result): Promise<Result> {
      Query.executed++;
      return Promise.resolve([this.most]).then(ok);
    }
  }

  it.each(['off', 'dark', 'live'])('at stage %s: a query that nobody has run yet is run by nobody else', async (at) => {
    const stage = new ShadowStage({ pricing: launchFlag(at) });
    const query = new Query();
    Query.executed = 0;
    const result = stage.flags.launch('pricing', undefined, { control: () => query, candidate: () => query });
    expect(result).toBe(query);
    await stage.runShadows();
    expect(Query.executed).toBe(at === 'dark' ? 1 : 0);
    expect(await result.limit(5)).toEqual([5]);
  });

  it('a promise with a class or with methods of its own is that very promise', async () => {
    class Cancellable<Value> extends Promise<Value> {
      cancel = () => 'cancelled';
    }
    const stage = dark();
    const promises = [Cancellable.resolve(1), Object.assign(Promise.resolve(1), { json: () => 'json' })];
    for (const promise of promises) {
      const result = stage.flags.launch('pricing', undefined, {
        control: (): Promise<number> => promise,
        candidate: async () => 1,
      });
      expect(result).toBe(promise);
      await stage.runShadows();
    }
    expect(await stage.summary()).toMatchObject({ compared: { same: 2 } });
  });

  it('of a query that was not run there is nothing to compare, and no time', async () => {
    const stage = dark();
    await stage.launch({ control: () => new Query(1) as unknown, candidate: () => new Query(1) as unknown });
    const { compared, paths } = await stage.summary();
    expect(compared).toMatchObject({ same: 0, failed: 1 });
    expect(paths).toContainEqual(expect.objectContaining({ path: 'control', calls: 1 }));
  });
});

describe('a place is taken when the shadow begins', () => {
  it('so that controls which never end hold none', async () => {
    const stage = dark({ dials: { maxInFlight: 2, maxBusyPercent: 100 } });
    for (let call = 0; call < 50; call++)
      stage.flags.launch('pricing', undefined, { control: never, candidate: never });
    const candidate = vi.fn(async () => 1);
    await stage.launch({ control: async () => 1, candidate });
    expect(candidate).toHaveBeenCalledOnce();
  });

  it('and what it was to be given is kept for a thousand answers at most', async () => {
    const stage = dark({ dials: { maxBusyPercent: 100, maxPerMinute: 1e6, maxInFlight: 1e4 } });
    const ends: (() => void)[] = [];
    const control = () => new Promise<number>((resolve) => ends.push(() => resolve(1)));
    const candidate = vi.fn(async () => 1);
    for (let call = 0; call < 1_005; call++) {
      stage.flags.launch('pricing', undefined, { input: { call }, control, candidate });
    }
    for (const end of ends) end();
    await stage.runShadows();
    expect(candidate).toHaveBeenCalledTimes(1_000);
    expect((await stage.summary()).shed).toEqual({ inFlight: 5 });
  });
});

describe('a shadow is not wanted any more', () => {
  it.each([
    ['the flag is killed', { ...launchFlag('dark'), on: false }],
    ['nobody is at this stage any more', launchFlag('live')],
    ['the flag is gone', null as unknown as ReturnType<typeof launchFlag>],
  ])('when %s, before its turn has come', async (_, flag) => {
    const stage = dark();
    const candidate = vi.fn(() => 2);
    stage.flags.launch('pricing', undefined, { control: () => 1, candidate });
    patch(stage, flag);
    await stage.runShadows();
    expect(candidate).not.toHaveBeenCalled();
    expect((await stage.reported()).map(({ shed }) => shed)).toContainEqual({ withdrawn: 1 });
  });

  it('when that happens while it runs: its signal is aborted, and no failure is counted', async () => {
    const stage = dark();
    const signal = await runningSignal(stage);
    expect(signal.aborted).toBe(false);
    patch(stage, { ...launchFlag('dark'), on: false });
    expect(signal.aborted).toBe(true);
    const summaries = await stage.reported();
    expect(summaries.map(({ shed }) => shed)).toContainEqual({ withdrawn: 1 });
    expect(summaries.flatMap(({ paths }) => paths).filter(({ path }) => path === 'candidate')).toEqual([]);
  });

  it('but goes on when rules change that leave its people where they are', async () => {
    const stage = dark();
    const signal = await runningSignal(stage);
    patch(stage, launchFlag('dark', { dials: { samplePercent: 50 } }));
    expect(signal.aborted).toBe(false);
  });

  it('when the client is closed', async () => {
    const stage = dark();
    const signal = await runningSignal(stage);
    expect((await stage.summary()).shed).toEqual({ closed: 1 });
    expect(signal.aborted).toBe(true);
  });
});

describe('shadows that hang for good', () => {
  const hang = (stage: ShadowStage) => stage.launch({ control: async () => 1, candidate: never });

  it('are forgiven after more than five minutes, then ten, then twenty', async () => {
    const stage = dark({ dials: { maxInFlight: 1, timeoutMs: 1_000 } });
    const ranAfterMin: number[] = [];
    for (let minute = 0; minute < 40; minute++) {
      const candidate = vi.fn(never);
      await stage.launch({ control: async () => 1, candidate });
      if (candidate.mock.calls.length > 0) ranAfterMin.push(minute);
      await stage.world.passSlowly(60_000);
    }
    expect(ranAfterMin).toEqual([0, 6, 17, 38]);
  });

  it('and when the flag’s rules change', async () => {
    const stage = dark({ dials: { maxInFlight: 1, timeoutMs: 1_000 } });
    await hang(stage);
    await stage.world.passSlowly(1_100);
    patch(stage, launchFlag('dark', { dials: { maxInFlight: 1, timeoutMs: 2_000 } }));
    const candidate = vi.fn(async () => 1);
    await stage.launch({ control: async () => 1, candidate });
    expect(candidate).toHaveBeenCalledOnce();
  });
});

describe('a launch within a shadow', () => {
  it('answers nobody: it counts as no call, no failure and no exposure', async () => {
    const rules = { pricing: launchFlag('dark'), inner: launchFlag('dark'), live: launchFlag('live') };
    const stage = new ShadowStage(rules);
    const failing = (): number => {
      throw new RangeError('in the shadow only');
    };
    const innerCandidate = vi.fn(() => 1);
    await stage.launch({
      control: () => 1,
      candidate: () => {
        for (const key of ['inner', 'live']) {
          try {
            stage.flags.launch(key, { targetingKey: 'ann' }, { control: failing, candidate: innerCandidate });
          } catch {}
        }
        return 1;
      },
    });
    expect(innerCandidate).toHaveBeenCalledTimes(1);
    const summaries = await stage.reported();
    expect(summaries.find(({ flag }) => flag === 'inner')).toMatchObject({ paths: [], shed: { nested: 1 } });
    expect(summaries.find(({ flag }) => flag === 'live')).toBeUndefined();
  });
});

describe('a result of the candidate’s that nobody reads', () => {
  it('is let go of: bodies, streams, also when they come too late', async () => {
    const stage = dark({ dials: { timeoutMs: 500 } });
    const cancelled: string[] = [];
    const body = (name: string) => new ReadableStream({ cancel: () => void cancelled.push(name) });
    const destroyed = { pipe() {}, destroy: () => void cancelled.push('node') };
    const control = async (): Promise<unknown> => 1;
    await stage.launch({ control, candidate: async () => new Response(body('response')) });
    await stage.launch({ control, candidate: async () => body('stream') });
    await stage.launch({ control, candidate: async () => destroyed });
    let late: (value: unknown) => void = () => {};
    await stage.launch({ control, candidate: () => new Promise<unknown>((resolve) => (late = resolve)) });
    await stage.world.passSlowly(600);
    late(new Response(body('late')));
    await stage.runShadows();
    expect(cancelled).toEqual(['response', 'stream', 'node', 'late']);
  });

  it('unless it is the caller’s as well', async () => {
    const stage = dark();
    const shared = new Response('both');
    const result = await stage.launch({ control: async () => shared, candidate: async () => shared });
    expect(await result?.text()).toBe('both');
  });
});

describe('a call that hangs', () => {
  it('is told of while it hangs, once', async () => {
    const stage = new ShadowStage({ pricing: launchFlag('live') });
    const launch = () => void stage.flags.launch('pricing', undefined, { control: never, candidate: never });
    launch();
    await stage.world.passSlowly(4_000);
    launch();
    await stage.world.passSlowly(30_000);
    const hanging = (await stage.reported()).flatMap(({ paths }) => paths).map((path) => path.hanging);
    expect(hanging.reduce<number>((sum, each) => sum + (each ?? 0), 0)).toBe(2);
  });
});

describe('callers that feel shadows', () => {
  it('have fewer of them: some are held back, and when harm is shown none is let in for a time', async () => {
    const stage = dark({}, { switchback: createSwitchback });
    let state = 1;
    stage.world.die = () => {
      state = (state * 16_807) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    let running = 0;
    const wait = (ms: number) => new Promise<void>((resolve) => stage.world.platform.after(ms, resolve));
    const control = async () => wait(running ? 60 : 4);
    const candidate = async () => {
      running++;
      await wait(20);
      running--;
    };
    for (let call = 0; call < 6_000; call++) {
      stage.flags.launch('pricing', undefined, { control, candidate });
      await stage.world.passSlowly(10);
      while (stage.waiting.length > 0) stage.waiting.shift()?.();
      await settled();
    }
    const summaries = await stage.reported();
    const stops = summaries.reduce((sum, { switchback }) => sum + (switchback?.stops ?? 0), 0);
    expect(stops).toBeGreaterThan(0);
    expect(stage.world.logged.map(({ code }) => code)).toContain('SHADOW_HARMFUL');
    const shed = summaries.map((summary) => summary.shed);
    expect(shed.some(({ held = 0 }) => held > 0)).toBe(true);
    expect(shed.some(({ harm = 0 }) => harm > 0)).toBe(true);
  });

  it('are not asked for where the launch lets shadows have all of the time', async () => {
    const stage = dark({ dials: { maxBusyPercent: 100 } }, { switchback: createSwitchback });
    const candidate = vi.fn(never);
    for (let call = 0; call < 8; call++) stage.flags.launch('pricing', undefined, { control: never, candidate: never });
    await stage.launch({ control: async () => 1, candidate }, { times: 5 });
    expect(candidate).toHaveBeenCalledTimes(5);
  });
});
