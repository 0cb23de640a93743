import { BACKFILL_DONE, type BackfillOptions, backfill } from '@dimmer/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const ROWS = Array.from({ length: 25 }, (_, row) => row);

/** A table of 25 rows in batches of 10, and another that receives them. */
function tables(options: Partial<BackfillOptions<number>> = {}) {
  const copied = new Set<number>();
  let saved: string | null | undefined;
  return {
    copied,
    saved: () => saved,
    forget: () => {
      saved = undefined;
    },
    run: (more: Partial<BackfillOptions<number>> = {}) => quickly(start(more)),
    start,
  };

  function start(more: Partial<BackfillOptions<number>> = {}) {
    return backfill<number>({
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
    });
  }
}

/** Lets the pauses pass that it makes. */
async function quickly<Result>(running: Promise<Result>): Promise<Result> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  running.then(over, over);
  while (!isOver) {
    await vi.advanceTimersByTimeAsync(50);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return running;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

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

  it('goes past what fails for good, and lists it', async () => {
    const { run } = tables();
    const end = await run({
      maxInFlight: 4,
      write(row) {
        if (row % 10 === 3) throw new Error(`not a row: ${row}`);
        return true;
      },
      onFailure: () => 'skip',
    });
    expect(end.failures.map(({ item, error }) => `${item}: ${(error as Error).message}`).sort()).toEqual([
      '13: not a row: 13',
      '23: not a row: 23',
      '3: not a row: 3',
    ]);
  });

  it('tries to read, and to remember how far it is, again', async () => {
    const { run, saved } = tables();
    const failures = { read: 2, load: 3, save: 1 };
    const fail = (what: keyof typeof failures) => {
      if (failures[what]-- > 0) throw new Error(`cannot ${what}`);
    };
    let kept: string | undefined;
    const end = await run({
      read(cursor) {
        fail('read');
        const from = Number(cursor ?? 0);
        return { items: ROWS.slice(from, from + 10), next: from + 10 < ROWS.length ? String(from + 10) : null };
      },
      loadCursor: () => fail('load') as undefined,
      saveCursor(cursor) {
        fail('save');
        kept = cursor;
      },
    });
    expect([end.done, end.written, kept, saved()]).toEqual([true, 25, BACKFILL_DONE, undefined]);
  });

  it('stops if reading fails for good', async () => {
    const read = vi.fn(() => {
      throw new Error('no such table');
    });
    await expect(tables().run({ read })).rejects.toThrow('no such table');
    expect(read).toHaveBeenCalledTimes(4);
  });

  it('knows that it is done, until somebody has it forget that', async () => {
    const { run, saved, forget } = tables();
    await run();
    expect(saved()).toBe(BACKFILL_DONE);
    const read = vi.fn();
    expect(await run({ read })).toMatchObject({ done: true, cursor: null, written: 0 });
    expect(read).not.toHaveBeenCalled();
    forget();
    expect(await run()).toMatchObject({ done: true, skipped: 25 });
  });

  it('writes several at once if it may, and no more', async () => {
    let [now, most] = [0, 0];
    const { run } = tables();
    const end = await run({
      maxInFlight: 3,
      async write() {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setImmediate(resolve));
        now--;
        return true;
      },
    });
    expect([end.written, most]).toEqual([25, 3]);
  });

  it('ends what it has begun when one of several fails for good', async () => {
    const { run, copied } = tables();
    const broken = async (row: number) => {
      if (row === 3) throw new Error('not a row');
      await new Promise((resolve) => setImmediate(resolve));
      copied.add(row);
      return true;
    };
    await expect(run({ write: broken, maxInFlight: 4 })).rejects.toThrow('not a row');
    expect([0, 1, 2].every((row) => copied.has(row))).toBe(true);
    expect(await run()).toMatchObject({ done: true });
    expect(copied.size).toBe(25);
  });

  const never = () => new Promise<never>(() => {});
  it.each([
    ['a write that hangs', { write: never }],
    ['a read that hangs', { read: never }],
    ['a cursor that is not found', { loadCursor: never }],
    ['its brake', { isHeld: () => true }],
    ['its pace', { perSecond: 0.000_001 }],
    ['another try', { read: () => Promise.reject(new Error('down')) }],
  ])('stops at once when it waits for %s', async (_, hindrance) => {
    const abort = new AbortController();
    const ended = tables().start({ ...hindrance, signal: abort.signal });
    setImmediate(() => abort.abort());
    expect((await ended).done).toBe(false);
  });

  it('hands its signal on', async () => {
    const abort = new AbortController();
    const seen = new Set<unknown>();
    await tables().run({
      signal: abort.signal,
      read(_, signal) {
        seen.add(signal);
        return { items: [1], next: null };
      },
      write: (_, signal) => seen.add(signal) && true,
    });
    expect([...seen]).toEqual([abort.signal]);
  });

  it('keeps its pace, and waits while it is held', async () => {
    const { start, copied } = tables({ perSecond: 10 });
    let isHeld = true;
    const ended = start({ isHeld: () => isHeld });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(copied.size).toBe(0);
    isHeld = false;
    await vi.advanceTimersByTimeAsync(1_500);
    expect(copied.size).toBeGreaterThanOrEqual(8);
    expect(copied.size).toBeLessThanOrEqual(12);
    await vi.advanceTimersByTimeAsync(3_000);
    await expect(ended).resolves.toMatchObject({ done: true });
  });

  it('refuses a pace that is none, and says what it takes', async () => {
    await expect(tables().run({ perSecond: 0 })).rejects.toThrow('perSecond is 0; it takes a number of items above 0.');
    await expect(tables().run({ maxInFlight: 0 })).rejects.toThrow(
      'maxInFlight is 0; it takes a number of items, at least 1.',
    );
  });
});
