import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestKey } from '../src/nearest-key.ts';

const KEYS = ['new-checkout', 'new-payments', 'theme', 'theme-dark', 'ab', '__proto__'];

describe('the key that somebody probably meant', () => {
  it.each([
    ['new-chekout', 'new-checkout'],
    ['newcheckout', 'new-checkout'],
    ['new-paymnets', 'new-payments'],
    ['New-Payments', 'new-payments'],
    ['themes', 'theme'],
    ['them', 'theme'],
    ['theme_dark', 'theme-dark'],
    ['AB', 'ab'],
    ['__prot__', '__proto__'],
  ])('%s: %s', (typed, meant) => expect(nearestKey(typed, KEYS)).toBe(meant));

  it.each(['search', 'xy', '', 'new', 'x'.repeat(10_000)])('is none for %j', (typed) =>
    expect(nearestKey(typed, KEYS)).toBeUndefined(),
  );

  it('is the one from which a single edit was made, if no other is nearer', () => {
    const key = fc.stringMatching(/^[a-z]{6,20}$/);
    fc.assert(
      fc.property(key, fc.nat(), fc.constantFrom('drop', 'swap', 'put'), (meant, at, edit) => {
        const place = at % (meant.length - 1);
        const [head, tail] = [meant.slice(0, place), meant.slice(place)];
        const typed =
          edit === 'drop'
            ? head + tail.slice(1)
            : edit === 'swap'
              ? `${head}${tail[1]}${tail[0]}${tail.slice(2)}`
              : `${head}-${tail}`;
        fc.pre(typed !== meant);
        expect(nearestKey(typed, ['0123456789', meant])).toBe(meant);
      }),
    );
  });
});
