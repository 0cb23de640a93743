import type { LaunchOutcome } from '@dimmer/client';
import { describe, expect, it, vi } from 'vitest';
import { launchFlag, ShadowStage } from '../fake/shadow-stage.ts';

const onStage = (stage = 'dark', more: Parameters<typeof launchFlag>[1] = {}) =>
  new ShadowStage({ pricing: launchFlag(stage, more) });

type Outcome = LaunchOutcome<unknown>;

describe('onOutcome', () => {
  it('is told what both came to, when it has been compared, with whose call it was', async () => {
    const stage = onStage();
    const told: Outcome[] = [];
    await stage.launch(
      {
        control: () => ({ total: 1 }),
        candidate: () => ({ total: 2 }),
        metadata: { request: 'r-1' },
        onOutcome: (outcome) => told.push(outcome),
      },
      { context: { targetingKey: 'ann' } },
    );
    expect(told).toMatchObject([
      {
        flag: 'pricing',
        stage: 'dark',
        context: { targetingKey: 'ann' },
        metadata: { request: 'r-1' },
        candidateName: 'candidate',
        control: { failed: false, value: { total: 1 }, tookMs: 0 },
        candidate: { failed: false, value: { total: 2 }, tookMs: 0 },
        compared: 'different',
        difference: { path: '/total', kind: 'value', control: 1, candidate: 2 },
      },
    ]);
  });

  it.each<[string, () => unknown, Partial<Outcome>]>([
    ['alike', () => 1, { compared: 'same' }],
    ['not to be looked into', () => new WeakMap(), { compared: 'different' }],
    [
      'a failure',
      () => {
        throw new RangeError('x');
      },
      { compared: 'different', difference: expect.objectContaining({ path: '(error)' }) },
    ],
  ])('says of a result that is %s what was made of it', async (_, candidate, expected) => {
    const stage = onStage();
    const told: Outcome[] = [];
    await stage.launch({ control: (): unknown => 1, candidate, onOutcome: (outcome) => told.push(outcome) });
    expect(told).toEqual([expect.objectContaining(expected)]);
  });

  it('is told of shadows that were shed at their turn, timed out, or were withdrawn', async () => {
    const stage = onStage('dark', { dials: { timeoutMs: 500, maxBusyPercent: 100 } });
    const told: Outcome[] = [];
    const options = {
      control: () => 1,
      candidate: () => new Promise<number>(() => {}) as unknown as number,
      onOutcome: (outcome: LaunchOutcome<number>) => told.push(outcome),
    };
    await stage.launch(options);
    await stage.world.passSlowly(600);
    await stage.launch(options);
    await stage.flags.close();
    expect(told.map(({ shed, candidate }) => [shed, candidate])).toEqual([
      ['timeout', undefined],
      ['closed', undefined],
    ]);
  });

  it('may change what it is told, and fail: nobody feels it, and the log says so once', async () => {
    const stage = onStage();
    const cache = { list: [3, 1] };
    const onOutcome = vi.fn((outcome: Outcome) => {
      if (outcome.candidate && !outcome.candidate.failed) (outcome.candidate.value as typeof cache).list.sort();
      throw new Error('no log');
    });
    await stage.launch({ control: (): unknown => cache, candidate: () => cache, onOutcome }, { times: 3 });
    await stage.launch({
      control: (): unknown => 1,
      candidate: () => 1,
      onOutcome: async () => Promise.reject(new Error('x')),
    });
    expect(cache).toEqual({ list: [3, 1] });
    expect(onOutcome).toHaveBeenCalledTimes(3);
    expect(stage.world.logged.map(({ code }) => code)).toEqual(['HOOK_FAILED']);
    expect((await stage.summary()).compared).toMatchObject({ same: 4 });
  });

  it('runs in the shadow, and is waited for by whoever waits for shadows', async () => {
    const stage = onStage();
    const seen: boolean[] = [];
    let end = () => {};
    stage.flags.launch('pricing', undefined, {
      control: () => 1,
      candidate: () => 1,
      onOutcome() {
        seen.push(stage.flags.inShadow());
        return new Promise<void>((resolve) => (end = resolve));
      },
    });
    let isSettled = false;
    void stage.flags.shadowsSettled().then(() => (isSettled = true));
    await stage.runShadows();
    expect([seen, isSettled]).toEqual([[true], false]);
    end();
    await stage.runShadows();
    expect(isSettled).toBe(true);
  });
});

describe('prepare', () => {
  it('makes what is compared, on both sides, of what the caller gets untouched', async () => {
    const stage = onStage();
    const prepare = async (response: Response) => ({ status: response.status, body: await response.clone().json() });
    const compare = vi.fn(
      (one: { body: { at: number } }, other: { body: { at: number } }) => one.body.at < other.body.at,
    );
    const result = await stage.launch({
      control: async () => Response.json({ at: 1 }),
      candidate: async () => Response.json({ at: 2 }),
      prepare,
      compare,
    });
    await stage.runShadows();
    expect(await result?.json()).toEqual({ at: 1 });
    expect(compare).toHaveBeenCalledWith({ status: 200, body: { at: 1 } }, { status: 200, body: { at: 2 } });
    expect((await stage.summary()).compared).toMatchObject({ same: 1, failed: 0 });
  });

  it('is called before the caller can change control’s result', async () => {
    const stage = onStage();
    const result = stage.flags.launch('pricing', undefined, {
      control: () => ({ items: [1] }),
      candidate: () => ({ items: [1] }),
      prepare: ({ items }) => items.length,
    });
    result.items.push(2);
    await stage.runShadows();
    expect((await stage.summary()).compared).toMatchObject({ same: 1 });
  });

  it('that fails, or takes longer than 5 s, leaves one call not compared', async () => {
    const stage = onStage();
    const options = { control: () => 1, candidate: () => 1 };
    await stage.launch({
      ...options,
      prepare: () => {
        throw new Error('x');
      },
    });
    await stage.launch({ ...options, prepare: () => Promise.reject(new Error('x')) });
    stage.flags.launch('pricing', undefined, { ...options, prepare: () => new Promise<number>(() => {}) });
    await stage.runShadows();
    await stage.world.passSlowly(11_000);
    const { compared, notCompared } = await stage.summary();
    expect([compared.failed, notCompared]).toEqual([3, { threw: 3 }]);
  });

  it('has its place in what is measured of the noise', async () => {
    const stage = onStage('dark', { dials: { noisePercent: 100 } });
    let calls = 0;
    await stage.launch({
      control: () => ({ value: 1, at: calls++ }),
      candidate: () => ({ value: 1, at: calls++ }),
      prepare: ({ value }) => value,
      repeatable: true,
    });
    const { compared, noise } = await stage.summary();
    expect([compared.same, noise.same]).toEqual([1, 1]);
  });
});

describe('runIf', () => {
  it('says which calls may have a shadow; one that throws says none', async () => {
    const stage = onStage();
    const candidate = vi.fn(() => 1);
    const runIf = (context?: { targetingKey?: unknown }) => {
      if (context?.targetingKey === 'bob') throw new Error('x');
      return context?.targetingKey === 'ann';
    };
    for (const targetingKey of ['ann', 'bob', 'cem']) {
      await stage.launch({ control: () => 1, candidate, runIf }, { context: { targetingKey } });
    }
    expect(candidate).toHaveBeenCalledOnce();
    expect((await stage.summary()).shed).toEqual({ sample: 2 });
    expect(stage.world.logged).toEqual([{ code: 'HOOK_FAILED', detail: 'pricing: Error: x' }]);
  });
});

describe('before', () => {
  it('runs in the shadow before the candidate, and is not counted in its time', async () => {
    const stage = onStage();
    const order: string[] = [];
    await stage.launch({
      control: (): unknown => order.push('control'),
      before: async ({ inShadow }) => {
        stage.world.nowMs += 5;
        order.push(`before ${inShadow}`);
      },
      candidate: () => order.push('candidate'),
      compare: () => true,
    });
    expect(order).toEqual(['control', 'before true', 'candidate']);
    const { paths } = await stage.summary();
    const [candidate] = paths.filter(({ path }) => path === 'candidate');
    expect(candidate?.latency).toEqual([0, 1]);
  });

  it('that fails spares the candidate, and counts against nobody but the comparison', async () => {
    const stage = onStage();
    const candidate = vi.fn(() => 1);
    const options = { control: () => 1, candidate };
    await stage.launch({
      ...options,
      before: () => {
        throw new Error('no fixture');
      },
    });
    await stage.launch({ ...options, before: async () => Promise.reject(new Error('no fixture')) });
    expect(candidate).not.toHaveBeenCalled();
    const { paths, notCompared } = await stage.summary();
    expect(paths.filter(({ path }) => path === 'candidate')).toEqual([]);
    expect(notCompared).toEqual({ threw: 2 });
  });
});

describe('several candidates', () => {
  it('each run and are compared; each has figures of its own, and `onOutcome` is told of all', async () => {
    const stage = onStage();
    const told: Outcome[] = [];
    const changing = (by: number) => (run: { input: { price: number } }) => {
      run.input.price += by;
      return run.input.price;
    };
    stage.flags.launch('pricing', undefined, {
      input: { price: 1 },
      control: changing(1),
      candidate: changing(1),
      candidates: { rust: changing(2), cached: changing(1) },
      onOutcome: (outcome) => told.push(outcome),
    });
    await stage.runShadows();
    expect(told.map(({ candidateName, compared }) => [candidateName, compared])).toEqual([
      ['candidate', 'same'],
      ['rust', 'different'],
      ['cached', 'same'],
    ]);
    const { paths, compared, candidates } = await stage.summary();
    expect(compared).toMatchObject({ same: 1, different: 0 });
    expect(paths.filter(({ path }) => path === 'candidate')).toMatchObject([{ calls: 1 }]);
    const shadow = { path: 'candidate', role: 'shadow', calls: 1 };
    expect(candidates).toMatchObject([
      { name: 'rust', paths: [shadow], compared: { same: 0, different: 1 }, clusters: [{ path: '', count: 1 }] },
      { name: 'cached', paths: [shadow], compared: { same: 1, different: 0 }, clusters: [] },
    ]);
  });

  it('have figures of five of them, and the log says of which there are none', async () => {
    const stage = onStage();
    const names = ['a', 'b', 'c', 'd', 'x'.repeat(60), 'e', 'f'];
    const ran: string[] = [];
    const candidates = Object.fromEntries(names.map((name) => [name, () => ran.push(name)]));
    await stage.launch({ control: () => 1, candidate: () => 1, candidates }, { times: 2 });
    expect(new Set(ran)).toEqual(new Set(names));
    expect(stage.world.logged.filter(({ code }) => code === 'CANDIDATES_UNCOUNTED')).toHaveLength(1);
    const { candidates: told } = await stage.summary();
    expect(told?.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
