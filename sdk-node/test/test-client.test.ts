/** What a test of an application has at hand: stages that it sets, shadows that it waits for, outcomes that it looks at. */
import { createTestClient, MismatchError } from '@dimmer/node/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';

const USER = { targetingKey: 'ann' };
const PRICING = { control: () => ({ total: 10 }), candidate: () => ({ total: 10 }) };
const OFF_BY_ONE = { ...PRICING, candidate: () => ({ total: 11 }) };

afterEach(() => {
  vi.useRealTimers();
});

describe('the stages of a test client', () => {
  it.each([
    ['off', ['control']],
    ['dark', ['control', 'candidate']],
    ['live', ['candidate']],
  ] as const)('a launch is %s from the first call on', async (stage, ran) => {
    const flags = createTestClient({ launches: { pricing: stage } });
    const seen: string[] = [];
    flags.launch('pricing', USER, {
      control: () => seen.push('control') && 1,
      candidate: () => seen.push('candidate') && 1,
    });
    await flags.shadowsSettled();
    expect(seen).toEqual(ran);
    expect(flags.launchStage('pricing')).toBe(stage);
  });

  it('a migration is at its stage, for everybody', () => {
    const flags = createTestClient({ migrations: { users: 'ramp-down' } });
    const sides = { old: () => 1, new: () => 2 };
    const { stage } = flags.migration('users', undefined, { read: sides, write: sides, defaultStage: 'off' });
    expect(stage).toBe('ramp-down');
  });

  it('can be set anew; those that are not named stay', () => {
    const flags = createTestClient({ launches: { pricing: 'dark', search: 'live' } });
    flags.setStages({ launches: { pricing: 'live' } });
    expect([flags.launchStage('pricing'), flags.launchStage('search')]).toEqual(['live', 'live']);
  });

  it('what is not named is not there: control runs, and a migration goes by what its code says', () => {
    const flags = createTestClient({ logger: false });
    const sides = { old: () => 1, new: () => 2 };
    expect(flags.launch('pricing', USER, OFF_BY_ONE)).toEqual({ total: 10 });
    const { stage } = flags.migration('users', USER, { read: sides, write: sides, defaultStage: 'dual-write' });
    expect(stage).toBe('dual-write');
  });
});

describe('shadowsSettled', () => {
  it('waits until all are compared, and rejects with what is not alike, once', async () => {
    const flags = createTestClient({ launches: { pricing: 'dark' } });
    flags.launch('pricing', USER, PRICING);
    await flags.shadowsSettled();
    flags.launch('pricing', USER, OFF_BY_ONE);
    const error = await flags.shadowsSettled().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(MismatchError);
    expect(error).toMatchObject({
      code: 'LAUNCH_MISMATCH',
      message: 'Not alike, or not compared:\n- pricing at dark: different at /total: 10, and 11',
    });
    await flags.shadowsSettled();
  });

  it('rejects too if a side failed, or was not compared: no test passes on what nobody has seen', async () => {
    const flags = createTestClient({ launches: { pricing: 'dark' } });
    flags.launch('pricing', USER, {
      ...PRICING,
      candidate: () => {
        throw new RangeError('no such price');
      },
    });
    await expect(flags.shadowsSettled()).rejects.toThrow('RangeError: no such price');
    flags.launch<() => number>('pricing', USER, { control: () => () => 1, candidate: () => () => 1 });
    await expect(flags.shadowsSettled()).rejects.toThrow('pricing at dark: not compared');
  });

  it('only waits, where a test wants to look by itself', async () => {
    const flags = createTestClient({ launches: { pricing: 'dark' }, raises: false });
    flags.launch('pricing', USER, OFF_BY_ONE);
    await flags.shadowsSettled();
    expect(flags.outcomes).toMatchObject([
      {
        flag: 'pricing',
        stage: 'dark',
        context: USER,
        compared: 'different',
        control: { failed: false, value: { total: 10 } },
        candidate: { failed: false, value: { total: 11 } },
        difference: { path: '/total', kind: 'value', control: 10, candidate: 11 },
      },
    ]);
    flags.forgetOutcomes();
    expect(flags.outcomes).toEqual([]);
  });

  it('sees the shadow reads of a migration', async () => {
    const onOutcome = vi.fn();
    const flags = createTestClient({ migrations: { users: 'shadow' } });
    const users = flags.migration('users', USER, {
      read: { old: async () => 'Ulm', new: async () => 'Jena' },
      write: { old: () => 1, new: () => 1 },
      defaultStage: 'off',
      onOutcome,
    });
    expect(await users.read(undefined)).toBe('Ulm');
    await expect(flags.shadowsSettled()).rejects.toThrow('users at shadow: different: "Ulm", and "Jena"');
    expect(onOutcome).toHaveBeenCalledOnce();
  });

  it('tells an onOutcome of the application as well', async () => {
    const flags = createTestClient({ launches: { pricing: 'dark' } });
    const onOutcome = vi.fn();
    flags.launch('pricing', USER, { ...PRICING, onOutcome });
    await flags.shadowsSettled();
    expect(onOutcome).toHaveBeenCalledOnce();
  });

  it('holds no shadow back, however many there are', async () => {
    const flags = createTestClient({ launches: { pricing: 'dark' } });
    for (let call = 0; call < 500; call++) flags.launch('pricing', USER, PRICING);
    await flags.shadowsSettled();
    expect(flags.outcomes).toHaveLength(500);
  });

  it('works while a test has stopped the clock', async () => {
    vi.useFakeTimers();
    const flags = createTestClient({ launches: { pricing: 'dark' } });
    flags.launch('pricing', USER, OFF_BY_ONE);
    await expect(flags.shadowsSettled()).rejects.toThrow(MismatchError);
  });
});
