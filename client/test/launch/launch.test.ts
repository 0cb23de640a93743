import { describe, expect, it, vi } from 'vitest';
import { settled } from '../fake/fake-world.ts';
import { switchFlag } from '../fake/rules.ts';
import { launchFlag, ShadowStage } from '../fake/shadow-stage.ts';

const onStage = (stage: string, more: Parameters<typeof launchFlag>[1] = {}) =>
  new ShadowStage({ pricing: launchFlag(stage, more) });

describe('off', () => {
  it('runs control only, and answers what it returns', async () => {
    const stage = onStage('off');
    const candidate = vi.fn(() => 2);
    expect(stage.flags.launch('pricing', { targetingKey: 'ann' }, { control: () => 1, candidate })).toBe(1);
    await stage.runShadows();
    expect(candidate).not.toHaveBeenCalled();
  });

  it('observes nothing where all are off, and control where only some are, to compare the others with', async () => {
    const all = onStage('off');
    await all.launch({ control: () => 1, candidate: () => 2 });
    expect(await all.reported()).toEqual([]);

    const some = onStage('live', { parts: 0 });
    await some.launch({ control: () => 1, candidate: () => 2 });
    expect(await some.summary()).toMatchObject({
      flag: 'pricing',
      id: '7.aaaaaaaaaaaa',
      paths: [{ variation: 'off', path: 'control', role: 'answer', calls: 1 }],
    });
  });
});

describe('dark', () => {
  it('answers control’s result before the candidate begins', async () => {
    const stage = onStage('dark');
    const order: string[] = [];
    const result = stage.flags.launch('pricing', undefined, {
      control: (): number => order.push('control'),
      candidate: (): number => order.push('candidate'),
    });
    order.push('caller');
    await stage.runShadows();
    expect(result).toBe(1);
    expect(order).toEqual(['control', 'caller', 'candidate']);
  });

  it('does the same with asynchronous code: the caller has control’s result first', async () => {
    const stage = onStage('dark');
    const order: string[] = [];
    await stage.flags.launch('pricing', undefined, {
      control: async () => {
        await settled();
        order.push('control');
      },
      candidate: async () => void order.push('candidate'),
    });
    order.push('caller');
    await stage.runShadows();
    expect(order).toEqual(['control', 'caller', 'candidate']);
  });

  it('throws what control throws, and runs the candidate all the same', async () => {
    const stage = onStage('dark');
    const candidate = vi.fn(() => 2);
    const control = () => {
      throw new RangeError('no price');
    };
    expect(() => stage.flags.launch('pricing', undefined, { control, candidate })).toThrow('no price');
    await stage.runShadows();
    expect(candidate).toHaveBeenCalledOnce();
    const rejects = async (): Promise<number> => Promise.reject(new RangeError('no price'));
    await expect(
      stage.flags.launch('pricing', undefined, { control: rejects, candidate: async () => 2 }),
    ).rejects.toThrow('no price');
    await stage.runShadows();
    const { paths, compared, clusters } = await stage.summary();
    expect(paths).toContainEqual(expect.objectContaining({ path: 'control', calls: 2, errors: { RangeError: 2 } }));
    expect(compared).toMatchObject({ different: 2 });
    expect(clusters).toMatchObject([{ path: '(error)', kind: 'error', count: 2 }]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new TypeError('x');
      },
    ],
    [
      'throws nothing',
      () => {
        throw undefined;
      },
    ],
    [
      'throws what cannot be read',
      () => {
        throw new Proxy(
          {},
          {
            get() {
              throw new Error('hidden');
            },
          },
        );
      },
    ],
    ['rejects', async () => Promise.reject(new TypeError('x'))],
    ['never ends', () => new Promise<number>(() => {})],
    [
      'returns a thenable that throws',
      () =>
        ({
          // biome-ignore lint/suspicious/noThenProperty: a thenable that misbehaves is what is tested
          then() {
            throw new Error('x');
          },
        }) as unknown as number,
    ],
    [
      'returns a getter that throws',
      () =>
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('x');
            },
          },
        ) as unknown as number,
    ],
  ] as [string, () => number][])('is not touched by a candidate that %s', async (_, candidate) => {
    const stage = onStage('dark');
    expect(await stage.launch({ control: () => 1, candidate })).toBe(1);
    await stage.world.passSlowly(6_000);
    const { paths } = await stage.summary();
    expect(paths).toContainEqual(expect.objectContaining({ path: 'candidate', role: 'shadow', calls: 1 }));
  });

  it('compares what the two return, and clusters differences by where they are', async () => {
    const stage = onStage('dark');
    let total = 0;
    await stage.launch(
      {
        control: () => ({ total: 10, lines: [{ price: 10 }] }),
        candidate: () => ({ total: 10 + (total++ % 2), lines: [{ price: 10 }] }),
      },
      { times: 10 },
    );
    const { compared, clusters } = await stage.summary();
    expect(compared).toEqual({ same: 5, different: 5, ignored: 0, failed: 0 });
    expect(clusters).toMatchObject([{ path: '/total', kind: 'value', count: 5 }]);
    expect(clusters[0]?.samples[0]).toMatchObject({ control: '10', candidate: '11' });
  });

  it('compares to what control returned, whatever the caller has done with it since', async () => {
    const stage = onStage('dark');
    const basket = stage.flags.launch('pricing', undefined, {
      control: () => ({ items: ['a'] }),
      candidate: () => ({ items: ['a'] }),
    });
    basket.items.push('b');
    await stage.runShadows();
    expect((await stage.summary()).compared).toMatchObject({ same: 1, different: 0 });
  });

  it('hands the candidate a copy of the input, as it was before control ran', async () => {
    const stage = onStage('dark');
    const input = { items: ['a'] };
    const seen: string[][] = [];
    stage.flags.launch('pricing', undefined, {
      input,
      control: ({ input: given }): number => given.items.push('control'),
      candidate: ({ input: given }): number => {
        seen.push([...given.items]);
        return given.items.push('candidate');
      },
    });
    await stage.runShadows();
    expect(seen).toEqual([['a']]);
    expect(input.items).toEqual(['a', 'control']);
  });

  it('shares what the caller says nobody changes', async () => {
    const stage = onStage('dark');
    const input = { at: 1 };
    await new Promise<void>((resolve) => {
      stage.flags.launch('pricing', undefined, {
        input,
        clone: false,
        control: () => {},
        candidate: ({ input: given }) => {
          expect(given).toBe(input);
          resolve();
        },
      });
      void stage.runShadows();
    });
  });

  it('passes over differences at paths that may differ, by the code’s word or the server’s', async () => {
    const stage = onStage('dark', { dials: { ignore: ['/servedBy'] } });
    let id = 0;
    await stage.launch({
      ignore: ['/id'],
      control: () => ({ id: id++, servedBy: 'old', total: 1 }),
      candidate: () => ({ id: id++, servedBy: 'new', total: 1 }),
    });
    expect((await stage.summary()).compared).toEqual({ same: 0, different: 0, ignored: 1, failed: 0 });
  });

  it('asks the caller’s own comparison, and counts what it throws without passing it on', async () => {
    const stage = onStage('dark');
    await stage.launch({ control: () => 1.001, candidate: () => 1, compare: (a, b) => Math.abs(a - b) < 0.01 });
    await stage.launch({ control: () => 1, candidate: () => 2, compare: (a, b) => a === b });
    await stage.launch({
      control: () => 1,
      candidate: () => 2,
      compare: () => {
        throw new Error('oops');
      },
    });
    expect(await stage.summary()).toMatchObject({
      compared: { same: 1, different: 1, failed: 1 },
      clusters: [{ path: '', kind: 'compare', count: 1 }],
    });
    expect(stage.world.logged).toEqual([{ code: 'COMPARE_FAILED', detail: 'pricing: Error: oops' }]);
  });

  it('takes two failures for alike if class and message are, or by the caller’s own word', async () => {
    const stage = onStage('dark');
    const fail = (message: string) => (): number => {
      throw new RangeError(message);
    };
    const launch = (candidate: string, compareErrors?: () => boolean) => {
      const options = { control: fail('a'), candidate: fail(candidate), compareErrors };
      expect(() => stage.flags.launch('pricing', undefined, options)).toThrow('a');
    };
    launch('a');
    launch('b');
    launch('b', () => true);
    await stage.runShadows();
    expect((await stage.summary()).compared).toMatchObject({ same: 2, different: 1 });
  });

  it('keeps only what `clean` leaves in samples, and redacts what looks like a secret', async () => {
    const stage = onStage('dark');
    const options = (total: number) => () => ({ total, password: 'hunter2', note: 'private' });
    await stage.launch({
      control: options(1),
      candidate: options(2),
      clean: ({ total, password }) => ({ total, password }),
    });
    const [sample] = (await stage.summary()).clusters[0]?.samples ?? [];
    expect(sample?.control).toContain('"total":1');
    expect(JSON.stringify(sample)).not.toMatch(/hunter2|private/);
  });

  it('runs control a second time only if that is said to be harmless, to see how often it differs from itself', async () => {
    const quiet = onStage('dark', { dials: { noisePercent: 100 } });
    const control = vi.fn(() => Math.random());
    await quiet.launch({ control, candidate: () => 1 }, { times: 5 });
    expect(control).toHaveBeenCalledTimes(5);

    const noisy = onStage('dark', { dials: { noisePercent: 100 } });
    let stamp = 0;
    await noisy.launch({ control: () => stamp++, candidate: () => 0, repeatable: true }, { times: 5 });
    const { noise, paths } = await noisy.summary();
    expect(noise).toMatchObject({ different: 5 });
    expect(paths).toContainEqual(expect.objectContaining({ path: 'control', role: 'noise', calls: 5 }));
  });
});

describe('live', () => {
  it('runs the candidate only', async () => {
    const stage = onStage('live');
    const control = vi.fn(() => 1);
    expect(await stage.launch({ control, candidate: () => 2 })).toBe(2);
    expect(control).not.toHaveBeenCalled();
    const { paths } = await stage.summary();
    expect(paths).toMatchObject([{ variation: 'live', path: 'candidate', role: 'answer', calls: 1 }]);
  });

  it('lets control run in the shadow if asked to verify', async () => {
    const stage = onStage('live');
    expect(await stage.launch({ control: () => 1, candidate: () => 2, verify: true })).toBe(2);
    const { paths, compared, clusters } = await stage.summary();
    expect(paths.map(({ path, role }) => `${path} ${role}`)).toEqual(['candidate answer', 'control shadow']);
    expect(compared.different).toBe(1);
    expect(clusters[0]?.samples[0]).toMatchObject({ control: '1', candidate: '2' });
  });

  it('throws what the candidate throws', async () => {
    const stage = onStage('live');
    const candidate = (): number => {
      throw new Error('new and broken');
    };
    expect(() => stage.flags.launch('pricing', undefined, { control: () => 1, candidate })).toThrow('new and broken');
  });

  it('has a time, if control is the fallback: then control answers, and the signal of the candidate is aborted', async () => {
    const stage = new ShadowStage({ pricing: launchFlag('live') });
    let signal: AbortSignal | undefined;
    const hangs = (run: { signal: AbortSignal }) => {
      signal = run.signal;
      return new Promise<number>(() => {});
    };
    const price = stage.flags.launch('pricing', undefined, {
      control: async () => 1,
      candidate: hangs,
      fallback: true,
    });
    await stage.world.passSlowly(4_999);
    expect(signal?.aborted).toBe(false);
    expect(stage.world.holdsProcess).toBe(true);
    await stage.world.passSlowly(1);
    expect(await price).toBe(1);
    expect(signal?.aborted).toBe(true);
    const options = { control: async () => 1, candidate: hangs, fallback: true, liveTimeoutMs: 100 };
    const sooner = stage.flags.launch('pricing', undefined, options);
    await stage.world.passSlowly(100);
    expect(await sooner).toBe(1);
    const { paths } = await stage.summary();
    expect(paths.find(({ path }) => path === 'candidate')).toMatchObject({ calls: 2, errors: { TimeoutError: 2 } });
  });

  it('answers control’s result instead, if it is the fallback', async () => {
    const stage = onStage('live');
    const broken = (): number => {
      throw new Error('new and broken');
    };
    const input = { items: ['a'] };
    const control = ({ input: given }: { input: { items: string[] } }) => given.items.length;
    const spoil = ({ input: given }: { input: { items: string[] } }): number => {
      given.items.length = 0;
      return broken();
    };
    expect(stage.flags.launch('pricing', undefined, { input, control, candidate: spoil, fallback: true })).toBe(1);
    await expect(
      stage.flags.launch('pricing', undefined, {
        control: async () => 1,
        candidate: async () => broken(),
        fallback: true,
        verify: true,
      }),
    ).resolves.toBe(1);
    await stage.runShadows();
    const { paths } = await stage.summary();
    expect(paths).toMatchObject([
      { path: 'candidate', role: 'answer', calls: 2, errors: { Error: 2 } },
      { path: 'control', role: 'fallback', calls: 2, errors: {} },
    ]);
  });

  it('names the units that met with an error, once each and hashed', async () => {
    const stage = onStage('live');
    const candidate = (): number => {
      throw new Error('x');
    };
    for (const targetingKey of ['ann', 'ann', 'ben']) {
      expect(() => stage.flags.launch('pricing', { targetingKey }, { control: () => 1, candidate })).toThrow();
    }
    const { paths } = await stage.summary();
    expect(paths[0]?.errorUnits).toHaveLength(2);
    for (const unit of paths[0]?.errorUnits ?? []) expect(unit).toMatch(/^[0-9a-f]{8}$/);
  });
});

describe('what cannot be launched', () => {
  const control = (): number => 1;
  const candidate = (): number => 2;

  it.each([
    ['a flag that is not there', {}, { control, candidate }, 'there is no such flag'],
    [
      'a flag of another type',
      { pricing: switchFlag(true) },
      { control, candidate },
      'is a boolean flag, not a launch',
    ],
    ['no candidate', { pricing: launchFlag('live') }, { control }, 'there is no candidate'],
  ])('%s: control runs, and the log says why, once', async (_, rules, options, why) => {
    const stage = new ShadowStage(rules);
    for (let time = 0; time < 3; time++) {
      expect(
        stage.flags.launch('pricing', undefined, { candidate: undefined, ...options } as {
          control: () => number;
          candidate: () => number;
        }),
      ).toBe(1);
    }
    expect(stage.world.logged).toEqual([{ code: 'LAUNCH_UNUSABLE', detail: `pricing: ${why}` }]);
  });
});

describe('what no types prevent', () => {
  it.each([undefined, null, {}, { control: 5 }, { candidate: () => 2 }])(
    'options %j: nothing runs, and nothing is thrown',
    (options) => {
      const stage = onStage('dark');
      expect(stage.flags.launch('pricing', undefined, options as never)).toBeUndefined();
      expect(stage.world.logged[0]).toEqual({ code: 'LAUNCH_UNUSABLE', detail: 'pricing: there is no control' });
    },
  );

  it.each(['dark', 'live'])(
    'a context that throws, at %s: control’s or the candidate’s result comes all the same',
    async (at) => {
      const stage = onStage(at, { dials: { samplePercent: 50 } });
      const context = {
        get targetingKey(): string {
          throw new Error('no key for you');
        },
      };
      const answer = stage.flags.launch('pricing', context, { control: () => 1, candidate: () => 2 });
      await stage.runShadows();
      expect(answer).toBe(at === 'live' ? 2 : 1);
    },
  );
});

describe('inShadow', () => {
  it('is true in a shadow only, also for code that asks the client', async () => {
    const stage = onStage('dark');
    const seen: boolean[] = [];
    await stage.launch({
      control: ({ inShadow }): number => seen.push(inShadow, stage.flags.inShadow()),
      candidate: ({ inShadow }): number => seen.push(inShadow, stage.flags.inShadow()),
    });
    expect(seen).toEqual([false, false, true, true]);
  });

  it('keeps a launch within a shadow from casting another', async () => {
    const stage = onStage('dark');
    const inner = vi.fn(() => 2);
    const nested = () => stage.flags.launch('pricing', undefined, { control: () => 1, candidate: inner });
    await stage.launch({ control: () => 1, candidate: nested });
    expect(inner).not.toHaveBeenCalled();
    expect((await stage.summary()).shed).toEqual({ nested: 1 });
  });
});
