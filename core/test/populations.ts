/** Random targetings, and people whom they decide about. */
import { type Condition, type EvaluationContext, PARTS, type Serve } from '@dimmer/core';
import type { StoredTargeting } from '@dimmer/core/targeting-effect';
import fc from 'fast-check';

const CONDITIONS: readonly Condition[] = [
  { operator: 'inSegment', values: ['testers'] },
  { attribute: 'plan', operator: 'in', values: ['pro'] },
  { attribute: 'plan', operator: 'in', values: ['pro'], not: true },
  { attribute: 'age', operator: 'gt', values: [30] },
];

const PLANS = ['pro', 'free', undefined];

/** Some with keys that targets name, some without a key, some without a company. */
export const POPULATION: readonly EvaluationContext[] = Array.from({ length: 3_000 }, (_, index) => ({
  ...(index % 29 !== 0 && { targetingKey: `u${index}` }),
  ...(index % 7 !== 0 && { company: `c${index}` }),
  ...(PLANS[index % 3] !== undefined && { plan: PLANS[index % 3] }),
  age: (index * 17) % 60,
}));

/** Of two or three variations, whole or a part of the population, by one of two attributes and one of three seeds. */
function serve(isWhole: boolean): fc.Arbitrary<Serve> {
  const one = fc.constantFrom('off', 'on', 'blue').map((variation) => ({ variation }));
  const split = fc
    .record({
      cuts: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 3 }),
      variations: fc.shuffledSubarray(['off', 'on', 'blue', 'off', 'on'], { minLength: 4, maxLength: 4 }),
      by: fc.constantFrom(undefined, undefined, 'company'),
      seed: fc.constantFrom(undefined, undefined, 'another'),
    })
    .map(({ cuts, variations, by, seed }) => {
      const bounds = [0, ...cuts.map((cut) => (cut * PARTS) / 20).sort((a, b) => a - b), ...(isWhole ? [PARTS] : [])];
      const slices = bounds.slice(1).map((to, index) => {
        return { variation: variations[index] ?? 'off', parts: to - (bounds[index] ?? 0) };
      });
      return { slices, ...(by !== undefined && { by }), ...(seed !== undefined && { seed }) };
    });
  return fc.oneof(one, split);
}

const rule = fc.record({
  id: fc.constantFrom('r1', 'r2', 'r3'),
  when: fc.subarray([...CONDITIONS], { maxLength: 2 }),
  serve: serve(false),
});

/** Any targeting of variations `off`, `on` and `blue`; it knows a flag `needed` and a segment `testers`. */
export const targetings: fc.Arbitrary<StoredTargeting> = fc.record({
  on: fc.constantFrom(true, true, true, false),
  off: fc.constantFrom('off', 'off', 'blue'),
  prerequisites: fc.subarray(
    [
      { flag: 'needed', variations: ['on'] },
      { flag: 'needed', variations: ['off'] },
    ],
    { maxLength: 1 },
  ),
  targets: fc.subarray([
    { variation: 'on', keys: ['u1', 'u4'] },
    { variation: 'blue', keys: ['u2', 'u4'] },
  ]),
  rules: fc.array(rule, { maxLength: 3 }),
  fallthrough: serve(true),
});
