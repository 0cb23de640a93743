import { describe, expect, it } from 'vitest';
import { fieldText, instantIn, requestTitle } from '../src/pages/change-requests/request-words.ts';

describe('A change request', () => {
  it('says what it is about', () => {
    expect(requestTitle({ title: 'flag.rollout new-checkout', environment: 'production' })).toBe(
      'new-checkout in production: rollout',
    );
    expect(requestTitle({ title: 'segment.update testers', environment: null })).toBe('testers: segment');
    expect(requestTitle({ title: 'gate.open a b', environment: null })).toBe('a b: open');
  });

  it('is applied at a time in the zone of the reader', () => {
    const at = Date.UTC(2026, 10, 21, 9, 30);
    expect(instantIn(fieldText(at))).toBe(at);
    expect(instantIn('')).toBeNull();
  });
});
