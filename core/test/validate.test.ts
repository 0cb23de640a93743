import type { Condition } from '@dimmer/core';
import { validateConditions, validateRules } from '@dimmer/core/validate';
import { describe, expect, test } from 'vitest';

const serve = { variation: 'on' };

function problemsOf(condition: Partial<Condition>): string[] {
  const whole = { attribute: 'a', operator: 'in', values: ['x'], ...condition } as Condition;
  return validateConditions([whole]).map(({ code, severity, path }) => `${severity} ${code} ${path}`);
}

describe('the values of a condition', () => {
  test.each<[string, Partial<Condition>]>([
    ['texts, numbers and booleans', { operator: 'in', values: ['x', 5, true] }],
    ['numbers, also as text', { operator: 'gte', values: [5, '5.5', '-1'] }],
    ['dates with a zone, and milliseconds', { operator: 'after', values: ['2026-03-01T09:00:00+01:00', 0] }],
    ['versions', { operator: 'semverGte', values: ['2', 'v1.2.3-rc.1+x'] }],
    ['ranges', { operator: 'cidr', values: ['10.0.0.0/8', '2001:db8::/32', '::1'] }],
    [
      'divisions',
      {
        operator: 'modulo',
        values: [
          [2, 0],
          [100, 99],
        ],
      },
    ],
    ['patterns as text', { operator: 'matches', values: ['^a+$'] }],
    ['segments, without an attribute', { operator: 'inSegment', values: ['testers'], attribute: undefined as never }],
    ['nothing, for presence', { operator: 'exists', values: [] }],
  ])('may be %s', (_, condition) => {
    expect(problemsOf(condition)).toEqual([]);
  });

  test.each<[string, Partial<Condition>, string]>([
    ['an object among texts', { values: ['x', {}] }, 'error VALUE_INVALID when[0].values[1]'],
    [
      'a number where a text is asked for',
      { operator: 'contains', values: [5] },
      'error VALUE_INVALID when[0].values[0]',
    ],
    ['no number', { operator: 'lt', values: ['ten'] }, 'error VALUE_INVALID when[0].values[0]'],
    [
      'a date without a zone',
      { operator: 'before', values: ['2026-03-01T09:00:00'] },
      'error VALUE_INVALID when[0].values[0]',
    ],
    [
      'a day that there is not',
      { operator: 'before', values: ['2026-02-30T09:00:00Z'] },
      'error VALUE_INVALID when[0].values[0]',
    ],
    ['no version', { operator: 'semverEq', values: ['1.2.3.4'] }, 'error VALUE_INVALID when[0].values[0]'],
    ['no range', { operator: 'cidr', values: ['10.0.0.0/33'] }, 'error VALUE_INVALID when[0].values[0]'],
    ['a remainder that cannot be', { operator: 'modulo', values: [[3, 3]] }, 'error VALUE_INVALID when[0].values[0]'],
    ['a pattern that is none', { operator: 'matches', values: ['(a'] }, 'error PATTERN_INVALID when[0].values[0]'],
    [
      'a pattern that needs to look ahead',
      { operator: 'matches', values: ['a(?=b)'] },
      'error PATTERN_INVALID when[0].values[0]',
    ],
    ['an operator that there is not', { operator: 'soundsLike' as never }, 'error OPERATOR_UNKNOWN when[0].operator'],
    ['no attribute', { attribute: '' }, 'error ATTRIBUTE_MISSING when[0].attribute'],
    ['an attribute beside a segment', { operator: 'inSegment' }, 'warning ATTRIBUTE_UNUSED when[0].attribute'],
    ['no value at all', { values: [] }, 'warning VALUES_EMPTY when[0].values'],
    ['values for presence', { operator: 'exists' }, 'warning VALUES_UNUSED when[0].values'],
    [
      'letter case of numbers',
      { operator: 'lt', values: [5], ignoreCase: true },
      'warning IGNORE_CASE_UNUSED when[0].ignoreCase',
    ],
  ])('%s is a problem, with its path', (_, condition, problem) => {
    expect(problemsOf(condition)).toEqual([problem]);
  });

  test('that are wrong come with a fix', () => {
    const [problem] = validateConditions(
      [{ attribute: 'a', operator: 'cidr', values: ['localhost'] }],
      'rules[3].when',
    );
    expect(problem).toEqual({
      code: 'VALUE_INVALID',
      severity: 'error',
      path: 'rules[3].when[0].values[0]',
      message: '"localhost" is not a value that "cidr" can be asked about.',
      fix: 'Write "10.0.0.0/8" or "2001:db8::/32".',
    });
  });
});

describe('rules', () => {
  test('that nobody gets to are warned about', () => {
    const rules = [
      { when: [], serve: { slices: [{ variation: 'on', parts: 100_000 }] } },
      { when: [], serve },
      { when: [], serve },
    ];
    expect(validateRules(rules).map(({ code, path }) => `${code} ${path}`)).toEqual(['RULE_UNREACHABLE rules[2]']);
  });

  test('that contradict themselves are warned about', () => {
    const exists = { attribute: 'a', operator: 'exists', values: [] } as const;
    const problems = validateRules([{ when: [exists, { ...exists, not: true }], serve }]);
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual(['RULE_NEVER_MATCHES rules[0].when']);
  });
});
