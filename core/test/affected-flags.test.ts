/** Which flags an applied change names: exactly those whose answers can differ. */
import { Ruleset, type RulesetFlag, type RulesetSegment } from '@dimmer/core';
import { SPEED } from '@dimmer/core/speed';
import { describe, expect, test } from 'vitest';
import { booleanFlag, patch, snapshot } from './rulesets.ts';

const asks = (segment: string, more: Partial<RulesetFlag> = {}): RulesetFlag =>
  booleanFlag({
    rules: [{ id: 'r', when: [{ operator: 'inSegment', values: [segment] }], serve: { variation: 'on' } }],
    ...more,
  });
const needs = (flag: string, more: Partial<RulesetFlag> = {}): RulesetFlag =>
  booleanFlag({ prerequisites: [{ flag, variations: ['on'] }], fallthrough: { variation: 'on' }, ...more });

const FLAGS: { readonly [key: string]: RulesetFlag } = {
  plain: booleanFlag(),
  ruled: booleanFlag({ rules: [{ id: 'r', when: [], serve: { variation: 'on' } }] }),
  parent: asks('testers'),
  child: needs('parent'),
  grandchild: needs('child'),
  'grandchild that is off': needs('child', { on: false }),
  'below one that is off': needs('grandchild that is off'),
  'asks while off': asks('testers', { on: false }),
  'asks another': asks('staff'),
};
const SEGMENTS: { readonly [key: string]: RulesetSegment } = { testers: { included: ['ann'] }, staff: {} };

describe.each([
  ['as pages have it', undefined],
  ['as Node has it', SPEED],
])('a change, %s,', (_, speed) => {
  function named(
    flags: { readonly [key: string]: RulesetFlag | null },
    segments: { readonly [key: string]: RulesetSegment | null } = {},
  ): string[] {
    const ruleset = new Ruleset({ speed });
    ruleset.replace(snapshot(FLAGS, SEGMENTS));
    const byPatch = [...ruleset.patch(patch(flags, segments)).keys].sort();
    const whole = new Ruleset({ speed });
    whole.replace(snapshot(FLAGS, SEGMENTS));
    const present = <Item>(all: { readonly [key: string]: Item | null }) =>
      Object.fromEntries(Object.entries(all).filter(([, each]) => each !== null)) as { [key: string]: Item };
    const after = snapshot(present({ ...FLAGS, ...flags }), present({ ...SEGMENTS, ...segments }), '2.0123456789ab');
    expect([...whole.replace(after).keys].sort()).toEqual(byPatch);
    return byPatch;
  }

  const family = ['child', 'grandchild', 'parent'];

  test('of one flag names that flag', () => {
    expect(named({ plain: booleanFlag({ on: false }) })).toEqual(['plain']);
    expect(named({ ruled: null })).toEqual(['ruled']);
    expect(named({ fresh: booleanFlag() })).toEqual(['fresh']);
  });

  test('of a flag that others need names them at any distance, as far as they are on', () => {
    expect(named({ parent: asks('testers', { on: false }) })).toEqual(family);
    expect(named({ parent: null })).toEqual(family);
    expect(named({ child: needs('parent', { fallthrough: { variation: 'off' } }) })).toEqual(['child', 'grandchild']);
  });

  test('of a segment names those that ask about it while they are on, and those that need them', () => {
    expect(named({}, { testers: { included: ['ann', 'bob'] } })).toEqual(family);
    expect(named({}, { testers: null })).toEqual(family);
    expect(named({}, { staff: { included: ['ann'] } })).toEqual(['asks another']);
    expect(named({}, { unused: { included: ['ann'] } })).toEqual([]);
  });

  test('that sends a flag or segment as it is names nobody', () => {
    expect(named(FLAGS, SEGMENTS)).toEqual([]);
  });

  test('of the rules of a flag that is off, or of dials, names nobody', () => {
    expect(named({ 'asks while off': asks('staff', { on: false }) })).toEqual([]);
    expect(named({ plain: booleanFlag({ dials: { samplePercent: 5 } }) })).toEqual([]);
  });

  test('of the off value of a flag that is off names it, and not who needs it', () => {
    const variations = [
      { key: 'off', value: true },
      { key: 'on', value: false },
    ];
    expect(named({ 'grandchild that is off': needs('child', { on: false, variations }) })).toEqual([
      'grandchild that is off',
    ]);
  });

  test('of a value alone does not name who needs the flag', () => {
    const variations = [
      { key: 'off', value: true },
      { key: 'on', value: false },
    ];
    expect(named({ parent: asks('testers', { variations }) })).toEqual(['parent']);
  });

  test('that is malformed names what it is about, and breaks nothing', () => {
    const broken = { ...booleanFlag(), prerequisites: 5, rules: 7 } as never;
    expect(named({ plain: broken, parent: null })).toEqual(['child', 'grandchild', 'parent', 'plain']);
  });
});
