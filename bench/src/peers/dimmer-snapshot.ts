import { HASH_VERSION, type RulesetFlag, type RulesetSegment, SCHEMA_VERSION, type Snapshot } from '@dimmer/core';
import { type Plan, type Plans, SPLIT, type SplitRule } from '../workload.ts';

/** The plans as a snapshot, as our server would send it. */
export function toSnapshot(plans: Plans): Snapshot {
  const flags: Record<string, RulesetFlag> = {};
  const segments: Record<string, RulesetSegment> = {};
  for (const [key, plan] of plans) {
    // Inline lists end at a thousand values on our server; longer ones are segments.
    if (plan.kind === 'list') segments[key] = { included: plan.ids };
    flags[key] = translate(key, plan);
  }
  const id = '1.0123456789ab';
  return { schema: SCHEMA_VERSION, hash: HASH_VERSION, id, at: 1_760_000_000_000, flags, segments };
}

function translate(key: string, plan: Plan): RulesetFlag {
  switch (plan.kind) {
    case 'on':
      return { ...booleanFlag(key), fallthrough: { variation: 'on' } };
    case 'half':
      return { ...booleanFlag(key), fallthrough: { slices: [slice('on', 50), slice('off', 50)] } };
    case 'countries':
      return {
        ...booleanFlag(key),
        rules: [
          {
            id: 'countries',
            when: [{ attribute: 'country', operator: 'in', values: plan.countries }],
            serve: { variation: 'on' },
          },
        ],
      };
    case 'list':
      return {
        ...booleanFlag(key),
        rules: [{ id: 'list', when: [{ operator: 'inSegment', values: [key] }], serve: { variation: 'on' } }],
      };
    case 'requires':
      return {
        ...booleanFlag(key),
        prerequisites: [{ flag: plan.flag, variations: ['on'] }],
        fallthrough: { variation: 'on' },
      };
    case 'json':
      return {
        ...frame(key),
        type: 'json',
        variations: [{ key: 'value', value: plan.value as never }],
        off: 'value',
        fallthrough: { variation: 'value' },
      };
    case 'rules':
      return {
        ...frame(key),
        type: 'string',
        variations: ['none', ...SPLIT.map((one) => one.variation)].map((name) => ({ key: name, value: name })),
        off: 'none',
        rules: [
          ...plan.first.map((rule, index) => ({
            id: `rule-${index}`,
            when: [equals(rule)],
            serve: { variation: 'none' },
          })),
          {
            id: 'last',
            when: [equals(plan.last)],
            serve: { slices: SPLIT.map((one) => slice(one.variation, one.percent)) },
          },
        ],
        fallthrough: { variation: 'none' },
      };
  }
}

function frame(key: string) {
  return { on: true, seed: key };
}

function booleanFlag(key: string) {
  return {
    ...frame(key),
    type: 'boolean' as const,
    variations: [
      { key: 'on', value: true },
      { key: 'off', value: false },
    ],
    off: 'off',
    fallthrough: { variation: 'off' },
  };
}

function slice(variation: string, percent: number) {
  return { variation, parts: percent * 1_000 };
}

function equals(rule: SplitRule) {
  return { attribute: rule.attribute, operator: 'in' as const, values: [rule.equals] };
}
