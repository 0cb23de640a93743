import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSameJson, isSameJsonInOrder } from '../src/same-json.ts';

describe('two values that JSON has carried', () => {
  test('are the same just when their texts are', () => {
    const value = fc.jsonValue({ maxDepth: 3 }).map((each) => JSON.parse(JSON.stringify(each)));
    const pair = fc.oneof(
      fc.tuple(value, value),
      value.map((each) => [each, structuredClone(each)] as const),
      fc.tuple(
        fc.dictionary(fc.constantFrom('a', 'b', '0'), value),
        fc.dictionary(fc.constantFrom('a', 'b', '0'), value),
      ),
    );
    fc.assert(
      fc.property(pair, ([one, other]) => {
        expect(isSameJsonInOrder(one, other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['{"__proto__":1}', '{"__proto__":2}'],
    ['{"__proto__":{"a":1}}', '{}'],
    ['[]', '{}'],
    ['[null]', '[{}]'],
    ['{"a":1,"b":2}', '{"b":2,"a":1}'],
  ])('%s is another than %s', (one, other) => {
    expect(isSameJsonInOrder(JSON.parse(one), JSON.parse(other))).toBe(false);
    expect(isSameJsonInOrder(JSON.parse(other), JSON.parse(one))).toBe(false);
    expect(isSameJsonInOrder(JSON.parse(one), JSON.parse(one))).toBe(true);
  });
});

describe('two values that people have written', () => {
  test.each([
    ['{"a":1,"b":{"c":[1,2],"d":null}}', '{"b":{"d":null,"c":[1,2]},"a":1}', true],
    ['[1,2]', '[2,1]', false],
    ['{"a":null}', '{}', false],
    ['{"a":1}', '{"a":1,"b":2}', false],
    ['[]', '{}', false],
  ])('%s and %s: %s, whatever the order of fields', (one, other, isSame) => {
    expect(isSameJson(JSON.parse(one), JSON.parse(other))).toBe(isSame);
    expect(isSameJson(JSON.parse(other), JSON.parse(one))).toBe(isSame);
  });

  test('a field that is undefined is not there', () => {
    expect(isSameJson({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  });
});
