import { describe, expect, it } from 'vitest';
import { evidenceOfHarm } from '../../../server/src/launches/switchback-evidence.ts';
import { randomFrom } from '../../../test/random-from.ts';
import { createSwitchback } from '../../src/launch/switchback.ts';

interface Situation {
  readonly perSecond?: number;
  /** How long the shadow runs, ms. */
  readonly shadowMs?: number;
  /** What becomes of a call of control's that takes so long, ms, while so many shadows run. */
  readonly harm?: (tookMs: number, overlaps: boolean, random: () => number, running: number) => number;
  readonly firstShare?: number;
  readonly minutes?: number;
  readonly seed?: number;
  /** Bursts of 20 ms for about a second every 20 s: a busy neighbour, a collector. */
  readonly isBusy?: boolean;
}

/** Runs calls of control's (lognormal, p50 2 ms, p99 5 ms) against an experiment, by a clock that is not real. */
function simulate({
  perSecond = 100,
  shadowMs = 2,
  harm = (tookMs) => tookMs,
  firstShare,
  minutes = 1,
  seed = 1,
  isBusy = true,
}: Situation) {
  const random = randomFrom(seed);
  let now = 0;
  const stopsAtS: number[] = [];
  const harmed = () => void stopsAtS.push(now / 1_000);
  const switchback = createSwitchback({ clock: () => now, random, harmed }, firstShare);
  /** What is to happen, in order: a call's answer and then its shadow, or the end of a shadow. */
  const events: { readonly at: number; readonly run: () => void }[] = [];
  const at = (delayMs: number, run: () => void) => {
    const event = { at: now + delayMs, run };
    const place = events.findLastIndex((other) => other.at <= event.at) + 1;
    events.splice(place, 0, event);
  };
  let running = 0;
  let everBegun = 0;
  let calls = 0;
  let overlaps = 0;
  let shadows = 0;
  let allFrom: number | undefined;
  let refusedAt = 0;
  for (let due = 0; due < minutes * 60_000; due += -Math.log(1 - random()) * (1_000 / perSecond)) {
    while (events[0] && events[0].at <= due) {
      const event = events.shift();
      now = event?.at ?? now;
      event?.run();
    }
    now = due;
    const refused = switchback.refuses();
    const window = switchback.asked();
    const besides = running;
    const isFelt = besides > 0;
    const begunBefore = everBegun;
    let tookMs = 2 * Math.exp(0.394 * gauss(random));
    if (isBusy && now % 20_000 < 1_000) tookMs += 20 * random();
    tookMs = harm(tookMs, isFelt, random, besides);
    calls++;
    overlaps += Number(isFelt);
    if (refused) refusedAt = now;
    if (now - refusedAt > 5_000) allFrom ??= refusedAt / 1_000;
    at(tookMs, () => {
      switchback.answered(window, tookMs, besides + everBegun - begunBefore);
      if (refused || switchback.begin()) return;
      shadows++;
      running++;
      everBegun++;
      at(shadowMs, () => {
        running--;
        switchback.end(shadowMs);
      });
    });
  }
  return { stopsAtS, calls, overlaps, shadows, allFromS: allFrom, summary: switchback.drain() };
}

function gauss(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const ALL_AT_ONCE = { firstShare: 50, shadowMs: 30 };
const seeds = (count: number) => Array.from({ length: count }, (_, i) => 100 + i);

function medianStopS(situation: Situation): number {
  const times = seeds(9).map((seed) => simulate({ ...situation, seed }).stopsAtS[0] ?? Number.POSITIVE_INFINITY);
  return times.sort((one, other) => one - other)[4] ?? 0;
}

describe('the experiment whether callers feel shadows', () => {
  it('stops a harmless candidate in at most one of thirty, on a busy machine', () => {
    const stopped = seeds(30).filter((seed) => simulate({ minutes: 4, seed, shadowMs: 30 }).stopsAtS.length > 0);
    expect(stopped.length).toBeLessThanOrEqual(1);
  });

  it('lets all calls have a shadow soon, if they are harmless: 50 ms at 100 a second in half a minute', () => {
    const times = seeds(11).map((seed) => simulate({ shadowMs: 50, seed, minutes: 1.5 }).allFromS ?? 999);
    expect(times.sort((one, other) => one - other)[5]).toBeLessThanOrEqual(30);
  });

  it('lets so few in at first that not one of eleven calls is touched in the first seconds', () => {
    for (const seed of seeds(10)) {
      const { overlaps, calls } = simulate({ shadowMs: 50, minutes: 1 / 20, seed });
      expect(overlaps / calls).toBeLessThan(0.09);
    }
    const { shadows } = simulate({ shadowMs: 50, minutes: 1 / 20 });
    expect(shadows).toBeLessThanOrEqual(6);
  });

  // Seconds until half of the runs have noticed, with all shadows let in from the beginning. In between they are open to
  // all, and looked at now and then only: so little harm takes longer than it would if nothing else were wanted.
  it.each([
    ['the median is 50 times as long', (ms: number) => 50 * ms, 6, 5],
    ['one call in five is 10 ms longer', (ms: number, random: () => number) => ms + (random() < 0.2 ? 10 : 0), 15, 5],
    ['one call in seven is 3 ms longer', (ms: number, random: () => number) => ms + (random() < 0.15 ? 3 : 0), 130, 5],
    ['every call is 30 % longer', (ms: number) => 1.3 * ms, 300, 10],
  ])('notices harm whatever its kind: %s', (_, longer, withinS, minutes) => {
    const harm = (tookMs: number, isFelt: boolean, random: () => number) => (isFelt ? longer(tookMs, random) : tookMs);
    expect(medianStopS({ ...ALL_AT_ONCE, harm, minutes })).toBeLessThanOrEqual(withinS);
  });

  it('tells of a tenth that every call is longer, which is too little to stop them: the server sees it in the sum', () => {
    const open = { ...ALL_AT_ONCE, minutes: 20 };
    const told = (harm: (ms: number, isFelt: boolean) => number): readonly [longer: number, notLonger: number] => {
      const summaries = seeds(6).map((seed) => simulate({ ...open, harm, seed }).summary);
      const sum = (part: 'longer' | 'notLonger') => summaries.reduce((all, one) => all + (one?.[part] ?? 0), 0);
      return [sum('longer'), sum('notLonger')];
    };
    const [longer, notLonger] = told((ms, isFelt) => (isFelt ? 1.1 * ms : ms));
    expect(evidenceOfHarm(longer, notLonger)).toBeGreaterThan(100);
    // No sign of it without harm, nor where a call is longer by what it costs to have a shadow.
    const [chance, others] = told((ms, isFelt) => (isFelt ? ms + 0.03 : ms));
    expect(chance).toBeLessThan(others);
    expect(evidenceOfHarm(chance, others)).toBeLessThan(1);
  });

  it('holds a harmful candidate at a share that nobody feels, from the first second on', () => {
    const harm = (ms: number, felt: boolean) => (felt ? 50 * ms : ms);
    for (const seed of seeds(10)) {
      const { overlaps, calls, stopsAtS, summary } = simulate({ shadowMs: 30, harm, minutes: 10, seed });
      expect(stopsAtS.length).toBeGreaterThan(0);
      expect(overlaps / calls).toBeLessThan(0.01);
      expect(summary?.stops).toBe(stopsAtS.length);
      expect(summary?.harmedAtPercent).toBeGreaterThan(0);
      expect(summary?.sharePercent).toBeLessThan(10);
    }
  });

  it('lets fewer in at once where calls take many times as long, before anything is proved', () => {
    // A pool that is exhausted when a tenth of the calls have a shadow: nothing is felt before.
    for (const seed of seeds(10)) {
      let recent = 0;
      const harm = (tookMs: number, isFelt: boolean) => {
        recent = 0.9 * recent + (isFelt ? 0.1 : 0);
        return isFelt && recent > 0.2 ? 60 * tookMs : tookMs;
      };
      const { overlaps, calls, summary } = simulate({ shadowMs: 100, harm, minutes: 2, seed });
      expect(overlaps / calls).toBeLessThan(0.1);
      expect(summary?.sharePercent).toBeLessThan(50);
    }
  });

  it('keeps a pool that shadows use up from all but a few calls, long before that is proved', () => {
    // Five connections, each held for 200 ms: nothing is felt until five shadows run at once, and then the few calls that
    // wait are twenty times as long.
    const waited = seeds(11).map((seed) => {
      let count = 0;
      const harm = (tookMs: number, _: boolean, random: () => number, running: number) => {
        if (running < 5) return tookMs;
        count++;
        return tookMs + 200 * Math.min(...Array.from({ length: 5 }, random));
      };
      const { calls } = simulate({ shadowMs: 200, harm, isBusy: false, seed });
      return count / calls;
    });
    expect(waited.sort((one, other) => one - other)[5]).toBeLessThan(0.01);
  });

  it('holds nothing back where no call overlaps a shadow', () => {
    const { shadows, calls, summary } = simulate({ perSecond: 1, shadowMs: 0, isBusy: false, minutes: 10 });
    expect(shadows / calls).toBeGreaterThan(0.95);
    expect(summary === undefined || summary.stops === 0).toBe(true);
  });
});
