/** How much time copies may take of whoever waits. */
import { describe, expect, it } from 'vitest';
import { copyOrShare } from '../../src/launch/copies.ts';
import { newCopying } from '../../src/launch/copying.ts';

const rows = (count: number) => Array.from({ length: count }, (_, id) => ({ id, name: 'a' }));

describe('what is to be written at two sides', () => {
  /** A clock that goes on by so much each time that it is looked at. */
  function slow(stepMs: number) {
    let [ms, looks] = [0, 0];
    const copying = newCopying(() => {
      looks++;
      return (ms += stepMs);
    }, 10);
    return { copying, looks: () => looks };
  }

  it('is copied for the second in a bounded time, and handed to both beyond it, which is said', () => {
    const { copying } = slow(3);
    const input = rows(2_000);
    const { value, isShared } = copyOrShare(copying, input, {});
    expect(value).toBe(input);
    expect(isShared).toMatch(/takes longer to copy than a caller may wait/);
  });

  it('is not paid for again and again: for twenty calls it is not tried', () => {
    const { copying, looks } = slow(3);
    const input = rows(2_000);
    copyOrShare(copying, input, {});
    const before = looks();
    for (let call = 0; call < 20; call++) expect(copyOrShare(copying, input, {}).isShared).toBeDefined();
    expect(looks()).toBe(before);
    copyOrShare(copying, input, {});
    expect(looks()).toBeGreaterThan(before);
  });

  it('is a copy of its own where there is time for it', () => {
    const { copying } = slow(0);
    const input = rows(2_000);
    const { value, isShared } = copyOrShare(copying, input, {});
    expect(value).toEqual(input);
    expect(value).not.toBe(input);
    expect(isShared).toBeUndefined();
  });
});
