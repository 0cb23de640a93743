import { createInstance } from '@featurevisor/sdk';
import type { Library } from '../participant.ts';
import { PEOPLE_COUNT, type Person, type Plan, SPLIT } from '../workload.ts';

const MASK = PEOPLE_COUNT - 1;
const EVERYBODY = 100_000;

/** Featurevisor's SDK. Conditions are given as objects, which it reads faster than the strings its builder writes. */
export const featurevisor: Library = {
  text(plans) {
    const segments: Record<string, unknown> = {};
    const features: Record<string, unknown> = {};
    for (const [key, plan] of plans) features[key] = translate(key, plan, segments);
    return JSON.stringify({ schemaVersion: '2', revision: '1', segments, features });
  },

  load(source) {
    const client = createInstance({ datafile: source.text, logLevel: 'fatal' });
    const users = source.people.map(user);
    return {
      enabled(flag) {
        return (index) => client.isEnabled(flag, users[index & MASK]);
      },
      text(flag) {
        return (index) => client.getVariation(flag, users[index & MASK]);
      },
      json(flag) {
        return (index) => client.getVariableObject(flag, 'value', users[index & MASK]);
      },
      all(keys) {
        return (index) => {
          const one = users[index & MASK];
          let trues = 0;
          for (const key of keys) if (client.isEnabled(key, one)) trues += 1;
          return trues;
        };
      },
      close: () => client.close(),
    };
  },
};

function user(person: Person) {
  return { ...person };
}

function translate(key: string, plan: Plan, segments: Record<string, unknown>): unknown {
  switch (plan.kind) {
    case 'on':
      return feature([traffic('*', EVERYBODY)]);
    case 'half':
      return feature([traffic('*', EVERYBODY / 2)]);
    case 'countries':
      segments[key] = { conditions: [{ attribute: 'country', operator: 'in', value: plan.countries }] };
      return feature([traffic(key, EVERYBODY)]);
    case 'list':
      segments[key] = { conditions: [{ attribute: 'id', operator: 'in', value: plan.ids }] };
      return feature([traffic(key, EVERYBODY)]);
    case 'requires':
      return { ...feature([traffic('*', EVERYBODY)]), required: [plan.flag] };
    case 'json':
      return {
        ...feature([traffic('*', EVERYBODY)]),
        variablesSchema: { value: { type: 'object', defaultValue: plan.value } },
      };
    case 'rules': {
      const rules = [...plan.first, plan.last].map((rule, index) => {
        const segment = `${key}-${index}`;
        segments[segment] = { conditions: [{ attribute: rule.attribute, operator: 'equals', value: rule.equals }] };
        return index < plan.first.length
          ? { ...traffic(segment, EVERYBODY), variation: 'none' }
          : { ...traffic(segment, EVERYBODY), allocation: allocation() };
      });
      return { ...feature(rules), variations: ['none', 'red', 'green', 'blue'].map((value) => ({ value })) };
    }
  }
}

function feature(rules: readonly unknown[]) {
  return { bucketBy: 'id', traffic: rules };
}

function traffic(segments: string, percentage: number) {
  return { key: segments, segments, percentage };
}

function allocation() {
  let start = 0;
  return SPLIT.map((slice) => {
    const range = [start, start + slice.percent * 1000];
    start += slice.percent * 1000;
    return { variation: slice.variation, range };
  });
}
