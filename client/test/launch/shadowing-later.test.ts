/** A page's shadows, whose code is loaded when the first is to begin. */
import { createShadowing, type LaunchParts, type ShadowWorld, shadowingLater } from '@dimmer/client';
import { describe, expect, it, vi } from 'vitest';
import { settled } from '../fake/fake-world.ts';
import { launchFlag, ShadowStage } from '../fake/shadow-stage.ts';

type Create = typeof createShadowing;

/** A stage whose code for shadows comes when the test says so. */
function page(more: Partial<ShadowWorld & LaunchParts> = {}) {
  const asked: { readonly come: () => void; readonly fail: () => void }[] = [];
  const load = () =>
    new Promise<Create>((resolve, reject) => {
      asked.push({ come: () => resolve(createShadowing), fail: () => reject(new Error('404')) });
    });
  const stage = new ShadowStage({ pricing: launchFlag('dark') }, { shadowing: shadowingLater(load), ...more });
  return { stage, asked };
}

const control = ({ input }: { readonly input: { readonly lines: readonly object[] } }) => ({
  total: input.lines.length,
});

describe('before the code for shadows has come', () => {
  it('is not asked for while nothing is dark', () => {
    const { stage, asked } = page();
    stage.flags.launch('other', undefined, { control: () => 1, candidate: () => 1 });
    expect(asked).toHaveLength(0);
  });

  it('callers wait for nothing, and what is plain data is compared as it was when they were answered', async () => {
    const { stage, asked } = page();
    const input = { lines: [{ id: 1 }] };
    const seen: unknown[] = [];
    const candidate = vi.fn((run: { input: typeof input }) => {
      seen.push(structuredClone(run.input));
      return { total: 2 };
    });
    const result = stage.flags.launch('pricing', { targetingKey: 'ann' }, { input, control, candidate });
    expect(result).toEqual({ total: 1 });
    expect(asked).toHaveLength(1);
    input.lines.push({ id: 2 });
    (result as { total: number }).total = 99;
    await stage.runShadows();
    expect(candidate).not.toHaveBeenCalled();
    asked[0]?.come();
    await settled();
    await stage.runShadows();
    expect(seen).toEqual([{ lines: [{ id: 1 }] }]);
    const { compared, clusters, shed } = await stage.summary();
    expect(compared).toMatchObject({ different: 1 });
    expect(clusters[0]?.samples).toMatchObject([{ control: '1', candidate: '2' }]);
    expect(shed).toEqual({});
  });

  it('`shadowsSettled` waits for it', async () => {
    const { stage, asked } = page();
    stage.flags.launch('pricing', undefined, { control: () => 1, candidate: () => 1 });
    let isSettled = false;
    void stage.flags.shadowsSettled().then(() => (isSettled = true));
    await settled();
    expect(isSettled).toBe(false);
    asked[0]?.come();
    await stage.runShadows();
    expect(isSettled).toBe(true);
  });

  it.each([
    ['an input with a class', { input: new Date() }],
    ['an input with a getter', { input: Object.defineProperty({}, 'x', { get: () => 1, enumerable: true }) }],
    ['an input with a function', { input: { act: () => 1 } }],
    ['an input with a cycle', { input: cyclic() }],
    ['an input that is frozen', { input: Object.freeze({ a: 1 }) }],
    ['an input with what is hidden', { input: Object.defineProperty({}, 'x', { value: 1 }) }],
    ['an input with a symbol', { input: { [Symbol('x')]: 1 } }],
    ['a large input', { input: Array.from({ length: 2_000 }, (_, index) => index) }],
    ['a result with a class', { control: () => new Map() }],
    ['a failure', { control: fail }],
    ['a result that is to be prepared', { prepare: (result: unknown) => result }],
  ])('%s has no shadow yet, and is counted', async (_, more) => {
    const { stage, asked } = page();
    const options = { control: (): unknown => 1, candidate: (): unknown => 1, ...more };
    const call = () => {
      try {
        stage.flags.launch('pricing', undefined, options as never);
      } catch {
        // Control's own failure is the caller's.
      }
    };
    call();
    asked[0]?.come();
    await settled();
    await stage.runShadows();
    call();
    await stage.runShadows();
    const { shed, paths } = await stage.summary();
    expect(shed.loading).toBe(1);
    const ran = paths.find(({ role }) => role === 'shadow')?.calls ?? 0;
    expect(ran + (shed.uncopyable ?? 0)).toBe(1);
  });

  it('plain data is copied truly: holes, undefined and nested lists', async () => {
    const { stage, asked } = page();
    // biome-ignore lint/suspicious/noSparseArray: that is what is looked at
    const input = { list: [1, , [undefined, 'a']], none: undefined, nil: null };
    const candidate = vi.fn(({ input: given }: { input: unknown }) => given);
    const options = { input, control: ({ input: given }: { input: unknown }) => given, candidate };
    stage.flags.launch('pricing', undefined, options as never);
    asked[0]?.come();
    await settled();
    await stage.runShadows();
    expect(candidate.mock.calls[0]?.[0]?.input).toStrictEqual(input);
    expect((await stage.summary()).compared).toMatchObject({ same: 1 });
  });

  it('so many wait for it as may be under way, and no more', async () => {
    const { stage, asked } = page({ maxShadows: 5 });
    for (let call = 0; call < 8; call++) {
      stage.flags.launch('pricing', undefined, { control: () => 1, candidate: () => 1 });
    }
    asked[0]?.come();
    await settled();
    await stage.runShadows();
    const { compared, shed } = await stage.summary();
    expect([compared.same, shed]).toEqual([5, { loading: 3 }]);
  });

  it('what is killed meanwhile does not run', async () => {
    const { stage, asked } = page();
    const candidate = vi.fn(() => 1);
    stage.flags.launch('pricing', undefined, { control: () => 1, candidate });
    const closing = stage.flags.close();
    asked[0]?.come();
    await settled();
    await stage.runShadows();
    await closing;
    expect(candidate).not.toHaveBeenCalled();
  });

  it('loading that has failed is tried once more, a while later, and never again', async () => {
    const { stage, asked } = page();
    const call = async () => {
      expect(stage.flags.launch('pricing', undefined, { control: () => 1, candidate: () => 1 })).toBe(1);
      await stage.runShadows();
    };
    await call();
    asked[0]?.fail();
    await call();
    expect(asked).toHaveLength(1);
    stage.world.nowMs += 10_000;
    await call();
    expect(asked).toHaveLength(2);
    asked[1]?.fail();
    await settled();
    stage.world.nowMs += 3_600_000;
    await call();
    expect(asked).toHaveLength(2);
    expect((await stage.summary()).shed).toEqual({ loading: 4 });
  });
});

function cyclic(): object {
  const one: { self?: object } = {};
  one.self = one;
  return one;
}

function fail(): never {
  throw new Error('of control');
}
