import { describe, expect, it } from 'vitest';
import type { Segment } from '../src/api/segments.ts';
import { audienceSentence, changesIn, draftOf, keysIn, sizeSentence } from '../src/pages/segments/segment-draft.ts';

const TESTERS: Segment = {
  project: 'shop',
  key: 'testers',
  name: 'Testers',
  description: '',
  included: ['ann', 'bob'],
  excluded: [],
  archived: false,
  rules: [{ when: [{ attribute: 'country', operator: 'in', values: ['DE', 'AT'] }] }],
  version: 3,
  revision: 9,
};

describe('A segment that is being edited', () => {
  it('has nothing to save until something differs', () => {
    const draft = draftOf(TESTERS);
    expect(changesIn(draft, TESTERS)).toEqual({});
    expect(changesIn({ ...draft, included: ' ann \n\nbob\nann' }, TESTERS)).toEqual({});
    expect(changesIn({ ...draft, included: 'ann\ncarl', name: 'Friends' }, TESTERS)).toEqual({
      name: 'Friends',
      included: ['ann', 'carl'],
    });
  });

  it('takes keys a line each, as they are pasted', () => {
    expect(keysIn('a\r\n  b, c \n\n a')).toEqual(['a', 'b, c']);
  });

  it('says in a list how many it is about', () => {
    expect(sizeSentence({ included: 0, excluded: 2, rules: 0 })).toBe('No members yet');
    expect(sizeSentence({ included: 3, excluded: 2, rules: 1 })).toBe(
      '3 by key, and whoever its rule is about, but not 2 by key',
    );
  });

  it('says who it is', () => {
    expect(audienceSentence(TESTERS)).toBe('2 by key, or whoever has country is one of DE, AT');
    expect(audienceSentence({ included: [], rules: [], excluded: ['eve'] })).toBe('No members yet');
    expect(audienceSentence({ included: [], rules: [{ when: [] }], excluded: ['eve'] })).toBe(
      'Everybody, but not 1 by key',
    );
  });
});
