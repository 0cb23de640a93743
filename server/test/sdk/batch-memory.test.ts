import { describe, expect, it } from 'vitest';
import { BatchMemory } from '../../src/sdk/batch-memory.ts';

const DAY = 24 * 60 * 60_000;

describe('the memory of batches', () => {
  it('knows a batch again for a day', () => {
    let now = 0;
    const memory = new BatchMemory(() => now);
    expect(memory.isNew('a')).toBe(true);
    now = DAY - 1;
    expect(memory.isNew('a')).toBe(false);
    now = DAY;
    expect(memory.isNew('a')).toBe(true);
  });

  it('is bounded: the oldest make room', () => {
    const memory = new BatchMemory(() => 0, 3);
    for (const batch of ['a', 'b', 'c', 'd']) memory.isNew(batch);
    expect(['b', 'c', 'd'].map((batch) => memory.isNew(batch))).toEqual([false, false, false]);
    expect(memory.isNew('a')).toBe(true);
  });
});
