import { describe, expect, it } from 'vitest';
import type { Rule, Serve } from '../src/api/targeting.ts';
import { overlapNote } from '../src/pages/flag/rules/overlap-note.ts';

const SEED = 'the-flags-seed';
const half = (parts = 50_000, seed?: string): Serve => ({
  slices: [{ variation: 'on', parts }],
  ...(seed !== undefined && { seed }),
});
const rule = (id: string, serve: Serve): Rule => ({ id, when: [], serve });
const note = (rules: readonly Rule[], fallthrough: Serve, index: number, saved = rules) =>
  overlapNote(SEED, { rules, fallthrough }, { rules: saved, fallthrough }, index);

describe('A share that is not what its percentage says', () => {
  it('is a second one of the same seed: it serves nobody, or what is beyond the first', () => {
    const rules = [rule('a', half()), rule('b', half())];
    expect(note(rules, { variation: 'off' }, 1)).toBe(
      'Chooses the same people as Rule 1: of those who meet both, it serves 0 %, not 50 %.',
    );
    expect(note([rule('a', half(20_000)), rule('b', half())], { variation: 'off' }, 1)).toContain('30 %, not 50 %');
  });

  it('is the default rule’s too, behind a rule that has no seed of its own', () => {
    expect(note([rule('a', half(20_000))], half(20_000), 1)).toContain('it serves 0 %, not 20 %');
  });

  it('is none of another seed or attribute, or where all get one variation', () => {
    expect(note([rule('a', half()), rule('b', half(50_000, 'own'))], { variation: 'off' }, 1)).toBeNull();
    expect(note([rule('a', { ...half(), by: 'company' }), rule('b', half())], { variation: 'off' }, 1)).toBeNull();
    expect(note([rule('a', half()), rule('b', { variation: 'on' })], { variation: 'off' }, 1)).toBeNull();
  });

  it('is none that is new, because it gets a seed when it is saved, unless it names one', () => {
    const saved = [rule('a', half())];
    expect(note([...saved, rule('b', half())], { variation: 'off' }, 1, saved)).toBeNull();
    expect(note([...saved, rule('b', half(50_000, SEED))], { variation: 'off' }, 1, saved)).toContain('serves 0 %');
  });
});
