import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../test/random-from.ts';
import { createPairTest } from '../src/pair-test.ts';

/** The pair after which an effect is shown at 1 %, if the treated half is worse with this probability. */
function shownAfter(probability: number, pairs: number, random: () => number): number {
  const test = createPairTest();
  for (let pair = 1; pair <= pairs; pair++) {
    const isWorse = random() < probability;
    test.add(Number(isWorse), Number(!isWorse));
    if (test.evidence() >= 100) return pair;
  }
  return Number.POSITIVE_INFINITY;
}

function shareShown(probability: number, pairs: number, runs: number): number {
  const random = randomFrom(7);
  let shown = 0;
  for (let run = 0; run < runs; run++) shown += Number(shownAfter(probability, pairs, random) <= pairs);
  return shown / runs;
}

/** A number of a lognormal distribution with p50 2 ms and p99 5 ms. */
function latencyMs(random: () => number): number {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return 2 * Math.exp(0.394 * normal);
}

const P90_MS = 3.31;

/** Mean excess over p90 of ten calls, with bursts of 20 ms for about a second every 20 s: a busy neighbour, a collector. */
function windowExcess(atS: number, longer: (ms: number, random: () => number) => number, random: () => number): number {
  let sum = 0;
  for (let call = 0; call < 10; call++) {
    const burstMs = atS % 20 < 1 ? 20 * random() : 0;
    sum += Math.max(0, Math.log(longer(latencyMs(random) + burstMs, random) / P90_MS));
  }
  return sum / 10;
}

/** Seconds until harm is shown by pairs of windows of 0.1 s, at 100 calls a second. */
function harmShownAfterS(longer: (ms: number, random: () => number) => number, random: () => number, most: number) {
  const test = createPairTest();
  for (let s = 0; s < most; s += 0.2) {
    const isFirst = random() < 0.5;
    const [one, other] = [0, 0.1].map((shift, i) =>
      windowExcess(s + shift, (i === 0) === isFirst ? longer : (ms) => ms, random),
    ) as [number, number];
    const [treated, untreated] = isFirst ? [one, other] : [other, one];
    test.add(Number(treated > untreated), Number(treated < untreated));
    if (test.evidence() >= 100) return s;
  }
  return Number.POSITIVE_INFINITY;
}

describe('a test on pairs of windows, half of which are treated', () => {
  it.each([
    ['the median is 50 times as long', (ms: number) => 50 * ms, 2.5],
    ['one call in five is 10 ms longer', (ms: number, random: () => number) => ms + (random() < 0.2 ? 10 : 0), 6],
    ['one call in seven is 3 ms longer', (ms: number, random: () => number) => ms + (random() < 0.15 ? 3 : 0), 30],
    ['every call is 10 % longer', (ms: number) => 1.1 * ms, 90],
  ])('shows in seconds that %s', (_, longer, withinS) => {
    const random = randomFrom(3);
    const times = Array.from({ length: 31 }, () => harmShownAfterS(longer, random, 600)).sort((a, b) => a - b);
    expect(times[15]).toBeLessThanOrEqual(withinS);
  });

  it('shows nothing where nothing is: in at most one of fifty', () => {
    const random = randomFrom(5);
    const times = Array.from({ length: 50 }, () => harmShownAfterS((ms) => ms, random, 240));
    expect(times.filter(Number.isFinite).length).toBeLessThanOrEqual(1);
  });
});

describe('a test on pairs', () => {
  it('begins at 1, and eleven pairs that all say “worse” are enough for 1 %', () => {
    const test = createPairTest();
    expect(test.evidence()).toBeCloseTo(1, 12);
    expect(shownAfter(1, 100, () => 0)).toBe(11);
  });

  it('without an effect shows one in at most 1 % of the cases, however often it is looked at', () => {
    expect(shareShown(0.5, 5_000, 2_000)).toBeLessThanOrEqual(0.01);
  });

  it('sees an effect that begins late: after a day without one', () => {
    const random = randomFrom(11);
    const test = createPairTest();
    for (let pair = 0; pair < 8_640; pair++) {
      const isWorse = random() < 0.5;
      test.add(Number(isWorse), Number(!isWorse));
    }
    let more = 0;
    for (; test.evidence() < 100 && more < 1_000; more++) test.add(1, 0);
    expect(more).toBeLessThanOrEqual(200);
  });

  it('sees a weak effect in the end', () => {
    expect(shareShown(0.65, 1_000, 200)).toBeGreaterThan(0.95);
  });

  it('is worth the same on average whatever comes next, so that looking often costs nothing', () => {
    const history = fc.array(fc.boolean(), { maxLength: 450 });
    fc.assert(
      fc.property(history, (outcomes) => {
        const one = createPairTest();
        const other = createPairTest();
        for (const isWorse of outcomes) for (const test of [one, other]) test.add(Number(isWorse), Number(!isWorse));
        const before = one.evidence();
        one.add(1, 0);
        other.add(0, 1);
        expect((one.evidence() + other.evidence()) / 2 / before).toBeCloseTo(1, 9);
      }),
    );
  });
});
