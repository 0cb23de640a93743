import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLarge, parseInSlices } from '../src/sliced-json.ts';

/** Long enough to be divided. */
const filler = Array.from({ length: 3_000 }, (_, index) => [`key-${index}`, { text: '",{}[]\\"'.repeat(3), index }]);
const large = Object.fromEntries(filler);

async function outcome(parse: () => unknown): Promise<unknown> {
  try {
    return JSON.stringify(await parse());
  } catch (error) {
    return (error as Error).name;
  }
}

describe('JSON that is parsed in slices', () => {
  it('comes out as if it had been parsed at once', async () => {
    const text = JSON.stringify({ id: '1.a', flags: large, segments: {}, more: [large], text: '{"a":' });
    expect(isLarge(text)).toBe(true);
    expect(await parseInSlices(text)).toEqual(JSON.parse(text));
  });

  it('has `__proto__` as a name like any other, within and around', async () => {
    const inner = JSON.stringify(large).replace('"key-7"', '"__proto__"');
    const text = `{"__proto__":${inner},"flags":${inner}}`;
    const parsed = (await parseInSlices(text)) as Record<string, object>;
    expect(Object.keys(parsed)).toEqual(['__proto__', 'flags']);
    expect(Object.keys(parsed.flags!)).toEqual(Object.keys(JSON.parse(inner)));
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  });

  it('of any shape and with any damage ends as `JSON.parse` does', async () => {
    const bodies = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }));
    await fc.assert(
      fc.asyncProperty(
        bodies,
        bodies,
        fc.nat(),
        fc.constantFrom('', ',', '{', '}', '"', '\\', '[', ':'),
        async (a, b, at, damage) => {
          const whole = JSON.stringify({ ...a, flags: { ...b, ...large }, ...b }, null, at % 2);
          const place = at % whole.length;
          const text = damage === '' ? whole : whole.slice(0, place) + damage + whole.slice(place + 1);
          expect(await outcome(() => parseInSlices(text))).toBe(await outcome(() => JSON.parse(text)));
        },
      ),
      { numRuns: 60 },
    );
  });
});
