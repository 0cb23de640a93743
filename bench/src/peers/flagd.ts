import { FlagdCore } from '@openfeature/flagd-core';
import type { Library } from '../participant.ts';
import { PEOPLE_COUNT, type Person, type Plan, SPLIT } from '../workload.ts';

const MASK = PEOPLE_COUNT - 1;

/** flagd's in-process evaluator: JSON logic, compiled to functions by its default settings. */
export const flagd: Library = {
  text(plans) {
    const flags: Record<string, unknown> = {};
    for (const [key, plan] of plans) {
      const flag = translate(key, plan);
      if (!flag) return null;
      flags[key] = flag;
    }
    return JSON.stringify({ flags });
  },

  load(source) {
    const core = new FlagdCore();
    core.setConfigurations(source.text);
    const users = source.people.map(user);
    return {
      enabled(flag) {
        return (index) => core.resolveBooleanEvaluation(flag, false, users[index & MASK]).value;
      },
      text(flag) {
        return (index) => core.resolveStringEvaluation(flag, '', users[index & MASK]).value;
      },
      json(flag) {
        return (index) => core.resolveObjectEvaluation(flag, {}, users[index & MASK]).value;
      },
      all() {
        return (index) => {
          let trues = 0;
          for (const answer of core.resolveAll(users[index & MASK])) if (answer.value === true) trues += 1;
          return trues;
        };
      },
      close() {},
    };
  },
};

function user({ id, ...attributes }: Person) {
  return { targetingKey: id, ...attributes };
}

const BOOLEAN = { state: 'ENABLED', variants: { on: true, off: false } };

function translate(key: string, plan: Plan): unknown {
  switch (plan.kind) {
    case 'on':
      return { ...BOOLEAN, defaultVariant: 'on' };
    case 'half':
      return {
        ...BOOLEAN,
        defaultVariant: 'off',
        targeting: split(key, [
          ['on', 50],
          ['off', 50],
        ]),
      };
    case 'countries':
      return { ...BOOLEAN, defaultVariant: 'off', targeting: choose({ in: [{ var: 'country' }, plan.countries] }) };
    case 'list':
      return { ...BOOLEAN, defaultVariant: 'off', targeting: choose({ in: [{ var: 'targetingKey' }, plan.ids] }) };
    case 'json':
      return { state: 'ENABLED', variants: { value: plan.value }, defaultVariant: 'value' };
    case 'rules': {
      const branches: unknown[] = [];
      for (const rule of plan.first) branches.push({ '===': [{ var: rule.attribute }, rule.equals] }, 'none');
      branches.push(
        { '===': [{ var: plan.last.attribute }, plan.last.equals] },
        split(
          key,
          SPLIT.map((slice) => [slice.variation, slice.percent]),
        ),
        'none',
      );
      return {
        state: 'ENABLED',
        variants: { none: 'none', red: 'red', green: 'green', blue: 'blue' },
        defaultVariant: 'none',
        targeting: { if: branches },
      };
    }
    case 'requires':
      return null;
  }
}

function choose(condition: unknown): unknown {
  return { if: [condition, 'on', 'off'] };
}

function split(seed: string, slices: readonly (readonly [string, number])[]): unknown {
  return { fractional: [{ cat: [`${seed}:`, { var: 'targetingKey' }] }, ...slices] };
}
