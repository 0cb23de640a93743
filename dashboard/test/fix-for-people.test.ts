import { describe, expect, it } from 'vitest';
import { fixForPeople } from '../src/sentences/fix-for-people.ts';

describe('what to do about an error', () => {
  it('is said to people, not to programs', () => {
    expect(fixForPeople('FLAG_KILLED', 'If that is over, restore it: POST /api/v1/projects/x')).toBe(
      'If that is over, restore it.',
    );
    for (const fix of [
      'Create it (POST /api/v1/projects/default/flags), or look for the right key there with GET',
      'Send the same with ?propose=true.',
      'Send e.g. {"percent": 10}.',
      'Behind a proxy, set DIMMER_PUBLIC_URL.',
    ]) {
      expect(fixForPeople('ANY', fix)).toBeUndefined();
    }
    expect(fixForPeople('SEGMENT_IN_USE', 'Take it out of those rules first.')).toBe(
      'Take it out of those rules first.',
    );
    expect(fixForPeople('constructor', undefined)).toBeUndefined();
  });
});
