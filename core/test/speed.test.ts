/** What only makes deciding faster changes no answer. */
import { Ruleset, type RulesetFlag } from '@dimmer/core';
import { createHasher } from '@dimmer/core/murmur3';
import { SPEED } from '@dimmer/core/speed';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { booleanFlag, snapshot } from './rulesets.ts';

const TOO_LONG = 'x'.repeat(65_537);

describe('with speed', () => {
  it('a text has the hash that it has without, whatever its characters and its prefix', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(text, text, (prefix, key) => {
        expect(SPEED.createHasher(prefix)(key)).toBe(createHasher(prefix)(key));
      }),
      { numRuns: 5_000 },
    );
  });

  it('rules are asked in their order, also when an index spares most of them and there are more than fit in one', () => {
    const condition = fc.record({
      attribute: fc.constantFrom('a', 'b'),
      operator: fc.constantFrom('in' as const, 'startsWith' as const),
      values: fc.array(fc.constantFrom('x', 'y', 'z', 'xy'), { minLength: 1, maxLength: 2 }),
      not: fc.boolean(),
    });
    const rules = fc.array(fc.array(condition, { maxLength: 2 }), { maxLength: 70 });
    const attribute = fc.constantFrom(undefined, null, 'x', 'y', 'xyz', 7, ['x', 'z'], TOO_LONG);
    fc.assert(
      fc.property(rules, fc.array(fc.tuple(attribute, attribute), { minLength: 1 }), (conditions, people) => {
        const flag: RulesetFlag = booleanFlag({
          rules: conditions.map((when, i) => ({ id: `r${i}`, when, serve: { variation: i % 2 ? 'on' : 'off' } })),
        });
        const [slow, fast] = [{}, { speed: SPEED }].map((options) => {
          const ruleset = new Ruleset(options);
          ruleset.replace(snapshot({ flag }));
          return ruleset.get('flag')!;
        });
        for (const [a, b] of people) {
          expect(fast!.decide({ a, b })).toBe(slow!.decide({ a, b }));
          // What is inherited counts for neither.
          const heir = Object.create({ a }, { b: { value: b, enumerable: true } });
          expect(fast!.decide(heir)).toBe(slow!.decide(heir));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
