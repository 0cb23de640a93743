import { type FeatureDefinition, GrowthBookClient } from '@growthbook/growthbook';
import type { Library } from '../participant.ts';
import { PEOPLE_COUNT, type Person, type Plan, SPLIT } from '../workload.ts';

const MASK = PEOPLE_COUNT - 1;

/** GrowthBook's client for servers, which takes the user with every call. */
export const growthbook: Library = {
  text(plans) {
    const features: Record<string, FeatureDefinition> = {};
    for (const [key, plan] of plans) features[key] = translate(plan);
    return JSON.stringify({ features });
  },

  load(source) {
    const client = new GrowthBookClient();
    client.initSync({ payload: JSON.parse(source.text) });
    const users = source.people.map(user);
    return {
      enabled(flag) {
        return (index) => client.isOn(flag, users[index & MASK]!);
      },
      text(flag) {
        return (index) => client.getFeatureValue(flag, '', users[index & MASK]!);
      },
      json(flag) {
        return (index) => client.getFeatureValue(flag, {}, users[index & MASK]!);
      },
      all(keys) {
        return (index) => {
          const one = users[index & MASK]!;
          let trues = 0;
          for (const key of keys) if (client.isOn(key, one)) trues += 1;
          return trues;
        };
      },
      close: () => client.destroy(),
    };
  },
};

function user(person: Person) {
  return { attributes: { ...person } };
}

function translate(plan: Plan): FeatureDefinition {
  switch (plan.kind) {
    case 'on':
      return { defaultValue: true };
    case 'half':
      return { defaultValue: false, rules: [{ force: true, coverage: 0.5, hashAttribute: 'id', hashVersion: 2 }] };
    case 'countries':
      return { defaultValue: false, rules: [{ condition: { country: { $in: [...plan.countries] } }, force: true }] };
    case 'list':
      return { defaultValue: false, rules: [{ condition: { id: { $in: [...plan.ids] } }, force: true }] };
    case 'requires':
      return {
        defaultValue: false,
        rules: [{ parentConditions: [{ id: plan.flag, condition: { value: true }, gate: true }], force: true }],
      };
    case 'json':
      return { defaultValue: plan.value };
    case 'rules':
      return {
        defaultValue: 'none',
        rules: [
          ...plan.first.map((rule) => ({ condition: { [rule.attribute]: rule.equals }, force: 'none' })),
          {
            condition: { [plan.last.attribute]: plan.last.equals },
            variations: SPLIT.map((slice) => slice.variation),
            weights: SPLIT.map((slice) => slice.percent / 100),
            hashAttribute: 'id',
            hashVersion: 2 as const,
          },
        ],
      };
  }
}
