/**
 * What a flag costs when it is asked for the first time after a change: no more than at any other time, and nothing if
 * it is off. Counted, never timed.
 */
import {
  type Condition,
  type Diagnostic,
  type EvaluationContext,
  evaluate,
  isEnabled,
  Ruleset,
  type RulesetFlag,
  type RulesetSegment,
} from '@dimmer/core';
import { explain } from '@dimmer/core/explain';
import { SPEED } from '@dimmer/core/speed';
import { describe, expect, test, vi } from 'vitest';
import { booleanFlag, patch, snapshot } from './rulesets.ts';

/** What `value-index.ts` lets one evaluation put into indexes. */
const MAX_INDEXED = 2_000;

function texts(count: number, prefix = 'u'): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

function asks(...rules: readonly (readonly Condition[])[]): RulesetFlag {
  return booleanFlag({ rules: rules.map((when, i) => ({ id: `r${i}`, when, serve: { variation: 'on' } })) });
}

function inSegment(...values: readonly string[]): Condition {
  return { operator: 'inSegment', values };
}

function rulesetOf(
  flags: { readonly [key: string]: RulesetFlag },
  segments: { readonly [key: string]: RulesetSegment } = {},
  speed: typeof SPEED | undefined = SPEED,
) {
  const told: Diagnostic[] = [];
  const ruleset = new Ruleset({ onDiagnostic: (diagnostic) => told.push(diagnostic), speed });
  ruleset.replace(snapshot(flags, segments));
  return { ruleset, told };
}

/** How many values an evaluation puts into indexes. */
function indexedBy(ask: () => void): number {
  const set = vi.spyOn(Map.prototype, 'set');
  try {
    ask();
    return set.mock.calls.length;
  } finally {
    set.mockRestore();
  }
}

describe('a flag that is off', () => {
  test('reads no rules, whoever asks, and however many they are', () => {
    const rules = new Proxy([], {
      get: () => {
        throw new Error('they are read');
      },
    });
    const { ruleset, told } = rulesetOf({ killed: { ...asks(), on: false, rules, targets: rules as never } });
    expect(isEnabled(ruleset, 'killed', { targetingKey: 'anna' })).toBe(false);
    expect(told).toEqual([]);
  });

  test('is off also where its rules are not understood, so that a kill is obeyed by every version', () => {
    const { ruleset } = rulesetOf({ flag: booleanFlag({ fallthrough: { variation: 'on' } }) });
    expect(evaluate(ruleset, 'flag', false).value).toBe(true);
    ruleset.patch(patch({ flag: booleanFlag({ on: false, rules: [{ id: 'r', when: 5, serve: 7 }] as never }) }));
    expect(evaluate(ruleset, 'flag', true)).toMatchObject({ value: false, reason: 'DISABLED', errorCode: undefined });
  });
});

describe('a list of many keys', () => {
  const keys = texts(9_000);
  const cases: readonly (readonly [string, RulesetFlag, RulesetSegment | undefined])[] = [
    ['of a segment', asks([inSegment('s')]), { included: keys }],
    ['that a segment leaves out', asks([{ ...inSegment('s'), not: true }]), { excluded: keys, included: ['u9000'] }],
    ['of a target', booleanFlag({ targets: [{ variation: 'on', keys }] }), undefined],
    ['of a condition', asks([{ attribute: 'targetingKey', operator: 'in', values: keys }]), undefined],
  ];

  test.each(cases)('%s is put into an index by the evaluations that ask, a part each', (_, flag, segment) => {
    const { ruleset } = rulesetOf({ flag }, segment && { s: segment });
    for (let round = 0; round < 6; round++) {
      for (const i of [0, 1_999, 2_000, 5_555, 8_999]) {
        const answer = () => expect(evaluate(ruleset, 'flag', false, { targetingKey: `u${i}` }).value).toBe(true);
        expect(indexedBy(answer)).toBeLessThanOrEqual(MAX_INDEXED);
      }
      expect(evaluate(ruleset, 'flag', true, { targetingKey: 'u9000' }).value).toBe(false);
    }
  });

  test('is not put into one at all before somebody asks', () => {
    const { ruleset } = rulesetOf({ flag: asks([inSegment('s')]) });
    expect(indexedBy(() => ruleset.patch(patch({}, { s: { included: keys } })))).toBeLessThan(100);
  });

  test('all lists of an evaluation share what one may put into indexes', () => {
    const segments = Object.fromEntries(texts(20, 's').map((key) => [key, { included: keys }]));
    const { ruleset } = rulesetOf({ flag: asks([inSegment(...Object.keys(segments))]) }, segments);
    const ask = () => evaluate(ruleset, 'flag', false, { targetingKey: 'nobody' });
    expect(indexedBy(ask)).toBeLessThanOrEqual(MAX_INDEXED + 100);
  });
});

test('a value is found as what it is compared as, in the index and before it is there', () => {
  const values = [...texts(3_000), 7, true, false, 1.5, 1e21, -0, '0x10', ''];
  const flag = asks([{ attribute: 'a', operator: 'in', values }]);
  const found = ['u2999', 7, '7', true, 'true', false, 'false', 1.5, '1.5', 1e21, '1e+21', 0, '0', '0x10', ''];
  const missed = [
    'u3000',
    8,
    '07',
    '7.0',
    'True',
    ' 7',
    '1e21',
    16,
    'NaN',
    'Infinity',
    Number.NaN,
    'null',
    'undefined',
  ];
  const { ruleset } = rulesetOf({ flag });
  for (let round = 0; round < 3; round++) {
    for (const a of found) expect([a, evaluate(ruleset, 'flag', false, { a }).value]).toEqual([a, true]);
    for (const a of missed) expect([a, evaluate(ruleset, 'flag', false, { a }).value]).toEqual([a, false]);
  }
});

test('of two targets that name somebody the first counts, in the index and before it is there', () => {
  const targets = [
    { variation: 'off', keys: texts(3_000) },
    { variation: 'on', keys: [...texts(3_000), 'anna'] },
  ];
  const { ruleset } = rulesetOf({ flag: booleanFlag({ targets }) });
  for (let round = 0; round < 5; round++) {
    expect(evaluate(ruleset, 'flag', true, { targetingKey: 'u2999' }).value).toBe(false);
    expect(evaluate(ruleset, 'flag', false, { targetingKey: 'anna' }).value).toBe(true);
  }
});

describe('what there are no steps for', () => {
  test('is not compiled either', () => {
    const costly: Condition = { attribute: 'a', operator: 'cidr', values: Array(1_000).fill('10.0.0.0/8'), not: true };
    const rules = [Array(20).fill(costly), [{ attribute: 'plan', operator: 'in', values: ['pro'] } as const]];
    const { ruleset, told } = rulesetOf({ flag: asks(...rules) });
    let read = 0;
    class CountedURL extends URL {
      constructor(text: string) {
        read++;
        super(text);
      }
    }
    vi.stubGlobal('URL', CountedURL);
    try {
      // What can be afforded of the first rule does not suffice, so that the second is asked.
      expect(evaluate(ruleset, 'flag', false, { a: '11.0.0.1', plan: 'pro' })).toMatchObject({ ruleId: 'r1' });
      expect(read).toBeLessThanOrEqual(3_000);
    } finally {
      vi.unstubAllGlobals();
    }
    expect(told).toMatchObject([{ code: 'STEPS_EXCEEDED', key: 'flag' }]);
  });

  test('segments of more keys than an evaluation may look through: the others are decided, and it is said', () => {
    const keys = texts(10_000);
    const segments = Object.fromEntries(texts(70, 's').map((key) => [key, { included: keys }]));
    const { ruleset, told } = rulesetOf(
      { flag: asks([{ ...inSegment(...Object.keys(segments)), not: true }]) },
      segments,
    );
    expect(evaluate(ruleset, 'flag', true, { targetingKey: 'nobody' }).value).toBe(false);
    expect(told[0]).toMatchObject({ code: 'STEPS_EXCEEDED', key: 's15' });
    expect(evaluate(ruleset, 'flag', true, { targetingKey: 'u1' }).value).toBe(false);
  });
});

describe('what is asked several times in an evaluation', () => {
  test('is a segment: it looks, and is paid for, once', () => {
    let reads = 0;
    const context = {
      targetingKey: 'u1',
      get plan() {
        reads++;
        return 'free';
      },
    };
    const segment: RulesetSegment = {
      included: texts(10_000, 'k'),
      rules: [{ when: [{ attribute: 'plan', operator: 'in', values: ['pro'] }] }],
    };
    const { ruleset, told } = rulesetOf({ flag: asks(...Array(100).fill([inSegment('s')])) }, { s: segment });
    for (let round = 1; round <= 3; round++) {
      expect(evaluate(ruleset, 'flag', true, context)).toMatchObject({ value: false, reason: 'DEFAULT' });
      expect(reads).toBe(round);
    }
    expect(told).toEqual([]);
  });

  test('is found out for one context only, also where reading an attribute asks about another', () => {
    const flag = asks([inSegment('s'), { attribute: 'plan', operator: 'in', values: ['pro'] }, inSegment('s')]);
    const { ruleset } = rulesetOf({ flag }, { s: { included: ['anna'] } });
    const anna = {
      targetingKey: 'anna',
      get plan() {
        evaluate(ruleset, 'flag', false, { targetingKey: 'ben', plan: 'pro' });
        return 'pro';
      },
    };
    expect(evaluate(ruleset, 'flag', false, anna).value).toBe(true);
    expect(evaluate(ruleset, 'flag', true, { targetingKey: 'ben', plan: 'pro' }).value).toBe(false);
  });

  test('is found out anew when the same context asks again, with other attributes', () => {
    const { ruleset } = rulesetOf({ flag: asks([inSegment('s')]) }, { s: { included: ['anna'] } });
    const context = { targetingKey: 'anna' };
    expect(evaluate(ruleset, 'flag', false, context).value).toBe(true);
    context.targetingKey = 'ben';
    expect(evaluate(ruleset, 'flag', true, context).value).toBe(false);
  });
});

test('flags that need more than an evaluation may ask are not compiled, are not met, and it is said', () => {
  const layer = (level: number) => texts(20, `l${level}-`);
  const needing = (level: number) => layer(level).map((flag) => ({ flag, variations: ['on'] }));
  const when = Array.from({ length: 30 }, (): Condition => ({ attribute: 'a', operator: 'lt', values: [1] }));
  const rules = texts(100, 'r').map((id) => ({ id, when, serve: { variation: 'on' } }));
  const levels = [1, 2, 3, 4, 5];
  const flags = Object.fromEntries(
    levels.flatMap((level) => {
      const more = { fallthrough: { variation: 'on' }, rules, prerequisites: level < 5 ? needing(level + 1) : [] };
      return layer(level).map((key) => [key, booleanFlag(more)]);
    }),
  );
  const { ruleset, told } = rulesetOf({ ...flags, flag: booleanFlag({ prerequisites: needing(1) }) });
  for (let round = 0; round < 2; round++) {
    expect(evaluate(ruleset, 'flag', true, { a: 5 })).toMatchObject({ value: false, reason: 'PREREQUISITE_FAILED' });
  }
  expect(told).toMatchObject([{ code: 'STEPS_EXCEEDED' }, ...told.slice(1)]);
  expect(evaluate(ruleset, 'l5-0', false, { a: 5 }).value).toBe(true);
});

test('a list is not copied to be compiled, and what is no list is noticed', () => {
  const keys = new Proxy(texts(5), {
    get: (list, name, self) => {
      if (name === Symbol.iterator) throw new Error('it is copied');
      return Reflect.get(list, name, self);
    },
  });
  const { ruleset, told } = rulesetOf(
    { flag: asks([inSegment('s')]), odd: asks([inSegment('none')]) },
    { s: { included: keys }, none: { included: 5 as never } },
  );
  expect(evaluate(ruleset, 'flag', false, { targetingKey: 'u4' }).value).toBe(true);
  expect(told).toEqual([]);
  expect(evaluate(ruleset, 'odd', false, { targetingKey: 'u4' }).value).toBe(false);
  expect(told).toMatchObject([{ code: 'MALFORMED', key: 'none' }]);
});

test('a value that nobody is served is not frozen, one that is served is', () => {
  const variations = [
    { key: 'off', value: { a: [1] } },
    { key: 'on', value: { a: [2] } },
  ];
  const { ruleset } = rulesetOf({ flag: booleanFlag({ type: 'json', variations, fallthrough: { variation: 'on' } }) });
  const value = evaluate<unknown>(ruleset, 'flag', {}).value as { a: number[] };
  expect(() => value.a.push(3)).toThrow(TypeError);
  expect(Object.isFrozen(variations[0]!.value)).toBe(false);
});

test('a condition with a value that is not understood never matches, and says so when it is first asked', () => {
  const odd: Condition = { attribute: 'a', operator: 'cidr', values: ['10.0.0.0/8', 'nonsense'], not: true };
  const { ruleset, told } = rulesetOf({ flag: asks([{ attribute: 'plan', operator: 'in', values: ['pro'] }, odd]) });
  evaluate(ruleset, 'flag', true, { a: '11.0.0.1' });
  expect(told).toEqual([]);
  for (let round = 0; round < 3; round++) {
    expect(evaluate(ruleset, 'flag', true, { a: '11.0.0.1', plan: 'pro' }).value).toBe(false);
  }
  expect(told).toEqual([{ code: 'CONDITION_UNKNOWN', key: 'flag', message: 'cidr' }]);
  const { rules } = explain(ruleset, 'flag', { a: '11.0.0.1', plan: 'pro' });
  expect(rules[0]?.conditions[1]).toMatchObject({ isKnown: false, unknown: 'CONDITION_UNKNOWN' });
});

test('an index of rules takes them in a few at a time, and changes no answer', () => {
  const rules = texts(40, 'c').map((name): readonly Condition[] => [
    { attribute: 'country', operator: 'in', values: [...texts(500, `${name}-`), name] },
  ]);
  const { ruleset } = rulesetOf({ flag: asks(...rules) });
  for (let round = 0; round < 30; round++) {
    const ask = (country: string) => evaluate(ruleset, 'flag', false, { country }).ruleId;
    expect([ask('c0'), ask('c7-499'), ask('c39'), ask('c39-0'), ask('nowhere')]).toEqual([
      'r0',
      'r7',
      'r39',
      'r39',
      undefined,
    ]);
  }
});

test('an explanation takes prerequisites as the evaluation found them', () => {
  const needed = texts(3, 'p');
  const prerequisites = needed.map((flag) => ({ flag, variations: ['on'] }));
  const flags = Object.fromEntries(
    needed.map((key) => [key, asks([{ attribute: key, operator: 'in', values: ['x'] }])]),
  );
  const { ruleset } = rulesetOf({ ...flags, flag: booleanFlag({ prerequisites, fallthrough: { variation: 'on' } }) });
  evaluate(ruleset, 'flag', false, {});
  const asked = (context: EvaluationContext) =>
    explain(ruleset, 'flag', context).prerequisites.map(({ flag, served, isMet }) => `${flag} ${served} ${isMet}`);
  expect(asked({ p0: 'x', p1: 'x', p2: 'x' })).toEqual(['p0 on true', 'p1 on true', 'p2 on true']);
  expect(asked({ p0: 'x' })).toEqual(['p0 on true', 'p1 off false']);
  expect(asked({})).toEqual(['p0 off false']);
});
