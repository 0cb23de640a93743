import { describe, expect, it, vi } from 'vitest';
import { type BackfillOptions, backfill } from '../src/backfill.ts';

const ROWS = Array.from({ length: 25 }, (_, row) => row);

/** A table of 25 rows in batches of 10, and another that receives them. */
function tables(options: Partial<BackfillOptions<number>> = {}) {
  const copied = new Set<number>();
  let saved: string | null | undefined;
  return {
    copied,
    run: (more: Partial<BackfillOptions<number>> = {}) =>
      backfill<number>({
        read(cursor) {
          const from = Number(cursor ?? 0);
          const items = ROWS.slice(from, from + 10);
          return { items, next: from + 10 < ROWS.length ? String(from + 10) : null };
        },
        write(row) {
          const isNew = !copied.has(row);
          copied.add(row);
          return isNew;
        },
        loadCursor: () => saved,
        saveCursor: (cursor) => {
          saved = cursor;
        },
        perSecond: 100_000,
        ...options,
        ...more,
      }),
  };
}

describe('a backfill', () => {
  it('copies everything once, and says how far it is after each batch', async () => {
    const cursors: (string | null)[] = [];
    const { run, copied } = tables();
    const end = await run({ onProgress: ({ cursor }) => cursors.push(cursor) });
    expect(end).toMatchObject({ done: true, cursor: null, written: 25, skipped: 0, failed: 0 });
    expect([...copied]).toEqual(ROWS);
    expect(cursors).toEqual(['10', '20', null]);
  });

  it('goes on where it was cut short, and passes over what is there', async () => {
    const { run, copied } = tables();
    const abort = new AbortController();
    const cut = await run({
      signal: abort.signal,
      write(row) {
        copied.add(row);
        if (row === 14) abort.abort();
        return true;
      },
    });
    expect(cut).toMatchObject({ done: false, cursor: '10', written: 15 });
    expect(await run()).toMatchObject({ done: true, written: 10, skipped: 5 });
    expect(copied.size).toBe(25);
  });

  it('tries again what fails for a moment', async () => {
    let failures = 2;
    const { run } = tables();
    const end = await run({
      write(row) {
        if (row === 3 && failures-- > 0) throw new Error('locked');
        return true;
      },
    });
    expect(end).toMatchObject({ done: true, written: 25 });
  });

  it('stops at what fails for good, and leaves no gap behind', async () => {
    const { run, copied } = tables();
    const broken = (row: number) => {
      if (row === 13) throw new Error('not a row');
      copied.add(row);
      return true;
    };
    await expect(run({ write: broken })).rejects.toThrow('not a row');
    expect(await run()).toMatchObject({ done: true, written: 12, skipped: 3 });
    expect(copied.size).toBe(25);
  });

  it('goes past what fails for good if it is told to', async () => {
    const { run } = tables();
    const end = await run({
      write(row) {
        if (row === 13) throw new Error('not a row');
        return true;
      },
      onFailure: () => 'skip',
    });
    expect(end).toMatchObject({ done: true, written: 24, failed: 1 });
  });

  it('keeps its pace, and waits while it is held', async () => {
    vi.useFakeTimers();
    try {
      const { run, copied } = tables({ perSecond: 10 });
      let isHeld = true;
      const ended = run({ isHeld: () => isHeld });
      await vi.advanceTimersByTimeAsync(2_000);
      expect(copied.size).toBe(0);
      isHeld = false;
      await vi.advanceTimersByTimeAsync(1_500);
      expect(copied.size).toBeGreaterThanOrEqual(8);
      expect(copied.size).toBeLessThanOrEqual(12);
      await vi.advanceTimersByTimeAsync(3_000);
      await expect(ended).resolves.toMatchObject({ done: true });
    } finally {
      vi.useRealTimers();
    }
  });

  it('refuses a pace that is none, and says what it takes', async () => {
    await expect(tables().run({ perSecond: 0 })).rejects.toThrow('perSecond is 0; it takes a number of items above 0.');
  });
});
