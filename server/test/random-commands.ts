import type { Condition } from '@dimmer/core';
import fc from 'fast-check';
import type { Command } from '../src/commands/command.ts';
import { createEnvironment, updateEnvironment } from '../src/commands/environments.ts';
import { archiveFlag, createFlag, unarchiveFlag, updateFlag } from '../src/commands/flags.ts';
import { createKey } from '../src/commands/keys.ts';
import { rollOut } from '../src/commands/rollout.ts';
import { addRule, removeRule } from '../src/commands/rules.ts';
import {
  archiveSegment,
  createSegment,
  setSegmentMembers,
  unarchiveSegment,
  updateSegment,
} from '../src/commands/segments.ts';
import { killFlag, restoreFlag, toggleFlag } from '../src/commands/switches.ts';
import { setFallthrough, setPrerequisites, targetKeys, untargetKeys } from '../src/commands/targeting.ts';

/** Few names, so that commands meet; some that are bad for objects. */
const flagKey = fc.constantFrom('cart', 'search', '__proto__', 'constructor');
const segmentKey = fc.constantFrom('testers', 'toString', 'staff');
const environmentKey = fc.constantFrom('staging', 'production', '__proto__');
const variationKey = fc.constantFrom('on', 'on', 'off', 'off', 'live', 'blue', 'nowhere');
const attribute = fc.constantFrom('plan', '/address/city', '__proto__', 'constructor');
const percent = fc.integer({ min: 0, max: 100_000 }).map((parts) => parts / 1_000);
const where = fc.record({ project: fc.constant('shop'), flag: flagKey, environment: environmentKey });
const person = fc.constantFrom('ann', 'bob', '__proto__', 'käthe 🚀');

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ attribute, operator: fc.constant('in' as const), values: fc.array(person, { maxLength: 3 }) }),
  fc.record({
    operator: fc.constant('inSegment' as const),
    values: fc.array(segmentKey, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ attribute, operator: fc.constant('matches' as const), values: fc.constantFrom(['^a+$'], ['(']) }),
  fc.record({ attribute, operator: fc.constant('semverGt' as const), values: fc.constantFrom(['1.2.3'], ['old']) }),
  fc.record({ attribute, operator: fc.constant('exists' as const), values: fc.constant([]), not: fc.boolean() }),
);

const serve = fc.oneof(
  variationKey.map((variation) => ({ variation })),
  fc.tuple(fc.integer({ min: 0, max: 100_000 }), variationKey, variationKey).map(([parts, one, other]) => ({
    slices: [
      { variation: one, parts },
      { variation: other, parts: 100_000 - parts },
    ],
  })),
);

const rule = fc.record({
  id: fc.constantFrom('r1', 'r2', 'r3'),
  when: fc.array(condition, { maxLength: 2 }),
  serve,
});

const STRINGS = [
  { key: 'blue', value: 'blue' },
  { key: 'off', value: 'none' },
];

const commandOrEdit: fc.Arbitrary<Command> = fc.oneof(
  fc
    .record({ key: flagKey, browser: fc.boolean(), type: fc.constantFrom('boolean', 'launch', 'string') })
    .map(({ type, ...input }) => {
      const given = type === 'string' ? { variations: STRINGS } : {};
      return createFlag('shop', { ...input, ...given, type: type as 'boolean' });
    }),
  fc.tuple(flagKey, fc.boolean()).map(([flag, browser]) => updateFlag('shop', flag, { browser })),
  fc.tuple(flagKey, fc.string({ maxLength: 5 })).map(([flag, name]) => updateFlag('shop', flag, { name })),
  flagKey.map((flag) => archiveFlag('shop', flag)),
  flagKey.map((flag) => unarchiveFlag('shop', flag)),
  fc.tuple(where, fc.boolean()).map(([at, on]) => toggleFlag(at, { on })),
  where.map((at) => killFlag(at)),
  where.map((at) => restoreFlag(at)),
  fc.tuple(where, percent).map(([at, value]) => rollOut(at, { percent: value })),
  fc.tuple(where, percent).map(([at, value]) => rollOut(at, { live: value / 2, dark: value / 4 })),
  fc.tuple(where, percent).map(([at, value]) => rollOut(at, { percent: value, rule: 'r1', variation: 'on' })),
  fc.tuple(where, serve).map(([at, value]) => setFallthrough(at, { serve: value })),
  fc.tuple(where, rule).map(([at, value]) => addRule(at, { rule: value, position: 0 })),
  fc.tuple(where, fc.constantFrom('r1', 'r2')).map(([at, id]) => removeRule(at, id)),
  fc.tuple(where, variationKey, person).map(([at, variation, key]) => targetKeys(at, { variation, keys: [key] })),
  fc.tuple(where, person).map(([at, key]) => untargetKeys(at, { keys: [key] })),
  fc
    .tuple(where, flagKey, variationKey)
    .map(([at, flag, variation]) => setPrerequisites(at, { prerequisites: [{ flag, variations: [variation] }] })),
  where.map((at) => setPrerequisites(at, { prerequisites: [] })),
);

const segmentOrHouse: fc.Arbitrary<Command> = fc.oneof(
  fc
    .tuple(segmentKey, fc.array(person, { maxLength: 3 }))
    .map(([key, included]) => createSegment('shop', { key, included })),
  fc.tuple(segmentKey, condition).map(([key, when]) => updateSegment('shop', key, { rules: [{ when: [when] }] })),
  fc.tuple(segmentKey, person).map(([key, member]) => setSegmentMembers('shop', key, { include: [member] })),
  segmentKey.map((key) => archiveSegment('shop', key)),
  segmentKey.map((key) => unarchiveSegment('shop', key)),
  environmentKey.map((key) => createEnvironment('shop', { key })),
  environmentKey.map((key) => updateEnvironment('shop', key, { description: `about ${key}` })),
  fc
    .uuid()
    .map((selector) =>
      createKey(
        { kind: 'browser', project: 'shop', environment: 'staging' },
        { name: '' },
        { selector, secretHash: null },
      ),
    ),
);

/** Something of everything, so that what is asked afterwards has something to act on. */
export const POPULATION: readonly Command[] = [
  createEnvironment('shop', { key: '__proto__' }),
  createSegment('shop', { key: 'testers', included: ['ann'] }),
  createSegment('shop', { key: 'toString', included: ['bob', '__proto__'] }),
  createFlag('shop', { key: 'cart', browser: true }),
  createFlag('shop', { key: 'search', type: 'launch' }),
  createFlag('shop', { key: '__proto__', type: 'string', variations: STRINGS }),
];

/** Anything that somebody could ask of the shop; much of it will be refused. */
export const randomCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: commandOrEdit },
  { weight: 1, arbitrary: segmentOrHouse },
);
