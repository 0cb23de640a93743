import { StatsigServer, type StatsigUser } from 'statsig-node';
import type { Library, Loaded, Source } from '../participant.ts';
import { PEOPLE_COUNT, type Person, type Plan, type Plans, SPLIT } from '../workload.ts';

const MASK = PEOPLE_COUNT - 1;

/** Statsig's server SDK as shipped: every evaluation is an exposure event, which local mode drops when it would send. */
export const statsig: Library = { text, load: (source) => load(source, {}) };

/** Without exposures, which is not how it is shipped, but its fastest. */
export const statsigQuiet: Library = { text, load: (source) => load(source, { disableExposureLogging: true }) };

/** Gates answer true or false, dynamic configs everything else. */
function text(plans: Plans): string {
  const gates: unknown[] = [];
  const configs: unknown[] = [];
  for (const [key, plan] of plans) {
    const isGate = plan.kind !== 'json' && plan.kind !== 'rules';
    (isGate ? gates : configs).push(translate(key, plan));
  }
  return JSON.stringify({
    has_updates: true,
    time: 1,
    feature_gates: gates,
    dynamic_configs: configs,
    layer_configs: [],
    layers: {},
  });
}

async function load(source: Source, options: { disableExposureLogging?: boolean }): Promise<Loaded> {
  const client = new StatsigServer('secret-bench', {
    bootstrapValues: source.text,
    localMode: true,
    initStrategyForIP3Country: 'none',
    disableDiagnostics: true,
    disableRulesetsSync: true,
    disableIdListsSync: true,
  });
  await client.initializeAsync();
  const users = source.people.map(user);
  return {
    enabled(flag) {
      return (index) => client.checkGate(users[index & MASK]!, flag, options);
    },
    text(flag) {
      return (index) => client.getConfig(users[index & MASK]!, flag, options).get('value', '');
    },
    json(flag) {
      return (index) => client.getConfig(users[index & MASK]!, flag, options).value;
    },
    all(keys) {
      return (index) => {
        const one = users[index & MASK]!;
        let trues = 0;
        for (const key of keys) if (client.checkGate(one, key, options)) trues += 1;
        return trues;
      };
    },
    close: () => client.shutdown(),
  };
}

function user({ id, email, country, ...custom }: Person): StatsigUser {
  return { userID: id, email, country, custom };
}

const PUBLIC = { type: 'public', targetValue: null, operator: null, field: null, idType: 'userID' };

function translate(key: string, plan: Plan): unknown {
  switch (plan.kind) {
    case 'on':
      return gate(key, rule(key, [PUBLIC], 100, true));
    case 'half':
      return gate(key, rule(key, [PUBLIC], 50, true));
    case 'countries':
      return gate(key, rule(key, [isOneOf('country', plan.countries)], 100, true));
    case 'list':
      return gate(key, rule(key, [{ ...isOneOf('userID', plan.ids), type: 'unit_id' }], 100, true));
    case 'requires':
      return gate(key, rule(key, [{ ...PUBLIC, type: 'pass_gate', targetValue: plan.flag }], 100, true));
    case 'json':
      return config(key, plan.value, []);
    case 'rules':
      return config(key, { value: 'none' }, [
        ...plan.first.map((one) => rule(key, [isOneOf(one.attribute, [one.equals])], 100, { value: 'none' })),
        ...splitRules(key, isOneOf(plan.last.attribute, [plan.last.equals])),
      ]);
  }
}

/** A split is one rule for each share there: the bucket is below the cumulative share. */
function splitRules(key: string, condition: unknown): readonly unknown[] {
  let below = 0;
  return SPLIT.map((slice) => {
    below += slice.percent * 10;
    const bucket = {
      ...PUBLIC,
      type: 'user_bucket',
      operator: 'lt',
      targetValue: below,
      additionalValues: { salt: key },
    };
    return rule(key, [condition, bucket], 100, { value: slice.variation });
  });
}

function isOneOf(field: string, values: readonly string[]) {
  return { type: 'user_field', targetValue: values, operator: 'any_case_sensitive', field, idType: 'userID' };
}

function rule(salt: string, conditions: readonly unknown[], passPercentage: number, returnValue: unknown) {
  return { name: 'rule', id: 'rule', salt, passPercentage, conditions, returnValue, idType: 'userID' };
}

function gate(name: string, only: unknown) {
  return { ...frame(name), type: 'feature_gate', defaultValue: false, rules: [only], entity: 'feature_gate' };
}

function config(name: string, defaultValue: unknown, rules: readonly unknown[]) {
  return { ...frame(name), type: 'dynamic_config', defaultValue, rules, entity: 'dynamic_config' };
}

function frame(name: string) {
  return { name, salt: name, enabled: true, idType: 'userID' };
}
