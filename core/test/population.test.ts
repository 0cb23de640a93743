import { evaluate, isEnabled, PARTS, Ruleset, type RulesetFlag, type Slice } from '@dimmer/core';
import { bucketOf } from '@dimmer/core/allocation';
import { reallocate } from '@dimmer/core/reallocate';
import { SPEED } from '@dimmer/core/speed';
import { describe, expect, test } from 'vitest';
import { booleanFlag, snapshot } from './rulesets.ts';

/** How many keys are asked. More with DIMMER_CASES=1000000. */
const PEOPLE = Math.max(Number(process.env.DIMMER_CASES ?? 0), 100_000);
const KEYS = Array.from({ length: PEOPLE }, (_, i) => `user-${i}`);

function splitBy(slices: readonly Slice[]): RulesetFlag {
  const variations = ['A', 'B', 'C'].map((key) => ({ key, value: key }));
  return booleanFlag({ type: 'string', variations, off: 'A', fallthrough: { slices } });
}

/** What each of the people is served, as one letter a person. With speed, which changes no answer: see speed.test.ts. */
function serve(slices: readonly Slice[]): readonly string[] {
  const ruleset = new Ruleset({ speed: SPEED });
  ruleset.replace(snapshot({ split: splitBy(slices) }));
  const flag = ruleset.get('split')!;
  return KEYS.map((targetingKey) => flag.variation(flag.decide({ targetingKey }))!.key);
}

/** Fails if a share of the people is further from what it should be than chance takes it once in a million times. */
function expectShare(count: number, share: number): void {
  const deviation = Math.sqrt((share * (1 - share)) / PEOPLE);
  expect(Math.abs(count / PEOPLE - share)).toBeLessThanOrEqual(5 * deviation);
}

const count = (served: readonly string[], variation: string): number =>
  served.filter((key) => key === variation).length;

const weightsOf = (a: number, b: number, c: number): Map<string, number> =>
  new Map(Object.entries({ A: a, B: b, C: c }));

describe(`${PEOPLE} people`, () => {
  test('who were reached by 1 → 10 → 25 → 50 → 100 % stay', () => {
    let slices: readonly Slice[] = [{ variation: 'A', parts: PARTS }];
    let before = serve(slices);
    for (const parts of [1_000, 10_000, 25_000, 50_000, 100_000]) {
      slices = reallocate(slices, weightsOf(PARTS - parts, parts, 0));
      const after = serve(slices);
      expect(after.findIndex((variation, i) => variation !== 'B' && before[i] === 'B')).toBe(-1);
      expectShare(count(after, 'B'), parts / PARTS);
      before = after;
    }
    expect(count(before, 'B')).toBe(PEOPLE);
  });

  test('are the same again when a share goes back to what it was', () => {
    let slices: readonly Slice[] = [{ variation: 'A', parts: PARTS }];
    const steps = [1_000, 10_000, 25_000, 50_000];
    const ramp = (parts: number): readonly string[] => {
      slices = reallocate(slices, weightsOf(PARTS - parts, parts, 0));
      return serve(slices);
    };
    const up = steps.map(ramp);
    const down = steps.toReversed().map(ramp).toReversed();
    for (const [step, served] of up.entries()) {
      expect(served.findIndex((variation, i) => variation !== down[step]![i])).toBe(-1);
    }
  });

  test('move by the total variation distance when three ways are re-weighted, and only from who shrinks to who grows', () => {
    let slices: readonly Slice[] = reallocate([], weightsOf(10_000, 10_000, 80_000));
    let weights = weightsOf(10_000, 10_000, 80_000);
    let before = serve(slices);
    const steps = [
      weightsOf(20_000, 20_000, 60_000),
      weightsOf(33_333, 33_333, 33_334),
      weightsOf(0, 50_000, 50_000),
      weightsOf(5_000, 45_001, 49_999),
      weightsOf(10_000, 10_000, 80_000),
    ];
    for (const next of steps) {
      slices = reallocate(slices, next);
      const after = serve(slices);
      const change = (variation: string): number => next.get(variation)! - weights.get(variation)!;
      const distance = ['A', 'B', 'C'].reduce((sum, variation) => sum + Math.abs(change(variation)), 0) / 2;
      const moved = KEYS.flatMap((_, i) => (before[i] === after[i] ? [] : [`${before[i]}→${after[i]}`]));
      expectShare(moved.length, distance / PARTS);
      for (const way of new Set(moved)) {
        expect(change(way[0]!), way).toBeLessThan(0);
        expect(change(way.at(-1)!), way).toBeGreaterThan(0);
      }
      for (const [variation, parts] of next) expectShare(count(after, variation), parts / PARTS);
      [before, weights] = [after, next];
    }
  });

  test('are served just the slice that their bucket lies in', () => {
    const slices = [
      { variation: 'A', parts: 33_333 },
      { variation: 'B', parts: 33_334 },
      { variation: 'C', parts: 33_333 },
    ];
    const served = serve(slices);
    const wrong = KEYS.filter((key, i) => {
      const bucket = bucketOf('seed', key);
      return served[i] !== (bucket < 33_333 ? 'A' : bucket < 66_667 ? 'B' : 'C');
    });
    expect(wrong).toEqual([]);
  });

  test.each([
    ['first', [0, 50_000, 50_000], 'A'],
    ['in the middle', [50_000, 0, 50_000], 'B'],
    ['last', [50_000, 50_000, 0], 'C'],
  ] as const)('are never served a variation without weight that stands %s', (_, [a, b, c], empty) => {
    const slices = [
      { variation: 'A', parts: a },
      { variation: 'B', parts: b },
      { variation: 'C', parts: c },
    ];
    expect(count(serve(slices), empty)).toBe(0);
  });

  test('are nobody at 0 %, and everybody at 100 %, of a rule too', () => {
    const ruleset = new Ruleset();
    const rule = (parts: number): RulesetFlag => {
      return booleanFlag({ rules: [{ id: 'r', when: [], serve: { slices: [{ variation: 'on', parts }] } }] });
    };
    ruleset.replace(snapshot({ none: rule(0), all: rule(PARTS) }));
    for (const targetingKey of KEYS) {
      if (isEnabled(ruleset, 'none', { targetingKey })) expect.fail(`${targetingKey} is in 0 %`);
      if (!isEnabled(ruleset, 'all', { targetingKey })) expect.fail(`${targetingKey} is not in 100 %`);
    }
    expect(evaluate(ruleset, 'all', false, {})).toMatchObject({ value: false, reason: 'DEFAULT' });
  });
});
