/** What only makes deciding faster changes no answer. */
import { type Condition, type Diagnostic, type EvaluationContext, Ruleset, type RulesetFlag } from '@dimmer/core';
import { parseAddress, parseAddressRange } from '@dimmer/core/address';
import { parseAddressFast, parseAddressRangeFast } from '@dimmer/core/fast-address';
import { createHasher } from '@dimmer/core/murmur3';
import { SPEED } from '@dimmer/core/speed';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from './any-text.ts';
import { booleanFlag, snapshot } from './rulesets.ts';
import { expectSame } from './same.ts';

const TOO_LONG = 'x'.repeat(65_537);

describe('with speed', () => {
  it('a text has the hash that it has without, whatever its characters and its prefix', () => {
    // On both sides of what is one byte, and of what is one in Latin 1.
    const near = fc.string({ unit: fc.constantFrom(...'a\x7f\x80\xff\u0100') });
    const text = fc.oneof(fc.string(), anyText, near, fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(text, text, (prefix, key) => {
        expectSame(SPEED.createHasher(prefix)(key), createHasher(prefix)(key));
      }),
      { numRuns: 5_000 },
    );
  });

  it('an address is read as it is without, and so is what is none', () => {
    const group = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }).map((number) => number.toString(16)),
      fc.constantFrom('', '0', '0000', 'FfFf', '12345', 'g', '1.2.3.4', '127.0.0.1', '%65', ' '),
    );
    const byte = fc.oneof(fc.integer({ min: 0, max: 300 }).map(String), fc.constantFrom('', '00', '01', '0x1', 'a'));
    const address = fc.oneof(
      fc.array(group, { maxLength: 9 }).map((groups) => groups.join(':')),
      fc
        .tuple(fc.array(group, { maxLength: 6 }), fc.array(group, { maxLength: 6 }))
        .map((of) => of.map((all) => all.join(':')).join('::')),
      fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.')),
      fc.array(byte, { maxLength: 6 }).map((bytes) => bytes.join('.')),
      fc
        .tuple(
          fc.constantFrom('::', '::ffff:', '0:0:0:0:0:ffff:', '::FFFF:0:', '1::', '64:ff9b::', '::fffe:'),
          fc.ipV4(),
        )
        .map((of) => of.join('')),
      fc.ipV6(),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefAF:.%/ \n'), maxLength: 50 }),
    );
    const bits = fc.oneof(
      fc.constant(''),
      fc.integer({ min: 0, max: 140 }).map((number) => `/${number}`),
      fc.constantFrom('/', '/08', '/-1', '/1.0', '/8/8', '/0000'),
    );
    const anything = fc.oneof(
      address,
      fc.constantFrom(null, undefined, 7, ['10.0.0.0'], {}, '::ffff:0:0', '::ffff:0:0:0'),
    );
    fc.assert(
      fc.property(anything, bits, (text, width) => {
        expectSame(parseAddressFast(text), parseAddress(text));
        const range = typeof text === 'string' ? text + width : text;
        expectSame(parseAddressRangeFast(range), parseAddressRange(range));
      }),
      { numRuns: 5_000 },
    );
  });

  it('values are found in long lists, up to the same number of steps', () => {
    const element = fc.oneof(fc.nat(60), fc.nat(60).map(String), fc.constantFrom(true, null, 2 ** 60, 'x'.repeat(300)));
    fc.assert(
      fc.property(fc.array(element, { maxLength: 60 }), fc.nat(60), fc.boolean(), fc.nat(3), (a, from, not, times) => {
        const values = Array.from({ length: 61 }, (_, i) => (i % 2 ? i + from : String(i + from)));
        const when = Array.from({ length: 3 }, () => ({ attribute: 'a', operator: 'in' as const, values, not }));
        const rules = Array.from({ length: 1 + 8 * times }, (_, i) => ({
          id: `r${i}`,
          when,
          serve: { variation: 'on' },
        }));
        const [slow, fast] = [{}, { speed: SPEED }].map((options) => {
          const ruleset = new Ruleset(options);
          ruleset.replace(snapshot({ flag: booleanFlag({ rules }) }));
          return ruleset.get('flag')!;
        });
        for (let round = 0; round < 3; round++) expectSame(fast!.decide({ a }), slow!.decide({ a }));
      }),
      { numRuns: 500 },
    );
  });

  it('equality says the same of whatever an application passes, own or inherited, in flags and in segments', () => {
    const text = 'x'.repeat(65);
    const scalar = fc.constantFrom('x', '7', 7, 7.5, true, 'true', 2 ** 60, text);
    const value = fc.oneof(
      scalar,
      fc.constantFrom<unknown>(undefined, null, 'y', -0, false, Number.NaN, 7n, new Date(0), () => 'x', {}, TOO_LONG),
      fc.array(scalar, { maxLength: 2 }),
    );
    const carried = (a: unknown): readonly EvaluationContext[] => [
      { a } as EvaluationContext,
      Object.create({ a }),
      Object.assign(Object.create(null), { a }),
      Object.defineProperty({}, 'a', { get: () => a }),
      Object.create({
        get a() {
          throw new Error('not of its own');
        },
      }),
    ];
    const values = fc.array(fc.oneof(scalar, fc.constant(null)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(values, fc.boolean(), fc.array(value, { minLength: 1, maxLength: 4 }), (listed, not, passed) => {
        const when = [{ attribute: 'a', operator: 'in' as const, values: listed, not }];
        const asked = { operator: 'inSegment' as const, values: ['s'], not };
        const ruleOf = (conditions: readonly Condition[]) => [
          { id: 'r', when: conditions, serve: { variation: 'on' } },
        ];
        const [slow, fast] = [{}, { speed: SPEED }].map((options) => {
          const told: Diagnostic[] = [];
          const ruleset = new Ruleset({ ...options, onDiagnostic: (diagnostic) => told.push(diagnostic) });
          const flags = { f: booleanFlag({ rules: ruleOf(when) }), g: booleanFlag({ rules: ruleOf([asked]) }) };
          ruleset.replace(snapshot(flags, { s: { rules: [{ when }] } }));
          return { ruleset, told };
        });
        for (const context of passed.flatMap(carried)) {
          for (const key of ['f', 'g']) {
            expectSame(fast!.ruleset.get(key)!.decide(context), slow!.ruleset.get(key)!.decide(context));
          }
        }
        expect(fast!.told).toEqual(slow!.told);
      }),
      { numRuns: 1_000 },
    );
  });

  it('rules are asked in their order, also when an index spares most of them and there are more than fit in one', () => {
    const condition = fc.record({
      attribute: fc.constantFrom('a', 'b'),
      operator: fc.constantFrom('in' as const, 'startsWith' as const),
      values: fc.array(fc.constantFrom('x', 'y', 'z', 'xy'), { minLength: 1, maxLength: 2 }),
      not: fc.boolean(),
    });
    const rules = fc.array(fc.array(condition, { maxLength: 2 }), { maxLength: 70 });
    const attribute = fc.constantFrom(undefined, null, 'x', 'y', 'xyz', 7, ['x', 'z'], TOO_LONG);
    fc.assert(
      fc.property(rules, fc.array(fc.tuple(attribute, attribute), { minLength: 1 }), (conditions, people) => {
        const flag: RulesetFlag = booleanFlag({
          rules: conditions.map((when, i) => ({ id: `r${i}`, when, serve: { variation: i % 2 ? 'on' : 'off' } })),
        });
        const [slow, fast] = [{}, { speed: SPEED }].map((options) => {
          const ruleset = new Ruleset(options);
          ruleset.replace(snapshot({ flag }));
          return ruleset.get('flag')!;
        });
        for (const [a, b] of people) {
          expectSame(fast!.decide({ a, b }), slow!.decide({ a, b }));
          // What is inherited counts for neither.
          const heir = Object.create({ a }, { b: { value: b, enumerable: true } });
          expectSame(fast!.decide(heir), slow!.decide(heir));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
