import fc from 'fast-check';

/**
 * Any text, well formed or not. As `fc.string({ unit: 'binary' })`, which puts every code point there is into a map when
 * it is made, and takes as long for that as for thousands of cases.
 */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.nat(0x10ffff))
  .map((points) => points.map((point) => String.fromCodePoint(point)).join(''));
