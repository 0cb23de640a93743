/** How often the server says wrongly that shadows harm, computed exactly; and how soon it says so rightly, simulated. */
import { describe, expect, it } from 'vitest';
import { evidenceOfHarm, showsHarm } from '../../src/launches/switchback-evidence.ts';

/** Marsaglia's xorshift32, "Xorshift RNGs" (2003): the same numbers everywhere. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** After how many pairs harm is seen, if "with" is the slower window with this probability; looked at after each. */
function pairsUntilSeen(probability: number, most: number, random: () => number): number {
  let worse = 0;
  for (let pairs = 1; pairs <= most; pairs += 1) {
    if (random() < probability) worse += 1;
    if (showsHarm(evidenceOfHarm(worse, pairs - worse))) return pairs;
  }
  return Number.POSITIVE_INFINITY;
}

/** Exactly how probable it is that harm is ever seen within so many pairs, if "with" is slower in each with `probability`. */
function chanceOfAlarm(probability: number, pairs: number): number {
  let chances = new Float64Array([1]);
  let alarm = 0;
  let least = 1;
  for (let pair = 1; pair <= pairs; pair += 1) {
    const next = new Float64Array(pair + 1);
    chances.forEach((chance, worse) => {
      next[worse] = (next[worse] ?? 0) + chance * (1 - probability);
      next[worse + 1] = (next[worse + 1] ?? 0) + chance * probability;
    });
    // The least number of worse pairs that shows harm grows with the number of pairs.
    while (least <= pair && !showsHarm(evidenceOfHarm(least, pair - least))) least += 1;
    alarm += next.subarray(least).reduce((sum, chance) => sum + chance, 0);
    chances = next.fill(0, least);
  }
  return alarm;
}

const median = (numbers: readonly number[]) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];

describe('the evidence that callers feel the shadows', () => {
  it('is none before there is a pair, and grows and shrinks with what pairs say', () => {
    expect(evidenceOfHarm(0, 0)).toBe(1);
    expect(evidenceOfHarm(5, 0)).toBeGreaterThan(evidenceOfHarm(5, 1));
    expect(evidenceOfHarm(0, 50)).toBeLessThan(1);
  });

  it('is enough after ten pairs that all say the same, and not before', () => {
    expect(showsHarm(evidenceOfHarm(10, 0))).toBe(true);
    expect(showsHarm(evidenceOfHarm(9, 0))).toBe(false);
  });

  it('misleads in one of a hundred launches at most, though it is looked at after each of 3,000 pairs', () => {
    expect(chanceOfAlarm(0.5, 3_000)).toBeLessThanOrEqual(0.01);
    // Not by being blind: that much is nearly used up.
    expect(chanceOfAlarm(0.5, 3_000)).toBeGreaterThan(0.005);
  });

  it('misleads hardly ever where shadows make callers faster', () => {
    expect(chanceOfAlarm(0.4, 3_000)).toBeLessThan(0.001);
  });

  it.each([
    [0.95, 20],
    [0.75, 80],
    [0.6, 500],
  ])('is seen where "with" is slower in %d of the pairs, mostly within %i of them', (probability, most) => {
    const random = randomOf(42);
    expect(median(Array.from({ length: 51 }, () => pairsUntilSeen(probability, 2_000, random)))).toBeLessThan(most);
  });

  it('of many processes is that of their sums, so that many slow ones together are quick', () => {
    const [alone, together] = [evidenceOfHarm(6, 1), evidenceOfHarm(6 * 8, 8)];
    expect(showsHarm(alone)).toBe(false);
    expect(showsHarm(together)).toBe(true);
  });

  it('is a number whatever is counted', () => {
    for (const [worse, better] of [
      [1e12, 0],
      [0, 1e12],
      [1e12, 1e12],
    ] as const) {
      expect(evidenceOfHarm(worse, better)).not.toBeNaN();
    }
  });
});
