import type { EvaluationContext } from '@dimmer/core';
import { describe, expect, it } from 'vitest';
import { createDimmerClient } from '../src/client.ts';
import type { DimmerClient } from '../src/dimmer-client.ts';
import { DEFAULTS } from '../src/options.ts';
import { FakeWorld } from './fake/fake-world.ts';
import { snapshotOf, switchFlag, textFlag } from './fake/rules.ts';

const SPLIT = {
  ...switchFlag(true),
  fallthrough: {
    slices: [
      { variation: 'on', parts: 50_000 },
      { variation: 'off', parts: 50_000 },
    ],
  },
};
const RULES = snapshotOf({ 'new-checkout': SPLIT, theme: textFlag('blue'), plain: switchFlag(true) }, '7.aaaaaaaaaaaa');

function connect(world: FakeWorld, options: Partial<typeof DEFAULTS> = {}): DimmerClient {
  return createDimmerClient({ ...DEFAULTS, ...options }, world.deps);
}

function ready(): { world: FakeWorld; flags: DimmerClient; said: () => string[] } {
  const world = new FakeWorld();
  const flags = connect(world);
  world.stream.sink.event('snapshot', JSON.stringify(RULES));
  return { world, flags, said: () => world.logged.map(({ code, detail }) => `${code}: ${detail}`) };
}

const ann = { targetingKey: 'ann' };

describe('the log says', () => {
  it('that there is no such flag, and which is spelt most like it', () => {
    const { flags, said } = ready();
    expect(flags.isEnabled('new-chekout', ann)).toBe(false);
    flags.value('something-else', 1);
    expect(said()).toEqual([
      'FLAG_NOT_FOUND: no flag "new-chekout"; is it "new-checkout"?',
      'FLAG_NOT_FOUND: no flag "something-else"',
    ]);
  });

  it.each([
    [undefined, '…'],
    [{}, '…'],
    [{ userId: 'ann' }, '<userId>'],
    [{ user_id: 'ann', plan: 'pro' }, '<user_id>'],
    [{ key: 'ann' }, '<key>'],
  ])('that the context %j lacks the key to split by', (context, what) => {
    const { flags, said } = ready();
    flags.isEnabled('new-checkout', context as EvaluationContext | undefined);
    expect(said()).toEqual([
      `TARGETING_KEY_MISSING: "new-checkout" is split by a key that the context lacks: pass { targetingKey: ${what} }`,
    ]);
  });

  it('that the default is of another type, or a flag is asked for what it is not', () => {
    const { flags, said } = ready();
    flags.value('theme', 7, ann);
    flags.evaluate('plain', 'yes', ann);
    expect(said()).toEqual([
      'TYPE_MISMATCH: "theme" is a string flag, the default a number: the default is answered',
      'TYPE_MISMATCH: "plain" is a boolean flag, the default a string: the default is answered',
    ]);
    const other = ready();
    other.flags.isEnabled('theme', ann);
    expect(other.said()).toEqual([
      'TYPE_MISMATCH: "theme" is a string flag, which is never enabled: ask for its value()',
    ]);
  });

  it('each once for each flag, and no more than fifty', () => {
    const { flags, said } = ready();
    for (let i = 0; i < 100; i++) flags.isEnabled('nowhere');
    expect(said()).toHaveLength(1);
    for (let i = 0; i < 100; i++) flags.isEnabled(`nowhere-${i}`);
    expect(said()).toHaveLength(50);
  });

  it('nothing of good questions', () => {
    const { flags, said } = ready();
    flags.isEnabled('new-checkout', ann);
    flags.isEnabled('plain');
    flags.value('theme', 'red');
    flags.evaluate('theme', 'red', ann);
    expect(said()).toEqual([]);
  });

  it('nothing before the server has said what the rules are, because kept ones may be older than a flag', () => {
    const world = new FakeWorld();
    connect(world).isEnabled('new-chekout');
    world.kept = JSON.stringify(RULES);
    connect(world).isEnabled('new-chekout');
    expect(world.logged).toEqual([]);
  });

  it('it also of a client that has nothing but its bootstrap, as in a test', () => {
    const world = new FakeWorld();
    const deps = { ...world.deps, connect: undefined };
    const flags = createDimmerClient({ ...DEFAULTS, bootstrap: RULES }, deps);
    flags.isEnabled('plein');
    expect(world.logged).toMatchObject([{ code: 'FLAG_NOT_FOUND', detail: 'no flag "plein"; is it "plain"?' }]);
  });

  it('nothing that throws into the caller, whatever was asked', () => {
    const { flags } = ready();
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    expect(() => flags.isEnabled('new-checkout', hostile)).not.toThrow();
    expect(() => flags.isEnabled(Symbol('x') as never)).not.toThrow();
    expect(() =>
      flags.value(
        {
          toString: () => {
            throw new Error('no');
          },
        } as never,
        1,
      ),
    ).not.toThrow();
  });
});
