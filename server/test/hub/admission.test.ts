import { beforeEach, describe, expect, it } from 'vitest';
import { Admission, type AdmissionOptions } from '../../src/hub/admission.ts';

const server = { audience: 'server', address: '10.0.0.1' } as const;
const browser = (address: string | null) => ({ audience: 'browser', address }) as const;

let now = 0;
beforeEach(() => {
  now = 1_000_000;
});

function admit(options: Partial<AdmissionOptions> = {}): Admission {
  return new Admission({
    maxStreams: 100,
    newPerSecond: 1_000,
    browsersPerAddress: 3,
    now: () => now,
    random: Math.random,
    ...options,
  });
}

const enterTimes = (admission: Admission, times: number, who: Parameters<Admission['enter']>[0]) =>
  Array.from({ length: times }, () => admission.enter(who)).filter((outcome) => outcome === 'open').length;

describe('Admission', () => {
  it('lets in as many as there is room for, and another when one has left', () => {
    const admission = admit();
    expect(enterTimes(admission, 150, server)).toBe(100);
    expect(admission.enter(server)).toBe('full');
    admission.left(server);
    expect(admission.enter(server)).toBe('open');
  });

  it('keeps a fifth of the room for servers, because everybody has the key of browsers', () => {
    const admission = admit();
    expect(enterTimes(admission, 100, browser(null))).toBe(80);
    expect(admission.enter(browser(null))).toBe('full');
    expect(enterTimes(admission, 100, server)).toBe(20);
  });

  it('lets so many browsers in from one address, and any number of servers', () => {
    const admission = admit();
    expect(enterTimes(admission, 5, browser('1.2.3.4'))).toBe(3);
    expect(admission.enter(browser('1.2.3.4'))).toBe('crowded');
    expect(admission.enter(browser('1.2.3.5'))).toBe('open');
    expect(enterTimes(admission, 10, server)).toBe(10);
    admission.left(browser('1.2.3.4'));
    expect(admission.enter(browser('1.2.3.4'))).toBe('open');
  });

  it('does not count by address where that is not known, or not wanted', () => {
    expect(enterTimes(admit(), 10, browser(null))).toBe(10);
    expect(enterTimes(admit({ browsersPerAddress: 0 }), 10, browser('1.2.3.4'))).toBe(10);
  });

  it('lets in no more in a second than it was told', () => {
    const admission = admit({ maxStreams: 100_000 });
    expect(enterTimes(admission, 5_000, server)).toBe(1_000);
    expect(admission.enter(server)).toBe('busy');
    now += 500;
    expect(enterTimes(admission, 5_000, server)).toBe(500);
    now -= 10_000;
    expect(enterTimes(admission, 5_000, server)).toBe(0);
    now += 1_000;
    expect(enterTimes(admission, 5_000, server)).toBe(1_000);
  });

  it('F18 brings a storm of 10,000 and of 50,000 in within the time that it takes, turning each away at most once on average', () => {
    for (const [clients, withinS, turnedEach] of [
      [10_000, 15, 1],
      [50_000, 60, 1],
    ] as const) {
      const admission = admit({ maxStreams: 100_000, newPerSecond: 1_500 });
      const start = now;
      let turned = 0;
      let open = 0;
      // When each comes, ms; all at once at first.
      let waiting: number[] = Array.from({ length: clients }, () => now);
      while (open < clients) {
        const due = waiting.filter((at) => at <= now);
        waiting = waiting.filter((at) => at > now);
        for (const _ of due) {
          if (admission.enter(server) === 'open') {
            open += 1;
            continue;
          }
          turned += 1;
          // What Retry-After says, and the SDK's own half jitter of its first failure.
          waiting.push(now + admission.retryAfterS(true) * 1_000 + 1_000 + Math.random() * 1_000);
        }
        now += 50;
      }
      expect((now - start) / 1_000).toBeLessThan(withinS);
      expect(turned / clients).toBeLessThanOrEqual(turnedEach);
    }
  });

  it('asks few who were turned away to wait for a moment only, and many in turn', () => {
    const admission = admit({ maxStreams: 100_000, newPerSecond: 1_000 });
    enterTimes(admission, 1_000, server);
    const asked = Array.from({ length: 4_000 }, () => admission.retryAfterS(true));
    expect(asked.slice(0, 800)).toEqual(Array.from({ length: 800 }, () => 1));
    expect(asked).toEqual(asked.toSorted((left, right) => left - right));
    for (const second of [1, 2, 3, 4, 5]) expect(asked.filter((each) => each === second)).toHaveLength(800);
    now += 5_000;
    expect(admission.retryAfterS(true)).toBe(1);
  });

  it('asks nobody to wait for more than a minute, also when the clock was set back', () => {
    const admission = admit({ newPerSecond: 1 });
    const asked = Array.from({ length: 1_000 }, () => admission.retryAfterS(true));
    now -= 3_600_000;
    asked.push(...Array.from({ length: 100 }, () => admission.retryAfterS(true)));
    expect(Math.max(...asked)).toBeLessThanOrEqual(60);
    expect(new Set(asked.slice(-100)).size).toBeGreaterThan(10);
  });

  it('asks those for whom there is no room to come at different times', () => {
    const admission = admit();
    const asked = Array.from({ length: 200 }, () => admission.retryAfterS(false));
    expect(Math.min(...asked)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...asked)).toBeLessThanOrEqual(10);
    expect(new Set(asked).size).toBeGreaterThan(5);
  });
});
