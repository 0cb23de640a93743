/** The second write of a migration: in time or late, in its order, and never unheard of. */
import { describe, expect, it } from 'vitest';
import { settled } from '../fake/fake-world.ts';
import { ANN, down, type Move, Puppet, TwoStores } from '../fake/two-stores.ts';

const to = (city: string, user = 'ann'): Move => ({ user, city });
const thrown = (): never => {
  throw new Error('down');
};
const byUser = { key: ({ user }: Move) => user };

/** A migration at `dual-write` whose new side is a puppet. */
function dualWrite() {
  const between = new TwoStores('dual-write');
  const slow = new Puppet<Move>(({ user, city }) => between.stores.new.set(user, city));
  const write = { ...between.options.write, new: slow.run };
  const open: TwoStores['open'] = (more = {}, context = ANN) => between.open({ write, ...more }, context);
  return { between, slow, open, world: between.stage.world };
}

describe('a second write that is late', () => {
  it('holds the caller up for a second once, and then nobody for a minute', async () => {
    const { open, world, between } = dualWrite();
    const began = world.nowMs;
    const first = open().write(to('Bonn'));
    await world.passSlowly(1_000);
    expect(await first).toBe('old');
    expect(world.nowMs - began).toBe(1_000);
    expect(await open().write(to('Kiel'))).toBe('old');
    expect(world.nowMs - began).toBe(1_000);
    expect(between.stores.old.get('ann')).toBe('Kiel');
  });

  it('is told of each row that the other side lacks, once, also of those that nobody waited for', async () => {
    const { open, world, between } = dualWrite();
    for (let row = 0; row < 5; row++) {
      const written = open().write(to('Bonn', `user-${row}`));
      await world.passSlowly(row === 0 ? 1_000 : 0);
      await written;
    }
    await world.passSlowly(2_000);
    expect(between.told).toEqual([0, 1, 2, 3, 4].map((row) => `user-${row} in Bonn: late`));
    expect(between.onDiverged.mock.calls[0]?.[0].error).toMatchObject({
      name: 'TimeoutError',
      message: 'The write has not ended in 1000 ms: it may still happen.',
    });
  });

  it('is in the report before it ends, as a call that timed out, and not a second time when it does', async () => {
    const { open, world, slow, between } = dualWrite();
    const written = open().write(to('Bonn'));
    await world.passSlowly(1_000);
    await written;
    slow.end(0);
    await settled();
    const { paths } = await between.stage.summary();
    expect(paths.find(({ path }) => path === 'candidate')).toMatchObject({
      operation: 'write',
      role: 'shadow',
      calls: 1,
      errors: { TimeoutError: 1 },
    });
  });

  it('is missing there for those who read that side, at the next stage or as the fallback, until it has ended', async () => {
    const { open, slow, world, between } = dualWrite();
    const written = open().write(to('Bonn'));
    await world.passSlowly(1_000);
    expect(await written).toBe('old');
    // What another process reads that is a stage further: acknowledged, told of, and not there yet.
    const ahead = new TwoStores('live');
    const read = { new: async () => between.stores.new.get('ann'), old: async () => between.stores.old.get('ann') };
    expect(between.told).toEqual(['ann in Bonn: late']);
    expect(await ahead.open({ read }).read('ann')).toBe('Ulm');
    slow.end(0);
    await settled();
    expect(await ahead.open({ read }).read('ann')).toBe('Bonn');
  });

  it('says when it is over, for whoever mends what it may overwrite', async () => {
    const { open, world, slow, between } = dualWrite();
    const written = open().write(to('Bonn'));
    await world.passSlowly(1_000);
    await written;
    let isOver = false;
    void between.onDiverged.mock.calls[0]?.[0].ended.then(() => {
      isOver = true;
    });
    await settled();
    expect(isOver).toBe(false);
    slow.end(0);
    await settled();
    expect(isOver).toBe(true);
  });

  it('is asked to give up a minute later, so that what waits for it may go on', async () => {
    const { open, world, slow, between } = dualWrite();
    const written = [open(byUser).write(to('Bonn')), open(byUser).write(to('Kiel'))];
    await world.passSlowly(1_000);
    await Promise.all(written);
    expect(slow.signals[0]?.aborted).toBe(false);
    await world.passSlowly(60_000);
    expect(slow.signals[0]?.aborted).toBe(true);
    slow.fail(0);
    await settled();
    slow.end(1);
    await settled();
    expect(between.stores.new.get('ann')).toBe('Kiel');
  });

  it('keeps the process alive until it has been told of, and no longer', async () => {
    const { open, world } = dualWrite();
    const written = open().write(to('Bonn'));
    await settled();
    expect(world.holdsProcess).toBe(true);
    await world.passSlowly(1_000);
    await written;
    expect(world.holdsProcess).toBe(false);
    void open().write(to('Kiel'));
    await settled();
    expect(world.holdsProcess).toBe(true);
  });

  it('is waited for by close, until it has been told of', async () => {
    const { open, world, between } = dualWrite();
    const written = open().write(to('Bonn'));
    await settled();
    const closed = between.stage.flags.close();
    await world.passSlowly(1_000);
    await Promise.all([written, closed]);
    expect(between.told).toEqual(['ann in Bonn: late']);
  });

  it('is said in the log, once for each migration, also if nobody is told', async () => {
    const { open, world } = dualWrite();
    for (const city of ['Bonn', 'Kiel']) {
      const written = open({ onDiverged: undefined }).write(to(city));
      await world.passSlowly(1_000);
      await written;
    }
    const [said, ...more] = world.logged.filter(({ code }) => code === 'SIDES_DIVERGED');
    expect(said?.detail).toContain('it may still happen. There is no `onDiverged`.');
    expect(more).toEqual([]);
  });
});

describe('the order of writes at the other side', () => {
  it('a late write is not overtaken by a newer one of the same context, whatever is known of rows', async () => {
    const { open, world, slow, between } = dualWrite();
    const late = open().write(to('Bonn'));
    await world.passSlowly(1_000);
    await late;
    await open().write(to('Kiel'));
    expect(slow.inputs).toEqual([to('Bonn')]);
    slow.end(0);
    await settled();
    slow.end(1);
    await settled();
    expect(slow.inputs).toEqual([to('Bonn'), to('Kiel')]);
    expect(between.stores.new.get('ann')).toBe('Kiel');
  });

  it('writes of one row follow each other, late or not; those of others go on', async () => {
    const { open, slow } = dualWrite();
    for (const move of [to('Bonn'), to('Kiel'), to('Jena', 'bob')]) void open(byUser).write(move);
    await settled();
    expect(slow.inputs).toEqual([to('Bonn'), to('Jena', 'bob')]);
    slow.end(0);
    await settled();
    expect(slow.inputs[2]).toEqual(to('Kiel'));
  });

  it('writes of other contexts do not wait for one that is late', async () => {
    const { open, world, slow } = dualWrite();
    const late = open().write(to('Bonn'));
    await world.passSlowly(1_000);
    await late;
    await open({}, { targetingKey: 'bob' }).write(to('Jena', 'bob'));
    expect(slow.inputs).toEqual([to('Bonn'), to('Jena', 'bob')]);
  });

  it('where both sides refuse what is older, nothing waits', async () => {
    const { open, world, slow } = dualWrite();
    const late = open({ key: false }).write(to('Bonn'));
    await world.passSlowly(1_000);
    await late;
    await open({ key: false }).write(to('Kiel'));
    expect(slow.inputs).toHaveLength(2);
    expect(world.logged.map(({ code }) => code)).not.toContain('WRITES_UNORDERED');
  });

  it.each([
    ['a context without a key', {}, {}, 'there is neither `key` nor a `targetingKey`'],
    ['a `key` that throws', { key: thrown }, ANN, 'users: `key` threw: Error: down'],
    ['an asynchronous `key`', { key: down as never }, ANN, 'users: `key` has to answer a text or a number'],
    ['a `key` that names no row', { key: () => ({}) as never }, ANN, 'users: `key` has to answer a text or a number'],
  ])('%s: the log says that a late write may overtake', async (_, more, context, detail) => {
    const { open, world } = dualWrite();
    const late = open(more, context).write(to('Bonn'));
    await world.passSlowly(1_000);
    await late;
    expect(world.logged).toContainEqual({
      code: 'WRITES_UNORDERED',
      detail: expect.stringContaining(detail),
    });
  });

  it('what waits has its time as well, is told of, and may still happen', async () => {
    const { open, world, slow, between } = dualWrite();
    const late = open(byUser).write(to('Bonn'));
    await world.passSlowly(1_000);
    await late;
    await open(byUser).write(to('Kiel'));
    await world.passSlowly(1_000);
    expect(between.told).toEqual(['ann in Bonn: late', 'ann in Kiel: late']);
    expect(between.onDiverged.mock.calls[1]?.[0].error.message).toBe(
      'The write has not begun in 1000 ms, because an earlier one has not ended: it may still happen.',
    );
    slow.end(0);
    await settled();
    expect(slow.inputs[1]).toEqual(to('Kiel'));
  });

  it('no more than a thousand wait; each of the others is told of at once, and not tried', async () => {
    const { open, world, slow, between } = dualWrite();
    const late = open(byUser).write(to('Bonn'));
    await world.passSlowly(1_000);
    await late;
    for (let more = 0; more < 1_001; more++) await open(byUser).write(to(`Kiel ${more}`));
    await settled();
    expect(between.told).toEqual(['ann in Bonn: late', 'ann in Kiel 1000: dropped']);
    slow.end(0);
    await settled();
    expect(slow.inputs).toHaveLength(2);
  });

  it('nor do more wait than 16 MiB', async () => {
    const { open, world, between } = dualWrite();
    const late = open(byUser).write(to('Bonn'));
    await world.passSlowly(1_000);
    await late;
    const long = 'x'.repeat(500_000);
    for (let more = 0; more < 17; more++) await open(byUser).write(to(long));
    await settled();
    expect(between.onDiverged.mock.calls.map(([{ reason }]) => reason)).toEqual(['late', 'dropped']);
  });

  it('a thousand that waited for one are written in their order when it ends', async () => {
    const between = new TwoStores('dual-write');
    const first = new Puppet<Move>();
    const written: string[] = [];
    const write = {
      ...between.options.write,
      new: (run: Parameters<typeof first.run>[0]) => {
        if (run.input.city === 'Bonn') return first.run(run);
        written.push(run.input.city);
        return 'new';
      },
    };
    const open = () => between.open({ write, ...byUser });
    const late = open().write(to('Bonn'));
    await between.stage.world.passSlowly(1_000);
    await late;
    const cities = Array.from({ length: 1_000 }, (_, city) => `${city}`);
    for (const city of cities) await open().write(to(city));
    first.end(0);
    await settled();
    await settled();
    expect(written).toEqual(cities);
  });
});

describe('what both sides are given', () => {
  it('is what was given to write, whatever the first side, the caller or the other side does with it', async () => {
    const between = new TwoStores('dual-write');
    const seen: unknown[] = [];
    const users = between.open({
      write: {
        old: async ({ input }) => {
          (input as { city: string }).city = 'changed by the old side';
          return 'old';
        },
        new: async ({ input }) => {
          seen.push({ ...input });
          (input as { city: string }).city = 'changed by the new side';
          throw new Error('down');
        },
      },
    });
    const input = to('Bonn');
    const written = users.write(input);
    (input as { city: string }).city = 'changed by the caller';
    await written;
    expect(seen).toEqual([to('Bonn')]);
    expect(between.told).toEqual(['ann in Bonn: failed']);
  });

  it('what cannot be copied goes to both as it is, and the log says so once', async () => {
    const between = new TwoStores('dual-write');
    const input = Object.assign(to('Bonn'), { body: new ReadableStream() });
    const seen: unknown[] = [];
    const write = { ...between.options.write, new: ({ input: given }: { input: Move }) => `${seen.push(given)}` };
    for (let time = 0; time < 2; time++) await between.open({ write }).write(input);
    expect(seen).toEqual([input, input]);
    expect(seen[0]).toBe(input);
    expect(between.stage.world.logged.filter(({ code }) => code === 'INPUT_SHARED')).toHaveLength(1);
  });
});
