/** What becomes of two outcomes: the caller's own functions, what is not compared, and what is too large to be tried. */
import { describe, expect, it, vi } from 'vitest';
import { settled } from '../fake/fake-world.ts';
import { launchFlag, ShadowStage } from '../fake/shadow-stage.ts';

const inTheDark = (dials = {}) => new ShadowStage({ pricing: launchFlag('dark', { dials }) });
const bug = () => {
  throw new Error('bug');
};
const COMPARE_FAILED = { code: 'COMPARE_FAILED', detail: 'pricing: Error: bug' };

class Money {
  #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  add(more: number): void {
    this.#cents += more;
  }
}

describe('the caller’s own functions', () => {
  it('get copies that nobody else sees: neither the caller, nor the candidate, nor one another', async () => {
    const stage = inTheDark();
    const cache = { list: [3, 1, 2] };
    const cleaned: unknown[] = [];
    const result = stage.flags.launch('pricing', undefined, {
      control: () => ({ list: [1, 2] }),
      candidate: () => cache,
      compare: (one, other) => {
        one.list.push(9);
        other.list.sort();
        return false;
      },
      clean: ({ list }) => {
        cleaned.push([...list]);
        list.length = 0;
        return list;
      },
    });
    await stage.runShadows();
    expect(result).toEqual({ list: [1, 2] });
    expect(cache).toEqual({ list: [3, 1, 2] });
    expect(cleaned).toEqual([
      [1, 2],
      [3, 1, 2],
    ]);
  });

  it('may be asynchronous, and the shadow is under way until they have answered', async () => {
    const stage = inTheDark();
    let answer = (_: boolean) => {};
    stage.flags.launch('pricing', undefined, {
      control: () => ({ secret: 'a', keep: 1 }),
      candidate: () => ({ secret: 'b', keep: 1 }),
      compare: () => new Promise<boolean>((resolve) => (answer = resolve)),
      clean: async ({ keep }) => ({ keep }),
    });
    await stage.runShadows();
    let isOver = false;
    const flushing = stage.flags.flush().then(() => {
      isOver = true;
    });
    await settled();
    expect(isOver).toBe(false);
    answer(false);
    await flushing;
    const summary = await stage.summary();
    expect(summary).toMatchObject({
      compared: { different: 1 },
      clusters: [{ kind: 'compare', samples: [{ control: '{"keep":1}', candidate: '{"keep":1}' }] }],
    });
  });

  it('count once when they throw, and are said in the log once', async () => {
    const stage = inTheDark();
    await stage.launch({ control: () => 1, candidate: () => 2, compare: bug }, { times: 5 });
    await stage.launch({ control: () => 1, candidate: () => 2, compare: async () => bug() }, { times: 5 });
    const failing: { control: () => number; candidate: () => number } = { control: bug, candidate: bug };
    await stage.launch({ ...failing, compareErrors: bug }, { times: 1 }).catch(() => {});
    const { compared, notCompared } = await stage.summary();
    expect([compared, notCompared]).toEqual([{ same: 0, different: 0, ignored: 0, failed: 10 }, { threw: 10 }]);
    expect(stage.world.logged).toEqual([COMPARE_FAILED]);
  });

  it('do not undo a comparison when `clean` throws: ten calls are ten', async () => {
    for (const clean of [bug, async () => bug()]) {
      const stage = inTheDark();
      await stage.launch({ control: () => ({ a: 1 }), candidate: () => ({ a: 2 }), clean }, { times: 10 });
      const { compared, clusters } = await stage.summary();
      expect(compared).toEqual({ same: 0, different: 10, ignored: 0, failed: 0 });
      expect(clusters).toMatchObject([{ path: '/a', count: 10, samples: [] }]);
      expect(stage.world.logged).toEqual([COMPARE_FAILED]);
    }
  });

  it('are not waited for for ever', async () => {
    const stage = inTheDark();
    await stage.launch({ control: () => 1, candidate: () => 2, compare: () => new Promise<boolean>(() => {}) });
    await stage.world.passSlowly(6_000);
    expect((await stage.reported()).at(-1)).toMatchObject({ compared: { failed: 1 }, notCompared: { threw: 1 } });
  });

  it('are not given what cannot be copied', async () => {
    const stage = inTheDark();
    const compare = vi.fn(() => true);
    await stage.launch({ control: () => new Money(1), candidate: () => new Money(2), compare });
    expect(compare).not.toHaveBeenCalled();
    expect(await stage.summary()).toMatchObject({ compared: { failed: 1 }, notCompared: { opaque: 1 } });
  });

  it('are given what the caller says how to copy, or that nobody changes', async () => {
    for (const clone of [false, <Value>(value: Value) => value] as const) {
      const stage = inTheDark();
      const money = new Money(1);
      const compare = vi.fn(() => true);
      await stage.launch({ control: () => money, candidate: () => money, compare, clone });
      expect(compare).toHaveBeenCalledWith(money, money);
      expect((await stage.summary()).compared.same).toBe(1);
    }
  });
});

describe('failures', () => {
  class Declined extends Error {}
  class Outage extends Error {}
  const withCode = (code: string) => Object.assign(new Error('connect'), { code });

  it.each<[string, unknown, unknown, 'same' | 'different']>([
    ['the same class and message', new TypeError('x'), new TypeError('x'), 'same'],
    ['another message', new Error('x'), new Error('y'), 'different'],
    ['another class that gave itself no name', new Declined('x'), new Outage('x'), 'different'],
    ['another code', withCode('ECONNREFUSED'), withCode('EACCES'), 'different'],
    ['the same code', withCode('EACCES'), withCode('EACCES'), 'same'],
    ['plain objects that differ', { code: 1 }, { code: 2 }, 'different'],
    ['plain objects alike', { code: 1 }, { code: 1 }, 'same'],
    ['nothing, and its text', undefined, 'undefined', 'different'],
    ['null, and its text', null, 'null', 'different'],
  ])('of %s are %s', async (_, one, other, kind) => {
    const stage = inTheDark();
    const fail = (error: unknown) => (): number => {
      throw error;
    };
    try {
      stage.flags.launch('pricing', undefined, { control: fail(one), candidate: fail(other) });
    } catch {
      // What control throws is the caller's.
    }
    await stage.runShadows();
    const { compared } = await stage.summary();
    expect(compared).toMatchObject({ [kind]: 1 });
  });

  it('are compared as they were thrown, whatever the caller does with them', async () => {
    const stage = inTheDark();
    const options = { control: (): number => bug(), candidate: (): number => bug() };
    try {
      stage.flags.launch('pricing', undefined, options);
    } catch (error) {
      (error as Error).message = 'changed';
    }
    await stage.runShadows();
    expect((await stage.summary()).compared.same).toBe(1);
  });

  it('are told apart in a sample by class and code', async () => {
    const stage = inTheDark();
    await stage
      .launch<number>({
        control: () => {
          throw new Declined('x');
        },
        candidate: () => {
          throw withCode('EACCES');
        },
      })
      .catch(() => {});
    await stage.runShadows();
    const [cluster] = (await stage.summary()).clusters;
    expect(cluster?.samples[0]).toMatchObject({
      control: '{"error":"Declined: x"}',
      candidate: '{"error":"Error: connect (EACCES)"}',
    });
  });
});

describe('the class of a failure', () => {
  it('shows no secret that somebody has put into its code', async () => {
    const stage = inTheDark();
    const error = Object.assign(new Error('x'), { code: 'refused: password=hunter2 of ann@example.com' });
    const candidate = (): number => {
      throw error;
    };
    await stage.launch({ control: () => 1, candidate });
    const { paths } = await stage.summary();
    const [errorClass] = paths.flatMap(({ errors }) => Object.keys(errors));
    expect(errorClass).toMatch(/^refused: password=\[redacted\] of \[redacted\]$/);
  });
});

describe('what cannot be compared is never the same', () => {
  it.each<[string, () => unknown, string]>([
    ['a body that is unread', () => new Response('a'), 'unread'],
    ['a function', () => ({ run: () => 1 }), 'opaque'],
    ['private fields', () => new Money(1), 'opaque'],
    ['what is too large', () => Array.from({ length: 30_000 }, () => ({})), 'large'],
  ])('%s', async (_, make, cause) => {
    const stage = inTheDark();
    await stage.launch({ control: make, candidate: make });
    expect(await stage.summary()).toMatchObject({
      compared: { same: 0, different: 0, failed: 1 },
      notCompared: { [cause]: 1 },
    });
  });

  it('and is named in the log once', async () => {
    const stage = inTheDark();
    const make = () => ({ next: { run: () => 1 } });
    await stage.launch({ control: make, candidate: make }, { times: 3 });
    expect(stage.world.logged).toEqual([
      { code: 'UNCOPYABLE', detail: expect.stringContaining('pricing: result: /next/run is a function') },
    ]);
  });

  it('unless it may differ anyway', async () => {
    const stage = inTheDark();
    const make = () => ({ a: 1, run: () => 1 });
    await stage.launch({ control: make, candidate: make, ignore: ['/run'] });
    expect((await stage.summary()).compared).toEqual({ same: 0, different: 0, ignored: 1, failed: 0 });
  });
});

describe('an input that cannot be copied', () => {
  it('costs the call its shadow, is named, and is not tried again for a while', async () => {
    const stage = inTheDark();
    let looked = 0;
    const input = new Proxy(
      { items: [1], add: () => 1 },
      {
        ownKeys(target) {
          looked++;
          return Reflect.ownKeys(target);
        },
      },
    );
    const candidate = vi.fn(() => 1);
    for (let call = 0; call < 200; call++)
      stage.flags.launch('pricing', undefined, { input, control: () => 1, candidate });
    await stage.runShadows();
    expect(candidate).not.toHaveBeenCalled();
    expect(looked).toBeLessThan(20);
    expect((await stage.summary()).shed).toEqual({ uncopyable: 200 });
    expect(stage.world.logged).toEqual([
      { code: 'UNCOPYABLE', detail: expect.stringContaining('pricing: input: /add is a function') },
    ]);
  });

  it('does not end the launch: what can be copied has its shadow again', async () => {
    const stage = inTheDark();
    const candidate = vi.fn(() => 1);
    const launch = (input: unknown) => stage.flags.launch('pricing', undefined, { input, control: () => 1, candidate });
    launch({ run: () => 1 });
    for (let call = 0; call < 100; call++) {
      launch({ a: 1 });
      await stage.runShadows();
    }
    expect(candidate).toHaveBeenCalled();
  });
});

describe('a result that was too large', () => {
  it('costs the next calls their shadow, instead of being copied for nothing', async () => {
    const stage = inTheDark();
    const large = Array.from({ length: 30_000 }, () => ({}));
    await stage.launch({ control: () => large, candidate: () => large }, { times: 100 });
    const { compared, shed } = await stage.summary();
    expect(compared.failed + (shed.uncopyable ?? 0)).toBe(100);
    expect(compared.failed).toBeLessThan(10);
  });
});

describe('a path that can match nothing', () => {
  it('is said in the log once', async () => {
    const stage = inTheDark();
    await stage.launch({ control: () => ({ a: 1 }), candidate: () => ({ a: 1 }), ignore: ['/b', 'a'] }, { times: 3 });
    expect(stage.world.logged).toEqual([{ code: 'IGNORE_UNUSABLE', detail: 'pricing: "a"' }]);
  });
});
