import { type EvaluationContext, PARTS, Ruleset } from '@dimmer/core';
import { explain } from '@dimmer/core/explain';
import { compareTargetings, type EffectGroup, type Place, type StoredTargeting } from '@dimmer/core/targeting-effect';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { POPULATION, targetings } from './populations.ts';
import { booleanFlag, snapshot } from './rulesets.ts';

const CASES = Number(process.env.DIMMER_CASES ?? 50);
const SEED = 'checkout';

const variations = ['off', 'on', 'blue'].map((key) => ({ key, value: key }));

function rulesetOf(targeting: StoredTargeting): Ruleset {
  const ruleset = new Ruleset();
  const flag = { ...booleanFlag(), type: 'string', variations, seed: SEED, ...targeting } as const;
  const needed = booleanFlag({
    fallthrough: {
      slices: [
        { variation: 'on', parts: 50_000 },
        { variation: 'off', parts: 50_000 },
      ],
    },
  });
  const { applied } = ruleset.replace(
    snapshot({ checkout: flag, needed }, { testers: { included: ['u1', 'u2', 'u3'] } }),
  );
  expect(applied).toBe(true);
  return ruleset;
}

/** What the evaluator itself says of one person. */
function asked(ruleset: Ruleset, context: EvaluationContext): { readonly place: Place; readonly variation: string } {
  const { decidedBy, rules, evaluation } = explain(ruleset, 'checkout', context);
  const index = rules.findIndex(({ matches }) => matches);
  const kinds = { nothing: 'off', off: 'off', prerequisite: 'prerequisite', target: 'target' } as const;
  const place: Place =
    decidedBy === 'rule' || decidedBy === 'fallthrough'
      ? index < 0
        ? { kind: 'default' }
        : { kind: 'rule', index }
      : { kind: kinds[decidedBy] };
  return { place, variation: evaluation.variation ?? '' };
}

const isSame = (one: Place, other: Place): boolean => JSON.stringify(one) === JSON.stringify(other);

describe('what a change does to people', () => {
  test('covers whatever the evaluator does to anybody, from any targeting to any other', () => {
    fc.assert(
      fc.property(targetings, targetings, (before, after) => {
        const { groups, isComplete } = compareTargetings(SEED, before, after);
        if (!isComplete) return;
        const [was, is] = [rulesetOf(before), rulesetOf(after)];
        for (const context of POPULATION.slice(0, 150)) {
          const [one, other] = [asked(was, context), asked(is, context)];
          const group = groups.find((each) => isSame(each.before, one.place) && isSame(each.after, other.place));
          const move = group?.moves.find(({ from, to }) => from === one.variation && to === other.variation);
          expect(move, JSON.stringify({ before, after, context, one, other, groups })).toBeDefined();
        }
      }),
      { numRuns: CASES },
    );
  });

  test('its shares are those of a population', () => {
    fc.assert(
      fc.property(targetings, targetings, (before, after) => {
        const { groups } = compareTargetings(SEED, before, after);
        const [was, is] = [rulesetOf(before), rulesetOf(after)];
        const seen = new Map<EffectGroup, Map<string, number>>();
        for (const context of POPULATION.filter(({ targetingKey, company }) => targetingKey && company)) {
          const [one, other] = [asked(was, context), asked(is, context)];
          const group = groups.find((each) => isSame(each.before, one.place) && isSame(each.after, other.place));
          if (!group?.isExact) continue;
          const counts = seen.get(group) ?? new Map<string, number>();
          const name = `${one.variation} ${other.variation}`;
          seen.set(group, counts.set(name, (counts.get(name) ?? 0) + 1));
        }
        for (const [group, counts] of seen) {
          const many = [...counts.values()].reduce((sum, count) => sum + count, 0);
          for (const { from, to, share } of group.moves) {
            const expected = share * many;
            // Six standard deviations: what is only luck does not fail.
            const luck = 6 * Math.sqrt(many * share * (1 - share)) + 2;
            expect(Math.abs((counts.get(`${from} ${to}`) ?? 0) - expected)).toBeLessThanOrEqual(luck);
          }
        }
      }),
      { numRuns: Math.ceil(CASES / 10) },
    );
  });

  test('a removed rule drops its people under the dimmer, in exactly the shares of the dimmer', () => {
    const body = {
      on: true,
      off: 'off',
      prerequisites: [],
      targets: [],
      rules: [
        {
          id: 'testers',
          when: [{ operator: 'inSegment', values: ['testers'] } as const],
          serve: { variation: 'on' },
        },
      ],
      fallthrough: {
        slices: [
          { variation: 'on', parts: PARTS / 4 },
          { variation: 'off', parts: (PARTS * 3) / 4 },
        ],
      },
    };
    const { groups } = compareTargetings(SEED, body, { ...body, rules: [] });
    const [ofRule] = groups;
    expect(ofRule).toMatchObject({
      before: { kind: 'rule', index: 0 },
      after: { kind: 'default' },
      isExact: true,
      moves: [
        { from: 'on', to: 'on', share: 0.25 },
        { from: 'on', to: 'off', share: 0.75 },
      ],
    });
  });

  test('too many rules to compare are said to be, instead of promising anything', () => {
    const rules = (from: number) =>
      Array.from({ length: 300 }, (_, index) => ({
        id: `r${from + index}`,
        when: [{ attribute: 'plan', operator: 'in', values: [from + index] } as const],
        serve: { variation: 'on' },
      }));
    const body = { on: true, off: 'off', prerequisites: [], targets: [], fallthrough: { variation: 'off' } };
    const other = compareTargetings(SEED, { ...body, rules: rules(0) }, { ...body, rules: rules(300) });
    expect(other).toEqual({ groups: [], isComplete: false });
  });
});
