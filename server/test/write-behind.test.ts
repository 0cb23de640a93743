/** Write-behind, by what reaches the store: whatever fails and whatever comes meanwhile. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { WriteBehind } from '../src/figures/write-behind.ts';

interface Sum {
  readonly name: string;
  readonly count: number;
}

const merge = (before: Sum, after: Sum): Sum => ({ ...after, count: before.count + after.count });

describe('write-behind', () => {
  it('writes each count once, or says that it found no room: whatever fails, and whatever comes while it is written', async () => {
    const act = fc.oneof(
      fc.record({ add: fc.constantFrom('a', 'b', 'c', 'd', 'e'), count: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ flush: fc.constant(true) }),
      fc.record({ fails: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), async (acts, mostRows) => {
        const written = new Map<string, number>();
        let [added, dropped, isBroken] = [0, 0, false];
        const flushes: Promise<void>[] = [];
        const behind = new WriteBehind<Sum>({
          withinMs: 60_000,
          rowsAtOnce: 2,
          mostRows,
          merge,
          write: async (rows) => {
            await Promise.resolve();
            if (isBroken) throw new Error('full');
            for (const { name, count } of rows) written.set(name, (written.get(name) ?? 0) + count);
          },
          dropped: ({ count }) => {
            dropped += count;
          },
        });
        for (const each of acts) {
          if ('add' in each) {
            added += each.count;
            if (!behind.add(each.add, { name: each.add, count: each.count })) dropped += each.count;
          } else if ('fails' in each) isBroken = each.fails;
          else flushes.push(behind.flush());
          // Writing goes on for a step between two acts.
          await Promise.resolve();
        }
        await Promise.all(flushes);
        isBroken = false;
        await behind.close();
        const sum = [...written.values()].reduce((all, count) => all + count, 0);
        expect(sum + dropped).toBe(added);
      }),
    );
  });

  it('keeps what cannot be written, says so once, and writes it with what came since', async () => {
    const write = vi.fn(async (_rows: readonly Sum[]) => {});
    const failed = vi.fn();
    const behind = new WriteBehind<Sum>({ withinMs: 60_000, rowsAtOnce: 10, mostRows: 10, merge, write, failed });
    write.mockRejectedValueOnce(new Error('full')).mockRejectedValueOnce(new Error('full'));
    behind.add('a', { name: 'a', count: 1 });
    await behind.flush();
    await behind.flush();
    expect(failed).toHaveBeenCalledOnce();
    behind.add('a', { name: 'a', count: 2 });
    expect(behind.get('a')?.count).toBe(3);
    await behind.close();
    expect(write.mock.lastCall?.[0]).toEqual([{ name: 'a', count: 3 }]);
    expect(behind.get('a')).toBeUndefined();
  });

  it('writes by itself a little after the first row, and again after a failure', async () => {
    vi.useFakeTimers();
    const write = vi.fn(async (_rows: readonly Sum[]) => {});
    const behind = new WriteBehind<Sum>({
      withinMs: 5_000,
      retryMs: 1_000,
      rowsAtOnce: 10,
      mostRows: 10,
      merge,
      write,
    });
    write.mockRejectedValueOnce(new Error('away'));
    behind.add('a', { name: 'a', count: 1 });
    await vi.advanceTimersByTimeAsync(4_999);
    expect(write).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(write).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(write).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(write).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
    await behind.close();
  });

  it('has less room for some than for others, writes in the order of names if asked, and takes nothing once closed', async () => {
    const write = vi.fn(async (_rows: readonly Sum[]) => {});
    const behind = new WriteBehind<Sum>({
      withinMs: 60_000,
      rowsAtOnce: 2,
      mostRows: 3,
      merge,
      isOrdered: true,
      write,
    });
    const row = (name: string) => ({ name, count: 1 });
    expect(behind.add('c', row('c'), 1)).toBe(true);
    expect(behind.add('b', row('b'), 1)).toBe(false);
    expect(behind.add('c', row('c'), 1)).toBe(true);
    for (const name of ['b', 'a']) expect(behind.add(name, row(name))).toBe(true);
    expect(behind.add('d', row('d'))).toBe(false);
    await behind.close();
    expect(write.mock.calls.map(([rows]) => rows.map(({ name }) => name))).toEqual([['a', 'b'], ['c']]);
    expect(behind.add('a', row('a'))).toBe(false);
  });
});
