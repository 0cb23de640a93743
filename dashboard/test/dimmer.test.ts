import { PARTS } from '@dimmer/core';
import { reweigh } from '@dimmer/core/reweigh';
import { compareTargetings } from '@dimmer/core/targeting-effect';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rollOut } from '../../server/src/commands/rollout.ts';
import type { Serve } from '../src/api/targeting.ts';
import { weightsOf } from '../src/api/weights.ts';
import { stageOf, stageWeights } from '../src/pages/flag/migration-stage.ts';
import { peopleOf } from '../src/pages/flag/people.ts';
import { formatPercent, parsePercent } from '../src/sentences/percent.ts';

const KEYS = ['off', 'a', 'b', 'c'];
const variations = KEYS.map((key) => ({ key, value: key }));
/** Weights of four variations that sum to everybody. */
const weights = fc
  .array(fc.integer({ min: 0, max: PARTS }), { minLength: 3, maxLength: 3 })
  .map((cuts) => [0, ...cuts.sort((one, other) => one - other), PARTS])
  .map((cuts) => new Map(KEYS.map((key, index) => [key, (cuts[index + 1] as number) - (cuts[index] as number)])));

/** What the server's own rollout makes of a fallthrough. */
function rolledOut(fallthrough: Serve, asked: ReadonlyMap<string, number>): Serve {
  const shares = [...asked].map(([variation, parts]) => ({ variation, percent: parts / 1_000 }));
  const where = { project: 'p', flag: 'f', environment: 'e' };
  const body = { on: true, off: 'off', prerequisites: [], targets: [], rules: [], fallthrough };
  const state = {
    project: () => ({ body: { key: 'p' } }),
    environment: () => ({ body: { key: 'e' } }),
    flag: () => ({ body: { key: 'f', type: 'string', variations, archived: false } }),
    targeting: () => ({ body }),
  };
  const outcome = rollOut(where, { shares }).decide(state as never, {} as never);
  if ('refusal' in outcome) throw new Error(JSON.stringify(outcome));
  return (outcome.drafts[0] as unknown as { body: { fallthrough: Serve } }).body.fallthrough;
}

describe('what is shown before a rollout', () => {
  it('is what the server makes of it, from any split to any other', () => {
    fc.assert(
      fc.property(fc.array(weights, { minLength: 1, maxLength: 5 }), (walk) => {
        let ours: Serve = { variation: 'off' };
        let theirs: Serve = ours;
        for (const step of walk) {
          ours = reweigh(ours, step, 'off');
          theirs = rolledOut(theirs, step);
          expect(ours).toEqual(theirs);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('moves as few people as the shares ask for', () => {
    fc.assert(
      fc.property(weights, weights, (one, other) => {
        const before = reweigh({ variation: 'off' }, one, 'off');
        const rest = { on: true, off: 'off', prerequisites: [], targets: [], rules: [] };
        const after = { ...rest, fallthrough: reweigh(before, other, 'off') };
        const { groups } = compareTargetings('seed', { ...rest, fallthrough: before }, after);
        const moves = groups.flatMap((group) => group.moves.filter(({ from, to }) => from !== to));
        const moved = Math.round(moves.reduce((sum, { share }) => sum + share, 0) * PARTS);
        const least = KEYS.reduce((sum, key) => sum + Math.max(0, (other.get(key) ?? 0) - (one.get(key) ?? 0)), 0);
        expect(moved).toBe(least);
      }),
    );
  });
});

describe('a percentage', () => {
  it('is a number of people, where that is exact', () => {
    expect([0, 0.001, 1, 12.5, 20, 33.333, 37, 75, 100].map((percent) => peopleOf(percent))).toEqual([
      'nobody',
      '1 in 100,000 people',
      '1 in 100 people',
      '1 in 8 people',
      '1 in 5 people',
      '33.333 % of people',
      '37 in 100 people',
      '3 in 4 people',
      'everyone',
    ]);
  });

  it('is read as people write it, and refused with what to write', () => {
    expect(['12.5', '12,5 %', ' 0.001', '100', '.5'].map(parsePercent)).toEqual([12.5, 12.5, 0.001, 100, 0.5]);
    for (const text of ['', 'ten', '-1', '100.001', '101', '1e2', '0.0001', '1 000']) {
      expect(parsePercent(text)).toHaveProperty('problem');
    }
  });

  it('is shown to three decimals', () => expect(formatPercent(12.3456)).toBe('12.346 %'));
});

describe('a stage of a migration', () => {
  it('is read from neighbours and written as them', () => {
    const stage = { stage: 'live', percent: 12.345 };
    expect(stageOf(stageWeights(stage))).toEqual(stage);
    expect([...stageWeights(stage)]).toEqual([
      ['live', 12_345],
      ['shadow', 87_655],
    ]);
    expect(stageOf(weightsOf({ variation: 'off' }))).toEqual({ stage: 'off', percent: 100 });
  });

  it('is none where people are at stages that are not neighbours', () => {
    expect(
      stageOf(
        new Map([
          ['off', 50_000],
          ['live', 50_000],
        ]),
      ),
    ).toBeNull();
  });
});
