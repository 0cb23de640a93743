import { evaluate, type Rule, Ruleset, type Serve } from '@dimmer/core';
import { sharesOf } from '@dimmer/core/shares';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { booleanFlag, snapshot } from './rulesets.ts';

const on = (parts: number, more: object = {}): Serve => ({ slices: [{ variation: 'on', parts }], ...more });
const OFF: Serve = { variation: 'off' };
const served = (...serves: Serve[]) => sharesOf(serves, 'seed').map((share) => Number(share.served.toFixed(6)));

describe('two rules of 50 %', () => {
  test('come to 75 % if each has a seed of its own', () => {
    expect(served(on(50_000, { seed: 'a' }), on(50_000, { seed: 'b' }), OFF)).toEqual([0.5, 0.25, 0.25]);
  });

  test('come to 50 % if they share one: the second serves nobody, and says with whom it overlaps', () => {
    const shares = sharesOf([on(50_000), on(50_000, { seed: 'seed' }), OFF], 'seed');
    expect(shares.map((share) => share.served)).toEqual([0.5, 0, 0.5]);
    expect(shares.map((share) => share.overlaps)).toEqual([[], [0], []]);
  });

  test('are independent also if they only split by different attributes', () => {
    expect(served(on(50_000), on(50_000, { by: 'company' }), OFF)).toEqual([0.5, 0.25, 0.25]);
  });
});

test('a larger share of the same people serves those who are more', () => {
  expect(served(on(20_000), on(50_000), on(30_000, { seed: 'own' }), OFF)).toEqual([0.2, 0.3, 0.15, 0.35]);
});

test('nothing comes behind a variation for all', () => {
  expect(sharesOf([{ variation: 'on' }, on(50_000)], 'seed')[1]).toMatchObject({ reached: 0, served: 0 });
});

test('whatever the rules, the evaluator serves as many', () => {
  const slices = fc.tuple(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 0, max: 40_000 }));
  const serve = fc.record({ parts: slices, seed: fc.constantFrom('seed', 'a', 'b') }).map(
    ({ parts: [first, second], seed }): Serve => ({
      seed,
      slices: [
        { variation: 'on', parts: first },
        { variation: 'off', parts: second },
      ],
    }),
  );
  const people = Array.from({ length: 4_000 }, (_, i) => ({ targetingKey: `person-${i}` }));
  fc.assert(
    fc.property(fc.array(serve, { minLength: 1, maxLength: 4 }), (serves) => {
      const rules = serves.map((each, i): Rule => ({ id: `${i}`, when: [], serve: each }));
      const ruleset = new Ruleset();
      ruleset.replace(snapshot({ f: booleanFlag({ rules }) }));
      const counts = new Array<number>(serves.length + 1).fill(0);
      for (const person of people) counts[Number(evaluate(ruleset, 'f', false, person).ruleId ?? serves.length)]!++;
      sharesOf([...serves, OFF], 'seed').forEach((share, i) => {
        expect(Math.abs(share.served - counts[i]! / people.length)).toBeLessThan(0.05);
      });
    }),
    { numRuns: 50 },
  );
});
