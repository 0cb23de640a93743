import { PARTS, type Slice } from '@dimmer/core';
import { reallocate } from '@dimmer/core/reallocate';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadReallocations } from '../../test/vectors/vectors.ts';

type Weights = ReadonlyMap<string, number>;

function variationAt(slices: readonly Slice[], bucket: number): string | undefined {
  let end = 0;
  return slices.find(({ parts }) => bucket < (end += parts))?.variation;
}

/** How many of 100,000 parts have another variation after than before. */
function partsMoved(before: readonly Slice[], after: readonly Slice[]): number {
  let moved = 0;
  const borders = new Set([0]);
  for (const slices of [before, after]) {
    let end = 0;
    for (const { parts } of slices) borders.add((end += parts));
  }
  const sorted = [...borders].sort((a, b) => a - b);
  for (const [i, start] of sorted.entries()) {
    const end = sorted[i + 1] ?? start;
    if (variationAt(before, start) !== variationAt(after, start)) moved += end - start;
  }
  return moved;
}

function weightsOf(slices: readonly Slice[]): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { variation, parts } of slices) weights.set(variation, (weights.get(variation) ?? 0) + parts);
  return weights;
}

function totalVariationDistance(a: Weights, b: Weights): number {
  let sum = 0;
  for (const key of new Set([...a.keys(), ...b.keys()])) sum += Math.abs((a.get(key) ?? 0) - (b.get(key) ?? 0));
  return sum / 2;
}

/** Weights of a few variations that sum to 100,000. */
const wholeWeights = fc
  .tuple(fc.constantFrom(2, 3, 5), fc.array(fc.integer({ min: 0, max: PARTS }), { minLength: 4, maxLength: 4 }))
  .map(([count, cuts]) => {
    const borders = [0, ...cuts.slice(0, count - 1).sort((a, b) => a - b), PARTS];
    return new Map(borders.slice(1).map((end, i) => ['ABCDE'[i]!, end - borders[i]!]));
  });

describe('re-weighting an allocation', () => {
  test.each(loadReallocations())('$from to $weights gives $to', ({ from, weights, to }) => {
    expect(reallocate(from, new Map(Object.entries(weights)))).toEqual(to);
  });

  test('moves exactly the total variation distance, again and again', () => {
    fc.assert(
      fc.property(fc.array(wholeWeights, { minLength: 1, maxLength: 12 }), (steps) => {
        let slices: Slice[] = [{ variation: 'A', parts: PARTS }];
        for (const weights of steps) {
          const next = reallocate(slices, weights);
          expect(partsMoved(slices, next)).toBe(totalVariationDistance(weightsOf(slices), weights));
          for (const [variation, parts] of weights) expect(weightsOf(next).get(variation) ?? 0).toBe(parts);
          slices = next;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('only adds people to a variation that grows, also in a rule that leaves some over', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: PARTS }), fc.integer({ min: 0, max: PARTS }), (one, other) => {
        const [small, large] = one < other ? [one, other] : [other, one];
        const before = reallocate([], new Map([['A', small]]));
        const after = reallocate(before, new Map([['A', large]]));
        expect(partsMoved(before, after)).toBe(large - small);
        expect(reallocate(after, new Map([['A', small]]))).toEqual(before);
      }),
    );
  });

  test('gives the same people back when it ramps up and down again', () => {
    const start = [
      { variation: 'A', parts: 10_000 },
      { variation: 'B', parts: 10_000 },
      { variation: 'C', parts: 80_000 },
    ];
    const up = reallocate(
      start,
      new Map([
        ['A', 20_000],
        ['B', 20_000],
        ['C', 60_000],
      ]),
    );
    expect(reallocate(up, weightsOf(start))).toEqual(start);
  });

  test('keeps a slice of nobody where everybody is taken away, so that the allocation stays one', () => {
    expect(reallocate([{ variation: 'on', parts: 5_000 }], new Map([['on', 0]]))).toEqual([
      { variation: 'on', parts: 0 },
    ]);
  });

  test('does not cut a population into ever more pieces', () => {
    let slices: Slice[] = [{ variation: 'A', parts: PARTS }];
    let most = 0;
    for (let step = 0; step < 500; step++) {
      const a = (step * 7919) % 50_000;
      const b = (step * 104_729) % 50_000;
      slices = reallocate(
        slices,
        new Map([
          ['A', a],
          ['B', b],
          ['C', PARTS - a - b],
        ]),
      );
      most = Math.max(most, slices.length);
    }
    expect(most).toBeLessThan(20);
  });
});
