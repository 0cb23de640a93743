import type { MigrationStage } from '@dimmer/core';
import { describe, expect, it, vi } from 'vitest';
import { migrationFlag } from '../fake/shadow-stage.ts';
import { down, Puppet, TwoStores } from '../fake/two-stores.ts';

const between = (stage: MigrationStage) => new TwoStores(stage);

describe('who is read and written', () => {
  it.each([
    ['off', 'old', ['read old'], ['write old']],
    ['dual-write', 'old', ['read old'], ['write old', 'write new']],
    ['shadow', 'old', ['read old', 'read new'], ['write old', 'write new']],
    ['live', 'new', ['read new', 'read old'], ['write new', 'write old']],
    ['ramp-down', 'new', ['read new'], ['write new', 'write old']],
    ['complete', 'new', ['read new'], ['write new']],
  ] as const)('at %s: the %s side is authoritative', async (stage, authority, reads, writes) => {
    const { stage: wings, log, open } = between(stage);
    const users = open();
    expect(users.stage).toBe(stage);
    expect(await users.read('ann')).toBe('Ulm');
    await wings.runShadows();
    expect(log.splice(0)).toEqual(reads);
    expect(await users.write({ user: 'ann', city: 'Bonn' })).toBe(authority);
    expect(log).toEqual(writes);
  });

  it('stays with the stage that it began with, whatever the flag does meanwhile', async () => {
    const { stage, open, log } = between('off');
    const users = open();
    const flags = { users: migrationFlag('complete') };
    const patch = { schema: 1, hash: 1, from: '7.aaaaaaaaaaaa', id: '8.bbbbbbbbbbbb', at: 0, flags, segments: {} };
    stage.world.stream.sink.event('patch', JSON.stringify(patch));
    await users.read('ann');
    expect(log).toEqual(['read old']);
    expect(open().stage).toBe('complete');
  });
});

describe('if the authoritative side fails', () => {
  it.each(['off', 'dual-write', 'shadow'] as const)(
    'at %s: the caller is told, and the new side is not written',
    async (stage) => {
      const { open, options, log } = between(stage);
      const users = open({ read: { ...options.read, old: down }, write: { ...options.write, old: down } });
      await expect(users.read('ann')).rejects.toThrow('down');
      await expect(users.write({ user: 'ann', city: 'Bonn' })).rejects.toThrow('down');
      expect(log.filter((line) => line.startsWith('write'))).toEqual([]);
    },
  );

  it('at live: the old side answers reads in its stead, but no writes', async () => {
    const { open, options, log } = between('live');
    const users = open({ read: { ...options.read, new: down }, write: { ...options.write, new: down } });
    expect(await users.read('ann')).toBe('Ulm');
    await expect(users.write({ user: 'ann', city: 'Bonn' })).rejects.toThrow('down');
    expect(log).toEqual(['read old']);
  });

  it.each(['ramp-down', 'complete'] as const)('at %s: the caller is told', async (stage) => {
    const { open, options } = between(stage);
    await expect(open({ read: { ...options.read, new: down } }).read('ann')).rejects.toThrow('down');
  });
});

describe('if the other side fails', () => {
  it.each([
    ['dual-write', 'new'],
    ['shadow', 'new'],
    ['live', 'old'],
    ['ramp-down', 'old'],
  ] as const)('at %s: the caller notices nothing, and who has to repair it is told', async (stage, other) => {
    const { open, options } = between(stage);
    const onDiverged = vi.fn(() => {
      throw new Error('the repairer is broken too');
    });
    const users = open({
      read: { ...options.read, [other]: down },
      write: { ...options.write, [other]: down },
      onDiverged,
    });
    expect(await users.read('ann')).toBe('Ulm');
    await users.write({ user: 'ann', city: 'Bonn' });
    expect(onDiverged).toHaveBeenCalledOnce();
    expect(onDiverged).toHaveBeenCalledWith({
      flag: 'users',
      stage,
      input: { user: 'ann', city: 'Bonn' },
      reason: 'failed',
      error: expect.objectContaining({ message: 'down' }),
      ended: expect.any(Promise),
    });
  });
});

describe('what is observed', () => {
  it('reads are compared, at shadow and at live, and writes are counted by side', async () => {
    const { stage, stores, open } = between('shadow');
    stores.new.set('ann', 'Jena');
    const users = open();
    await users.read('ann');
    await stage.runShadows();
    await users.write({ user: 'ann', city: 'Bonn' });
    await users.read('ann');
    await stage.runShadows();
    const { compared, clusters, paths } = await stage.summary();
    expect(compared).toMatchObject({ same: 1, different: 1 });
    expect(clusters[0]?.samples[0]).toMatchObject({ control: '"Ulm"', candidate: '"Jena"' });
    expect(paths.map(({ operation, path, role, calls }) => `${operation} ${path} ${role} ${calls}`).sort()).toEqual([
      'read candidate shadow 2',
      'read control answer 2',
      'write candidate shadow 1',
      'write control answer 1',
    ]);
  });
});

describe('reads at both sides at once, where wished', () => {
  /** Both sides are puppets; the first is authoritative. */
  function reading(stage: 'shadow' | 'live') {
    const stores = between(stage);
    const [old, renewed] = [new Puppet<string>(), new Puppet<string>()];
    const users = stores.open({ read: { old: old.run, new: renewed.run } as never, parallelReads: true });
    const [first, other] = stage === 'shadow' ? [old, renewed] : [renewed, old];
    const read = users.read('ann');
    return { stores, read, first, other };
  }

  it.each(['shadow', 'live'] as const)(
    'at %s: the other side is asked while the first is on its way',
    async (stage) => {
      const { stores, read, first, other } = reading(stage);
      await stores.stage.runShadows();
      expect([first.inputs, other.inputs]).toEqual([['ann'], ['ann']]);
      first.end(0);
      expect(await read).toBe('done');
      other.end(0);
      await stores.stage.runShadows();
      expect((await stores.stage.summary()).compared).toMatchObject({ same: 1 });
    },
  );

  it.each(['shadow', 'live'] as const)('at %s: they are compared if the other side answers first', async (stage) => {
    const { stores, read, first, other } = reading(stage);
    await stores.stage.runShadows();
    other.fail(0);
    await stores.stage.runShadows();
    first.end(0);
    expect(await read).toBe('done');
    const { compared, paths } = await stores.stage.summary();
    expect(compared).toMatchObject({ different: 1 });
    expect(paths.map(({ role }) => role).sort()).toEqual(['answer', 'shadow']);
  });

  it('the caller gets the answer, whatever the other side does', async () => {
    const { stores, read, first } = reading('shadow');
    await stores.stage.runShadows();
    first.fail(0);
    await expect(read).rejects.toThrow('down');
  });

  it('if the new side fails at live, the old one answers, and nothing is compared', async () => {
    const { stores, read, first, other } = reading('live');
    await stores.stage.runShadows();
    first.fail(0);
    await stores.stage.runShadows();
    other.end(0);
    other.end(1);
    expect(await read).toBe('done');
    const { compared, paths } = await stores.stage.summary();
    expect(compared).toMatchObject({ same: 0, different: 0 });
    expect(paths.map(({ role }) => role).sort()).toEqual(['answer', 'fallback', 'shadow']);
  });
});
