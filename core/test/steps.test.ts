/** What an evaluation and the patterns of a flag may cost; `test/vectors/decisions/steps.json` has where the limit lies. */
import { type Condition, type Diagnostic, evaluate, Ruleset, type RulesetFlag } from '@dimmer/core';
import { explain } from '@dimmer/core/explain';
import { exportFlagd } from '@dimmer/core/flagd';
import { compilePattern } from '@dimmer/core/pattern';
import { SPEED } from '@dimmer/core/speed';
import { describe, expect, test } from 'vitest';
import { booleanFlag, snapshot } from './rulesets.ts';

const COSTLY = compilePattern('a{998}b');
const LONG = 'a'.repeat(60_000);

function matches(attribute: string, count = 1, not = false): Condition {
  return { attribute, operator: 'matches', values: Array.from({ length: count }, () => COSTLY), not };
}

function flagOf(...rules: readonly (readonly Condition[])[]): RulesetFlag {
  return booleanFlag({ rules: rules.map((when, i) => ({ id: `r${i}`, when, serve: { variation: 'on' } })) });
}

function rulesetOf(flags: { readonly [key: string]: RulesetFlag }, speed?: typeof SPEED) {
  const told: Diagnostic[] = [];
  const ruleset = new Ruleset({ onDiagnostic: (diagnostic) => told.push(diagnostic), speed });
  ruleset.replace(snapshot(flags));
  return { ruleset, told };
}

const PRO: Condition = { attribute: 'plan', operator: 'in', values: ['pro'] };

describe('a condition for which the steps do not suffice', () => {
  test('does not match, negated or not, and it is said once for each condition', () => {
    const { ruleset, told } = rulesetOf({ f: flagOf([matches('a')], [matches('a', 1, true)]) });
    for (let round = 0; round < 3; round++) {
      expect(evaluate(ruleset, 'f', true, { a: LONG })).toMatchObject({ value: false, reason: 'DEFAULT' });
    }
    expect(told).toMatchObject([{ code: 'STEPS_EXCEEDED', key: 'f' }]);
  });

  test('does so with and without what makes deciding faster, whatever an index spares', () => {
    const country = (name: string): Condition => ({ attribute: 'country', operator: 'in', values: [name] });
    const flag = flagOf(
      [country('de'), matches('a', 1, true)],
      [country('fr'), matches('a', 1, true)],
      [country('de'), matches('b', 1, true)],
      [country('de'), PRO],
    );
    const [slow, fast] = [rulesetOf({ f: flag }), rulesetOf({ f: flag }, SPEED)];
    for (let length = 425; length < 465; length++) {
      for (const country of ['de', 'fr', 'it']) {
        const context = { country, a: 'a'.repeat(length), b: 'a'.repeat(465 - length), plan: 'pro' };
        expect(evaluate(fast.ruleset, 'f', true, context)).toEqual(evaluate(slow.ruleset, 'f', true, context));
      }
    }
  });

  test('leaves the next evaluation all its steps', () => {
    const { ruleset } = rulesetOf({ f: flagOf([matches('a', 1, true)]) });
    evaluate(ruleset, 'f', true, { a: LONG });
    expect(evaluate(ruleset, 'f', false, { a: 'short' }).value).toBe(true);
  });

  test('is explained as such', () => {
    const { ruleset } = rulesetOf({ f: flagOf([matches('a', 1, true)], [PRO]) });
    const { rules, decidedBy } = explain(ruleset, 'f', { a: LONG, plan: 'pro' });
    expect(decidedBy).toBe('rule');
    expect(rules[0]?.conditions).toMatchObject([{ matches: false, isKnown: true, unknown: 'STEPS_EXCEEDED' }]);
    expect(rules[1]?.conditions).toMatchObject([{ matches: true, unknown: undefined }]);
  });
});

describe('a rule whose patterns go beyond what a flag may have', () => {
  test('never matches, and the others go on', () => {
    const { ruleset, told } = rulesetOf({ f: flagOf([matches('a', 10)], [matches('a', 11, true)], [PRO]) });
    expect(evaluate(ruleset, 'f', true, { a: 'x' }).value).toBe(false);
    expect(evaluate(ruleset, 'f', false, { a: 'x', plan: 'pro' })).toMatchObject({ value: true, ruleId: 'r2' });
    expect(told).toMatchObject([{ code: 'PATTERNS_TOO_LARGE', key: 'f' }]);
  });

  test('a class of many ranges counts for all of them', () => {
    const points = Array.from({ length: 20_001 }, (_, i) => [2 * i, 2 * i]).flat();
    const wide: Condition = { attribute: 'a', operator: 'matches', values: [[points]] };
    const { ruleset, told } = rulesetOf({ f: flagOf([wide]) });
    expect(evaluate(ruleset, 'f', true, { a: '\u0002' }).value).toBe(false);
    expect(told).toMatchObject([{ code: 'PATTERNS_TOO_LARGE' }]);
  });

  test('a program of too many instructions, or none, is a condition that is not understood', () => {
    const broken = [[...COSTLY, [97, 97], [97, 97]], [5], [[98, 97]], ['x'], [1.5]];
    for (const program of broken) {
      const negated: Condition = { attribute: 'a', operator: 'matches', values: [program as never], not: true };
      const { ruleset, told } = rulesetOf({ f: flagOf([negated]) });
      expect(evaluate(ruleset, 'f', true, { a: 'x' }).value).toBe(false);
      expect(told).toMatchObject([{ code: 'CONDITION_UNKNOWN' }]);
    }
  });
});

test('an export to flagd gives up a flag whose segments would be written out without end', () => {
  const segment = { rules: Array.from({ length: 100 }, () => ({ when: [{ ...PRO, values: Array(100).fill('x') }] })) };
  const asked: Condition = { operator: 'inSegment', values: Array.from({ length: 1_000 }, () => 's') };
  const flags = { f: flagOf([asked]), plain: booleanFlag() };
  const { flags: exported, unsupported } = exportFlagd(snapshot(flags, { s: segment }));
  expect(Object.keys(exported)).toEqual(['plain']);
  expect(unsupported).toEqual([{ flag: 'f', why: 'too large to write out' }]);
});
