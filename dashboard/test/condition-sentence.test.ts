import { describe, expect, it } from 'vitest';
import { conditionSentence, conditionsSentence } from '../src/sentences/condition-sentence.ts';

describe('a condition in words', () => {
  it.each([
    [{ attribute: 'country', operator: 'in', values: ['DE'] }, 'country is DE'],
    [{ attribute: 'country', operator: 'in', values: ['DE', 'AT'] }, 'country is one of DE, AT'],
    [{ attribute: 'country', operator: 'in', values: ['DE', 'AT'], not: true }, 'country is none of DE, AT'],
    [{ attribute: 'country', operator: 'in', values: ['DE'], not: true }, 'country is not DE'],
    [
      { attribute: 'email', operator: 'endsWith', values: ['@a.example', '@b.example'] },
      'email ends with @a.example or @b.example',
    ],
    [{ attribute: 'age', operator: 'gte', values: [18] }, 'age is at least 18'],
    [{ attribute: 'app', operator: 'semverLt', values: ['2.0.0'] }, 'app is older than version 2.0.0'],
    [{ attribute: 'app', operator: 'semverGte', values: ['2.0.0'], not: true }, 'app is older than version 2.0.0'],
    [
      { attribute: '$now', operator: 'after', values: ['2026-01-01T00:00:00Z'] },
      'the time is after 2026-01-01T00:00:00Z',
    ],
    [{ attribute: 'plan', operator: 'exists', values: [] }, 'plan exists'],
    [{ attribute: 'plan', operator: 'exists', values: [], not: true }, 'plan does not exist'],
    [{ attribute: '', operator: 'startsWith', values: ['a'] }, '… starts with a'],
    [{ operator: 'inSegment', values: ['testers'] }, 'someone is in the segment testers'],
    [{ operator: 'inSegment', values: ['a', 'b'], not: true }, 'someone is not in one of the segments a, b'],
    [{ attribute: 'id', operator: 'modulo', values: [[10, 3]] }, 'id leaves 3 when divided by 10'],
    [{ attribute: 'ip', operator: 'cidr', values: ['10.0.0.0/8'] }, 'ip is in 10.0.0.0/8'],
    [
      { attribute: 'name', operator: 'contains', values: ['Ann'], ignoreCase: true },
      'name contains Ann (ignoring case)',
    ],
  ])('%j', (condition, sentence) => {
    expect(conditionSentence(condition)).toBe(sentence);
  });

  it('tells a number from a text that looks like one, and shows where a text begins and ends', () => {
    const values = [1, '1', true, 'true', '', ' a', 'a, b'];
    expect(conditionSentence({ attribute: 'x', operator: 'in', values })).toBe(
      'x is one of 1, "1", true, "true", "", " a", "a, b"',
    );
  });

  it('says an operator of a newer server as it is written', () => {
    expect(conditionSentence({ attribute: 'x', operator: 'nearTo', values: [5] })).toBe('x nearTo 5');
  });

  it('names the first of a long list and counts the rest', () => {
    const values = Array.from({ length: 1_000 }, (_, index) => `user-${index}`);
    expect(conditionSentence({ attribute: 'id', operator: 'in', values })).toMatch(/user-11 and 988 more$/);
  });

  it('puts a placeholder of its own into a value unharmed', () => {
    expect(conditionSentence({ attribute: 'x', operator: 'contains', values: ["$& $'"] })).toBe("x contains $& $'");
  });

  it('shows no mark that turns the direction of what follows', () => {
    expect(conditionSentence({ attribute: 'x\u202e', operator: 'in', values: ['\u202eexe'] })).not.toContain('\u202e');
  });

  it('joins the conditions of a rule; none means everybody', () => {
    expect(conditionsSentence([])).toBe('everybody');
    expect(
      conditionsSentence([
        { attribute: 'a', operator: 'in', values: ['x'] },
        { operator: 'inSegment', values: ['b'] },
      ]),
    ).toBe('a is x, and someone is in the segment b');
  });
});
