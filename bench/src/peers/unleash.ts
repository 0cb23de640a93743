import { once } from 'node:events';
import { InMemStorageProvider, Unleash } from 'unleash-client';
import type { Library } from '../participant.ts';
import { PEOPLE_COUNT, type Person, type Plan, SPLIT } from '../workload.ts';

const MASK = PEOPLE_COUNT - 1;

/** Unleash's Node client. A prerequisite may have no prerequisite of its own there, so depth 2 cannot be expressed. */
export const unleash: Library = {
  text(plans) {
    const features: unknown[] = [];
    for (const [name, plan] of plans) {
      const strategies = translate(name, plan);
      if (!strategies) return null;
      features.push({ name, type: 'release', enabled: true, stale: false, strategies, variants: [] });
    }
    return JSON.stringify({ version: 2, features });
  },

  async load(source) {
    const client = new Unleash({
      appName: 'bench',
      url: source.sinkUrl,
      bootstrap: { data: JSON.parse(source.text).features },
      bootstrapOverride: true,
      storageProvider: new InMemStorageProvider(),
      refreshInterval: 0,
      skipInstanceCountWarning: true,
    });
    // The first poll goes to the loopback sink, which has no flags; the bootstrap is what counts.
    client.on('error', () => {});
    client.on('warn', () => {});
    await once(client, 'ready');
    const users = source.people.map(user);
    return {
      enabled(flag) {
        return (index) => client.isEnabled(flag, users[index & MASK]);
      },
      text(flag) {
        return (index) => client.getVariant(flag, users[index & MASK]).name;
      },
      json(flag) {
        return (index) => JSON.parse(client.getVariant(flag, users[index & MASK]).payload?.value ?? 'null');
      },
      all(keys) {
        return (index) => {
          const one = users[index & MASK];
          let trues = 0;
          for (const key of keys) if (client.isEnabled(key, one)) trues += 1;
          return trues;
        };
      },
      close: () => client.destroy(),
    };
  },
};

function user({ id, ...properties }: Person) {
  return { userId: id, properties };
}

function translate(name: string, plan: Plan): readonly unknown[] | null {
  switch (plan.kind) {
    case 'on':
      return [{ name: 'default', parameters: {} }];
    case 'half':
      return [{ name: 'flexibleRollout', parameters: { rollout: '50', stickiness: 'userId', groupId: name } }];
    case 'countries':
      return [{ name: 'default', parameters: {}, constraints: [oneOf('country', plan.countries)] }];
    case 'list':
      return [{ name: 'default', parameters: {}, constraints: [oneOf('userId', plan.ids)] }];
    case 'json': {
      const payload = { type: 'json', value: JSON.stringify(plan.value) };
      return [strategy(name, [], [{ name: 'value', weight: 1000, stickiness: 'userId', payload }])];
    }
    case 'rules':
      return [
        ...plan.first.map((rule) =>
          strategy(
            name,
            [oneOf(rule.attribute, [rule.equals])],
            [{ name: 'none', weight: 1000, stickiness: 'userId' }],
          ),
        ),
        strategy(
          name,
          [oneOf(plan.last.attribute, [plan.last.equals])],
          SPLIT.map((slice) => ({ name: slice.variation, weight: slice.percent * 10, stickiness: 'userId' })),
        ),
      ];
    case 'requires':
      return null;
  }
}

function oneOf(contextName: string, values: readonly string[]) {
  return { contextName, operator: 'IN', values };
}

function strategy(name: string, constraints: readonly unknown[], variants: readonly unknown[]) {
  return { name: 'default', parameters: { groupId: name }, constraints, variants };
}
