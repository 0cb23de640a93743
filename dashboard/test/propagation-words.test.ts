import { describe, expect, it } from 'vitest';
import { delaySentence, isOverdue, overdueSentence } from '../src/propagation/propagation-words.ts';

const took = (count: number, applied = count) =>
  delaySentence({ applied, delayMs: { count, p50: 12, p99: 41, max: 44 } });
const straggler = (failure: string | null = null) => ({
  instance: 'shop-2',
  application: 'shop',
  sdk: 'node/0.1.0',
  appliedId: '30.0123456789ab',
  via: '',
  failure,
});

describe('How long a change took to arrive', () => {
  it('is said of one and of few without quantiles', () => {
    expect(took(1)).toBe('It took 44 ms.');
    expect(took(1, 3)).toBe('One of them took 44 ms.');
    expect(took(5)).toBe('The slowest of them took 44 ms.');
    expect(took(5, 8)).toBe('The slowest of 5 took 44 ms.');
    expect(delaySentence({ applied: 3, delayMs: null })).toBe('');
  });

  it('is said of many by quantiles', () => {
    expect(took(200)).toBe('Half of them within 12 ms, 99 of 100 within 41 ms, the last after 44 ms.');
  });
});

describe('Those who have not confirmed a change', () => {
  const waiting = { complete: false, pending: 1, ageMs: 40_000, stragglers: [straggler()] };

  it('are waited for without a word as long as the line may be slow', () => {
    expect(isOverdue({ ...waiting, ageMs: 9_000 })).toBe(false);
    expect(isOverdue({ complete: false, pending: 1, stragglers: [straggler()] })).toBe(false);
  });

  it('are then said to be silent since when, with what to do, and no more than is known', () => {
    expect(isOverdue(waiting)).toBe(true);
    expect(overdueSentence(waiting)).toBe(
      'It is connected and has not confirmed this for 40 s. As far as it has said, it still serves the old rules: restart it.',
    );
    expect(overdueSentence({ ...waiting, pending: 2 })).toContain('They are connected and have not confirmed this');
  });

  it('are not to be restarted if they have said why they cannot take it', () => {
    expect(isOverdue({ ...waiting, stragglers: [straggler('too large')] })).toBe(false);
    expect(isOverdue({ ...waiting, stragglers: [{ ...straggler(), polls: true }] })).toBe(false);
  });
});
