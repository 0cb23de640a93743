import { describe, expect, it } from 'vitest';
import { kindOf, lookingAt } from '../src/conditions/condition-kind.ts';
import { similarName } from '../src/conditions/similar-name.ts';
import { endsValue, splitTyped } from '../src/conditions/typed-value.ts';

const plan = { attribute: 'plan', operator: 'in', values: ['pro'] };

describe('What a condition looks at', () => {
  it('is told by its operator and attribute', () => {
    expect(kindOf(plan)).toBe('attribute');
    expect(kindOf({ attribute: 'targetingKey', operator: 'startsWith' })).toBe('person');
    expect(kindOf({ operator: 'inSegment' })).toBe('segment');
  });

  it('can be changed to each other, keeping what can stand', () => {
    expect(lookingAt('segment', { ...plan, not: true })).toEqual({ operator: 'inSegment', values: [], not: true });
    expect(lookingAt('person', plan)).toEqual({ ...plan, attribute: 'targetingKey' });
    expect(lookingAt('attribute', { operator: 'inSegment', values: ['testers'] })).toEqual({
      attribute: '',
      operator: 'in',
      values: [],
    });
  });
});

describe('An attribute that no rule looks at yet', () => {
  const known = ['email', 'country', 'plan'];

  it('is asked about if it is nearly spelt like one', () => {
    expect(similarName('e-mail', known)).toBe('email');
    expect(similarName('Country', known)).toBe('country');
    expect(similarName('contry', known)).toBe('country');
  });

  it('is taken as it is if it is like none, known, or always there', () => {
    for (const name of ['', 'email', 'beta', 'targetingKey', '$now']) expect(similarName(name, known)).toBeNull();
  });
});

describe('Values that are typed or pasted', () => {
  it('are separated by commas, semicolons or lines; one in quotes keeps its commas', () => {
    expect(splitTyped('text', 'DE, AT;CH\nIT,')).toEqual(['DE', 'AT', 'CH', 'IT']);
    expect(splitTyped('text', '"Doe, Jane", "5"" pipe; blue"\nplain "quoted"')).toEqual([
      'Doe, Jane',
      '5" pipe; blue',
      'plain "quoted"',
    ]);
    expect(splitTyped('pattern', '^a{1,2}$\n"b"')).toEqual(['^a{1,2}$', '"b"']);
  });

  it('are not taken apart within quotes that are open, nor guessed', () => {
    expect(endsValue('DE,')).toBe(true);
    expect(endsValue('"Doe,')).toBe(false);
    expect(endsValue('"Doe, Jane",')).toBe(true);
    expect(splitTyped('text', 'a, "Doe, Jane')).toMatchObject({ problem: expect.stringContaining('Close the quotes') });
  });
});
