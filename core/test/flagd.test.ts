import {
  type Condition,
  type EvaluationContext,
  evaluate,
  type FlagType,
  type JsonValue,
  Ruleset,
  type RulesetFlag,
  type RulesetSegment,
  type Snapshot,
} from '@dimmer/core';
import { exportFlagd } from '@dimmer/core/flagd';
import { FlagdCore, MemoryStorage } from '@openfeature/flagd-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { booleanFlag, rollout, snapshot } from './rulesets.ts';

const CASES = Number(process.env.DIMMER_CASES ?? 5_000);
const FLAGS_A_SET = 20;
const CONTEXTS_A_SET = 50;

// Keys, seeds and texts are ASCII: flagd's JavaScript hashes UTF-16 units where its other languages, and we, hash UTF-8
// (a test below). Attributes that are compared with numbers are never texts like "18", and versions never like "2.0-rc"
// or "02.1": the two are known to differ there, and `exportFlagd` says so.

const KEYS = ['u1', 'u2', 'user-3', 'anna@example.com', '42', '$&', 'x'] as const;
const VERSIONS = ['1.0.0', '1.2.3', '2.0.0-rc.1', '2.0.0', '10.0.0', '2.0.0-alpha', '0.0.0-0'] as const;
const TEXTS = ['pro', 'free', '', 'Bern', 'PRO', '3', '1.5', 'true', '1e+21', '-0', '0', 'constructor'] as const;

const some = <T>(of: readonly T[]): fc.Arbitrary<T[]> => fc.array(fc.constantFrom(...of), { maxLength: 3 });
const not = fc.boolean();
const anyAttribute = fc.constantFrom('plan', 'age', 'version', 'companyId', 'beta', '/address/city', 'targetingKey');

const plainCondition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    attribute: anyAttribute,
    operator: fc.constant('in' as const),
    values: some<JsonValue>([...TEXTS, 3, 1.5, 0, 1e21, true, false, ...KEYS]),
    not,
  }),
  fc.record({
    attribute: anyAttribute,
    operator: fc.constantFrom('startsWith' as const, 'endsWith' as const, 'contains' as const),
    values: some<JsonValue>(['p', 'ro', '', 'free', 'er', '1', 'u']),
    not,
  }),
  fc.record({
    attribute: fc.constantFrom('age', '/address/floor', 'beta'),
    operator: fc.constantFrom('lt' as const, 'lte' as const, 'gt' as const, 'gte' as const),
    values: some<JsonValue>([0, 3, 18, -1, 1.5, '18']),
    not,
  }),
  fc.record({
    attribute: fc.constantFrom('age', '/address/floor', 'beta'),
    operator: fc.constant('modulo' as const),
    values: some<JsonValue>([
      [2, 0],
      [3, 1],
      [10, 5],
      [3, -1],
      [2, 2],
    ]),
    not,
  }),
  fc.record({
    attribute: fc.constantFrom('version', 'beta', 'age'),
    operator: fc.constantFrom(
      'semverEq' as const,
      'semverLt' as const,
      'semverLte' as const,
      'semverGt' as const,
      'semverGte' as const,
    ),
    values: some<JsonValue>([...VERSIONS, '2', 'v1.2', '1.2.3+build']),
    not,
  }),
  fc.record({ attribute: anyAttribute, operator: fc.constant('exists' as const), values: fc.constant([]), not }),
);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 5, arbitrary: plainCondition },
  {
    weight: 1,
    arbitrary: fc.record({
      operator: fc.constant('inSegment' as const),
      values: fc.array(fc.constantFrom('listed', 'ruled', 'gone'), { maxLength: 2 }),
      not,
    }),
  },
);

const variation = fc.constantFrom('a', 'b', 'c');
const seed = fc.constantFrom('s', 'ab', 'three', 'new-checkout');
const fixed = fc.record({ variation });
/** Slices of a whole population, or of a part of one; some are empty, and a variation may have several. */
const allocation = (isWhole: boolean) =>
  fc
    .record({
      cuts: fc.array(fc.oneof(fc.nat(100_000), fc.constantFrom(0, 100_000)), { minLength: 2, maxLength: 2 }),
      by: fc.constantFrom('targetingKey', 'targetingKey', 'company', 'companyId', 'plan'),
      seed,
    })
    .map(({ cuts, ...rest }) => {
      const [first = 0, second = 0] = cuts.toSorted((a, b) => a - b);
      const slices = [
        { variation: 'a', parts: first },
        { variation: 'b', parts: second - first },
        ...(isWhole ? [{ variation: 'a', parts: 100_000 - second }] : []),
      ];
      return { slices, ...rest };
    });

const VALUES: readonly (readonly [FlagType, readonly JsonValue[]])[] = [
  ['string', ['A', '', 'C']],
  ['boolean', [true, false, true]],
  ['number', [0, 1.5, -2]],
  ['json', [{ a: 1 }, {}, { list: [null] }]],
];
const flag: fc.Arbitrary<RulesetFlag> = fc
  .record({
    kind: fc.constantFrom(...VALUES),
    on: fc.integer({ min: 0, max: 9 }).map((n) => n > 0),
    off: variation,
    seed,
    prerequisites: fc.array(
      fc.record({ flag: fc.constantFrom('flag-0', 'flag-1', 'flag-2', 'gone'), variations: fc.uniqueArray(variation) }),
      { maxLength: 1 },
    ),
    targets: fc.array(fc.record({ variation, keys: some(KEYS) }), { maxLength: 2 }),
    rules: fc.array(
      fc.record({
        id: fc.constant('r'),
        when: fc.array(condition, { maxLength: 3 }),
        serve: fc.oneof(fixed, allocation(false)),
      }),
      { maxLength: 4 },
    ),
    fallthrough: fc.oneof(fixed, allocation(true)),
  })
  .map(({ kind: [type, values], ...rest }) => {
    return { ...rest, type, variations: ['a', 'b', 'c'].map((key, i) => ({ key, value: values[i]! })) };
  });

const segment: fc.Arbitrary<RulesetSegment> = fc.record({
  included: some(KEYS),
  excluded: some(KEYS),
  rules: fc.array(fc.record({ when: fc.array(plainCondition, { minLength: 1, maxLength: 2 }) }), { maxLength: 2 }),
});

const odd = fc.constantFrom(null, true, false);
const text = fc.constantFrom(...TEXTS);
const number = fc.oneof(fc.integer({ min: -20, max: 30 }), fc.constantFrom(1.5, 0, -0, 18, 2 ** 53 + 2, 1e21, -1e-7));
const unlikeNumbers = fc.constantFrom('', 'old', '0x10', 'NaN', 'Infinity');
const context: fc.Arbitrary<EvaluationContext> = fc.record(
  {
    targetingKey: fc.oneof(fc.constantFrom(...KEYS), fc.stringMatching(/^[ -~]{1,30}$/), fc.constant('')),
    plan: fc.oneof(text, number, odd),
    age: fc.oneof(number, unlikeNumbers, odd),
    version: fc.oneof(fc.constantFrom(...VERSIONS, 'v1.2.3', '2', '1.2', 'two', '', '1.2.3.4'), number, odd),
    company: fc.oneof(fc.constantFrom('acme', 'umbrella', ''), odd),
    companyId: fc.oneof(number, text, odd),
    beta: odd,
    address: fc.oneof(
      fc.record({ city: fc.oneof(text, odd), floor: fc.oneof(number, unlikeNumbers, odd) }, { requiredKeys: [] }),
      text,
      odd,
    ),
  },
  { requiredKeys: [] },
);

function load(payload: Snapshot): { readonly ruleset: Ruleset; readonly flagd: FlagdCore } {
  const ruleset = new Ruleset();
  ruleset.replace(payload);
  const silent = { error() {}, warn() {}, info() {}, debug() {} };
  const storage = new MemoryStorage(silent);
  // Strictly: it throws at what is not of flagd's schema.
  storage.setConfigurations(JSON.stringify({ flags: exportFlagd(payload).flags }), true);
  return { ruleset, flagd: new FlagdCore(storage, silent) };
}

function askFlagd(flagd: FlagdCore, type: FlagType, key: string, person: EvaluationContext) {
  const asked = person as Parameters<FlagdCore['resolveBooleanEvaluation']>[2];
  if (type === 'boolean') return flagd.resolveBooleanEvaluation(key, false, asked);
  if (type === 'number') return flagd.resolveNumberEvaluation(key, -1, asked);
  if (type === 'json') return flagd.resolveObjectEvaluation(key, {}, asked);
  return flagd.resolveStringEvaluation(key, 'none', asked);
}

const DEFAULTS: { readonly [type in FlagType]: JsonValue } = {
  boolean: false,
  number: -1,
  json: {},
  string: 'none',
  launch: 'none',
  migration: 'none',
};

describe('a ruleset that is exported to flagd', () => {
  test(`is decided by flagd as by ourselves, in ${CASES} cases`, () => {
    let compared = 0;
    const served = new Set<string>();
    const flagSet = fc.array(flag, { minLength: FLAGS_A_SET, maxLength: FLAGS_A_SET });
    const people = fc.array(context, { minLength: CONTEXTS_A_SET, maxLength: CONTEXTS_A_SET });
    const property = fc.property(flagSet, segment, segment, people, (flags, listed, ruled, persons) => {
      // Each of the first flags needs only those before it, so that there are no cycles.
      const named = flags.map((each, i) => {
        const prerequisites = each.prerequisites!.filter(({ flag: key }) => i > 2 || key < `flag-${i}`);
        return [`flag-${i}`, { ...each, prerequisites }] as const;
      });
      const payload = snapshot(Object.fromEntries(named), { listed, ruled });
      expect(exportFlagd(payload).unsupported).toEqual([]);
      const { ruleset, flagd } = load(payload);
      for (const person of persons) {
        for (const [key, { type }] of named) {
          const { value, variation: variant, reason } = evaluate(ruleset, key, DEFAULTS[type], person);
          const theirs = askFlagd(flagd, type, key, person);
          if (theirs.variant !== variant || JSON.stringify(theirs.value) !== JSON.stringify(value)) {
            expect({ key, person, value: theirs.value, variant: theirs.variant }).toEqual({
              key,
              person,
              value,
              variant,
            });
          }
          compared++;
          served.add(reason);
        }
      }
    });
    fc.assert(property, { numRuns: Math.ceil(CASES / FLAGS_A_SET / CONTEXTS_A_SET) });
    expect(compared).toBeGreaterThanOrEqual(CASES);
    // It would be easy to agree if nothing ever split or matched.
    for (const reason of ['DEFAULT', 'DISABLED', 'TARGETING_MATCH', 'SPLIT', 'PREREQUISITE_FAILED']) {
      expect(served).toContain(reason);
    }
  });

  test('splits where we split, to the single bucket', () => {
    const { ruleset, flagd } = load(snapshot({ half: rollout(50_000), little: rollout(1) }));
    for (let i = 0; i < 20_000; i++) {
      const person = { targetingKey: `user-${i}` };
      for (const key of ['half', 'little']) {
        const theirs = flagd.resolveBooleanEvaluation(key, false, person);
        if (theirs.value !== evaluate(ruleset, key, false, person).value) expect({ key, ...person }).toBe('the same');
      }
    }
  });

  test('finds nothing in nothing, as we do, though to flagd an empty text is an empty list', () => {
    const when = [{ attribute: 'a', operator: 'contains', values: [''] }] as const;
    const rules = [{ id: 'r', when, serve: { variation: 'on' } }];
    const { ruleset, flagd } = load(snapshot({ flag: booleanFlag({ rules }) }));
    for (const [a, expected] of [
      ['', true],
      ['x', true],
      [0, false],
      [null, false],
    ] as const) {
      expect(evaluate(ruleset, 'flag', false, { a }).value).toBe(expected);
      expect(flagd.resolveBooleanEvaluation('flag', false, { a }).value).toBe(expected);
    }
  });

  test('serves the off variation of a flag that is off, where flagd itself would serve the default', () => {
    const killed = booleanFlag({ on: false, fallthrough: { variation: 'on' } });
    const { flagd } = load(snapshot({ killed }));
    expect(flagd.resolveBooleanEvaluation('killed', true, {}).value).toBe(false);
  });

  test.each([
    ['matches: flagd has no regular expressions', { attribute: 'a', operator: 'matches', values: [[[97, 97]]] }],
    ['cidr: flagd has no ranges of addresses', { attribute: 'a', operator: 'cidr', values: ['10.0.0.0/8'] }],
    ['before: flagd reads no dates', { attribute: 'a', operator: 'before', values: [0] }],
    [
      'ignoreCase: flagd compares letters as they are',
      { attribute: 'a', operator: 'in', values: ['x'], ignoreCase: true },
    ],
    ["attribute 'a.b': flagd takes dots for steps, and $flagd for its own", { attribute: 'a.b', operator: 'exists' }],
    [
      "attribute '$flagd': flagd takes dots for steps, and $flagd for its own",
      { attribute: '$flagd', operator: 'exists' },
    ],
    ['attribute $now: flagd counts in seconds', { attribute: '$now', operator: 'lt', values: [5] }],
    [
      "attribute '__proto__': flagd finds what every object, text or list has by nature",
      { attribute: '__proto__', operator: 'exists' },
    ],
    [
      "attribute '/name/length': flagd finds what every object, text or list has by nature",
      { attribute: '/name/length', operator: 'exists' },
    ],
    [
      '9007199254740993.0.0: too long a version for flagd',
      { attribute: 'a', operator: 'semverEq', values: ['9007199254740993'] },
    ],
  ] as const)('leaves out a flag that flagd would decide otherwise, and says why: %s', (why, when) => {
    const rules = [{ id: 'r', when: [{ values: [], ...when }], serve: { variation: 'on' } }];
    const { flags, unsupported } = exportFlagd(snapshot({ odd: booleanFlag({ rules }), plain: booleanFlag() }));
    expect(unsupported).toEqual([{ flag: 'odd', why }]);
    expect(Object.keys(flags)).toEqual(['plain']);
  });

  test('gives every reason there is for leaving a flag out', () => {
    const when = (['matches', 'after'] as const).map((operator) => ({ attribute: 'a', operator, values: [] }));
    const odd = booleanFlag({ rules: [{ id: 'r', when, serve: { variation: 'on' } }] });
    const { unsupported } = exportFlagd(snapshot({ odd }));
    expect(unsupported.map(({ why }) => why.split(':')[0])).toEqual(['matches', 'after']);
  });

  test('leaves out cycles, lattices of prerequisites, malformed flags, and json that is no object', () => {
    const loop = booleanFlag({ prerequisites: [{ flag: 'loop', variations: ['on'] }] });
    const levels = Array.from({ length: 8 }, (_, i) => {
      const prerequisites = [0, 1, 2].map((j) => ({ flag: `level-${i - 1}-${j}`, variations: ['off'] }));
      return [0, 1, 2].map((j) => [`level-${i}-${j}`, booleanFlag(i > 0 ? { prerequisites } : {})] as const);
    });
    const list = booleanFlag({ type: 'json', variations: [{ key: 'off', value: [] }] });
    const payload = snapshot({ loop, broken: 5 as never, list, ...Object.fromEntries(levels.flat()) });
    const { flags, unsupported } = exportFlagd(payload);
    expect(unsupported.map(({ flag: key }) => key)).toEqual(expect.arrayContaining(['loop', 'broken', 'list']));
    expect(flags).toHaveProperty('level-3-0');
    expect(flags).not.toHaveProperty('level-7-0');
  });

  test('is hashed otherwise by flagd-core for JavaScript if a key is not ASCII, so such keys are not compared', () => {
    const { ruleset, flagd } = load(snapshot({ half: rollout(50_000) }));
    const differing = Array.from({ length: 50 }, (_, i) => ({ targetingKey: `é${i}` })).filter((person) => {
      const theirs = flagd.resolveBooleanEvaluation('half', false, person);
      return theirs.value !== evaluate(ruleset, 'half', false, person).value;
    });
    expect(differing.length).toBeGreaterThan(5);
  });
});
