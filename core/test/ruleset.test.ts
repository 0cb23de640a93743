import { type Diagnostic, evaluate, Ruleset, type RulesetFlag, slotOf } from '@dimmer/core';
import { describe, expect, test } from 'vitest';
import { booleanFlag, patch, rollout, snapshot } from './rulesets.ts';

const ON: RulesetFlag = booleanFlag({ fallthrough: { variation: 'on' } });
const OFF: RulesetFlag = booleanFlag();
const BROKEN: RulesetFlag = booleanFlag({ fallthrough: { variation: 'nowhere' } });
const asksSegment = booleanFlag({
  rules: [{ id: 'r', when: [{ operator: 'inSegment', values: ['testers'] }], serve: { variation: 'on' } }],
});

function held(): {
  ruleset: Ruleset;
  diagnostics: Diagnostic[];
  serves: (key: string, targetingKey?: string) => unknown;
} {
  const diagnostics: Diagnostic[] = [];
  const ruleset = new Ruleset({ onDiagnostic: (diagnostic) => diagnostics.push(diagnostic) });
  const serves = (key: string, targetingKey = 'anna'): unknown => {
    const flag = ruleset.get(key);
    return flag?.variation(flag.decide({ targetingKey }))?.key;
  };
  return { ruleset, diagnostics, serves };
}

describe('a snapshot', () => {
  test('replaces everything, and says which flags changed', () => {
    const { ruleset, serves } = held();
    expect(ruleset.replace(snapshot({ kept: ON, turned: OFF, gone: ON })).keys).toEqual(['kept', 'turned', 'gone']);
    const second = ruleset.replace(snapshot({ kept: { ...ON }, turned: ON, fresh: OFF }, {}, '2.aaaaaaaaaaaa'));
    expect([...second.keys].sort()).toEqual(['fresh', 'gone', 'turned']);
    expect([...ruleset.keys()]).toEqual(['kept', 'turned', 'fresh']);
    expect([serves('kept'), serves('turned'), serves('gone'), serves('fresh')]).toEqual(['on', 'on', undefined, 'off']);
    expect(ruleset.id).toBe('2.aaaaaaaaaaaa');
  });

  test('comes out again as it went in', () => {
    const text = JSON.stringify(
      snapshot({ a: ON, ['__proto__']: OFF, b: rollout(5) }, { ['__proto__']: { included: ['x'] } }),
    );
    const { ruleset } = held();
    ruleset.replace(JSON.parse(text));
    expect(JSON.stringify(ruleset.snapshot())).toBe(text);
    expect(JSON.stringify(new Ruleset().snapshot().flags)).toBe('{}');
  });

  test.each([
    ['another schema', { ...snapshot({}), schema: 2 }],
    ['another hash', { ...snapshot({}), hash: 2 }],
    ['no id', { ...snapshot({}), id: undefined }],
    ['flags that are a list', { ...snapshot({}), flags: [] }],
    ['no segments', { ...snapshot({}), segments: null }],
    ['nothing', undefined],
    ['null', null],
    ['a text', 'snapshot'],
  ])('with %s is refused whole, and what is held stays', (_, payload) => {
    const { ruleset, serves } = held();
    ruleset.replace(snapshot({ flag: ON }));
    for (const take of ['replace', 'patch'] as const) {
      const { applied, keys, diagnostics } = ruleset[take](payload as never);
      expect({ applied, keys, codes: diagnostics.map(({ code }) => code) }).toEqual({
        applied: false,
        keys: [],
        codes: ['PAYLOAD_UNSUPPORTED'],
      });
    }
    expect([ruleset.id, serves('flag')]).toEqual(['1.0123456789ab', 'on']);
  });
});

describe('a patch', () => {
  test('adds, changes and removes, and leaves the rest alone', () => {
    const { ruleset, serves } = held();
    ruleset.replace(snapshot({ kept: ON, turned: OFF, gone: ON }));
    const kept = ruleset.get('kept');
    const { keys } = ruleset.patch(patch({ turned: ON, gone: null, fresh: OFF, never: null }));
    expect([...keys].sort()).toEqual(['fresh', 'gone', 'turned']);
    expect(ruleset.get('kept')).toBe(kept);
    expect([serves('turned'), serves('gone'), serves('fresh')]).toEqual(['on', undefined, 'off']);
    expect([ruleset.id, ruleset.at]).toEqual(['2.0123456789ab', 1_760_000_001_000]);
  });

  test('that changes a segment is felt by the flags that ask it, and names them', () => {
    const { ruleset, serves } = held();
    ruleset.replace(snapshot({ asks: asksSegment, plain: ON }, { testers: { included: ['bert'] } }));
    expect(serves('asks')).toBe('off');
    expect(ruleset.patch(patch({}, { testers: { included: ['anna'] } })).keys).toEqual(['asks']);
    expect(serves('asks')).toBe('on');
    ruleset.patch(patch({}, { testers: null }));
    expect(serves('asks')).toBe('off');
  });

  test('that changes a prerequisite is felt by the flags that need it, and names them', () => {
    const { ruleset, serves } = held();
    const needs = (flag: string) =>
      booleanFlag({ prerequisites: [{ flag, variations: ['on'] }], fallthrough: { variation: 'on' } });
    ruleset.replace(snapshot({ base: OFF, middle: needs('base'), top: needs('middle'), plain: ON }));
    expect([serves('middle'), serves('top')]).toEqual(['off', 'off']);
    expect([...ruleset.patch(patch({ base: ON })).keys].sort()).toEqual(['base', 'middle', 'top']);
    expect([serves('middle'), serves('top')]).toEqual(['on', 'on']);
    ruleset.patch(patch({ base: null }));
    expect([serves('middle'), serves('top')]).toEqual(['off', 'off']);
  });

  test('with a malformed flag leaves that flag as it was, applies the rest, and says so', () => {
    const { ruleset, serves, diagnostics } = held();
    ruleset.replace(snapshot({ broken: ON, other: OFF }));
    ruleset.patch(patch({ broken: BROKEN, other: ON }));
    expect([serves('broken'), serves('other')]).toEqual(['on', 'on']);
    ruleset.patch(patch({ broken: { ...BROKEN, seed: 'again' } }));
    expect(serves('broken')).toBe('on');
    expect(diagnostics.map(({ code, key }) => `${code} ${key}`)).toEqual(['MALFORMED broken', 'MALFORMED broken']);
    ruleset.patch(patch({ broken: OFF }));
    expect(serves('broken')).toBe('off');
  });

  test('with a malformed segment leaves that segment as it was', () => {
    const { ruleset, serves } = held();
    ruleset.replace(snapshot({ asks: asksSegment }, { testers: { included: ['anna'] } }));
    ruleset.patch(patch({}, { testers: { included: 5 } as never }));
    expect(serves('asks')).toBe('on');
  });

  test('puts right a flag that was malformed from the start', () => {
    const { ruleset } = held();
    ruleset.replace(snapshot({ broken: BROKEN }));
    expect(evaluate(ruleset, 'broken', true).errorCode).toBe('PARSE_ERROR');
    ruleset.patch(patch({ broken: OFF }));
    expect(evaluate(ruleset, 'broken', true)).toMatchObject({ value: false, errorCode: undefined });
  });

  test('that takes a flag back to what it once was is a change', () => {
    const { ruleset, serves } = held();
    ruleset.replace(snapshot({ flag: ON }));
    ruleset.patch(patch({ flag: OFF }));
    expect(ruleset.patch(patch({ flag: ON })).keys).toEqual(['flag']);
    expect(serves('flag')).toBe('on');
  });

  test('in the middle of an evaluation does not disturb it', () => {
    const { ruleset, serves } = held();
    const twoRules = booleanFlag({
      rules: [
        { id: 'first', when: [{ attribute: 'trap', operator: 'in', values: ['x'] }], serve: { variation: 'off' } },
        { id: 'second', when: [{ attribute: 'plan', operator: 'in', values: ['pro'] }], serve: { variation: 'on' } },
      ],
    });
    ruleset.replace(snapshot({ flag: twoRules }));
    const flag = ruleset.get('flag')!;
    const context = {
      plan: 'pro',
      get trap() {
        ruleset.patch(patch({ flag: null }));
        return 'y';
      },
    };
    expect(flag.variation(flag.decide(context))?.key).toBe('on');
    expect(serves('flag')).toBeUndefined();
  });
});

describe('counts', () => {
  function count(ruleset: Ruleset, key: string, targetingKey: string): void {
    const flag = ruleset.get(key)!;
    const slot = slotOf(flag.decide({ targetingKey }));
    flag.counts[slot]!++;
  }

  function drain(ruleset: Ruleset): string[] {
    const lines: string[] = [];
    ruleset.drain((flag, variation, times) => lines.push(`${flag} ${variation} ${times}`));
    return lines;
  }

  test('are kept by flag and variation, and begin again when they are drained', () => {
    const { ruleset } = held();
    ruleset.replace(snapshot({ half: rollout(50_000), all: ON, broken: BROKEN, unasked: ON }));
    for (let i = 0; i < 100; i++) for (const key of ['half', 'all', 'broken']) count(ruleset, key, `user-${i}`);
    const lines = drain(ruleset);
    expect(lines).toContain('all on 100');
    expect(lines).toContain('broken undefined 100');
    const halves = lines.filter((line) => line.startsWith('half')).map((line) => Number(line.split(' ')[2]));
    expect(halves.reduce((sum, each) => sum + each)).toBe(100);
    expect(lines.some((line) => line.startsWith('unasked'))).toBe(false);
    expect(drain(ruleset)).toEqual([]);
  });

  test('survive a snapshot that leaves the flag as it was', () => {
    const { ruleset } = held();
    ruleset.replace(snapshot({ all: ON }));
    count(ruleset, 'all', 'anna');
    ruleset.replace(snapshot({ all: ON }, {}, '2.aaaaaaaaaaaa'));
    expect(drain(ruleset)).toEqual(['all on 1']);
  });
});

describe('diagnostics', () => {
  test('say which flag or segment has a condition that is not understood, once it is used', () => {
    const { ruleset, serves, diagnostics } = held();
    const when = [{ attribute: 'a', operator: 'soundsLike' as never, values: ['x'] }];
    const odd = booleanFlag({ rules: [{ id: 'r', when, serve: { variation: 'on' } }] });
    ruleset.replace(snapshot({ odd, asks: asksSegment }, { testers: { rules: [{ when }] } }));
    expect(diagnostics).toEqual([]);
    for (let i = 0; i < 3; i++) expect([serves('odd'), serves('asks')]).toEqual(['off', 'off']);
    expect(diagnostics).toEqual([
      { code: 'CONDITION_UNKNOWN', key: 'odd', message: 'soundsLike' },
      { code: 'CONDITION_UNKNOWN', key: 'testers', message: 'soundsLike' },
    ]);
  });
});
