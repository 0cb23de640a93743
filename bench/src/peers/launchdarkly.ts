import { init } from '@launchdarkly/node-server-sdk';
import { FileDataSourceFactory } from '@launchdarkly/node-server-sdk/integrations';
import type { Library, Loaded, Source } from '../participant.ts';
import { PEOPLE_COUNT, type Person, type Plan, SPLIT } from '../workload.ts';

const MASK = PEOPLE_COUNT - 1;

/** LaunchDarkly as shipped: every evaluation is summarised for its events, which go to a loopback address. */
export const launchdarkly: Library = { text, load: (source) => load(source, true) };

/** The same without events, which is not how it is shipped, but its fastest. */
export const launchdarklyQuiet: Library = { text, load: (source) => load(source, false) };

async function load(source: Source, sendEvents: boolean): Promise<Loaded> {
  const files = new FileDataSourceFactory({ paths: [source.path] });
  const client = init('sdk-bench', {
    updateProcessor: files.getFactory(),
    sendEvents,
    eventsUri: source.sinkUrl,
    diagnosticOptOut: true,
    logger: silent,
  });
  await client.waitForInitialization({ timeout: 30 });
  const users = source.people.map(user);
  return {
    enabled(flag) {
      return (index) => client.variation(flag, users[index & MASK]!, false) as Promise<boolean>;
    },
    text(flag) {
      return (index) => client.variation(flag, users[index & MASK]!, '');
    },
    json(flag) {
      return (index) => client.variation(flag, users[index & MASK]!, {});
    },
    all() {
      return async (index) => {
        const state = await client.allFlagsState(users[index & MASK]!);
        let trues = 0;
        for (const value of Object.values(state.allValues())) if (value === true) trues += 1;
        return trues;
      };
    },
    close: () => client.close(),
  };
}

const silent = { error() {}, warn() {}, info() {}, debug() {} };

function user({ id, ...attributes }: Person) {
  return { kind: 'user', key: id, ...attributes };
}

function text(plans: ReadonlyMap<string, Plan>): string {
  const flags: Record<string, unknown> = {};
  const segments: Record<string, unknown> = {};
  for (const [key, plan] of plans) {
    // Above a hundred keys its segments become Sets, so a long list is a segment, as its makers advise.
    if (plan.kind === 'list')
      segments[key] = { key, version: 1, included: plan.ids, excluded: [], rules: [], salt: key };
    flags[key] = translate(key, plan);
  }
  return JSON.stringify({ flags, segments });
}

function translate(key: string, plan: Plan): unknown {
  const boolean = { ...frame(key), variations: [true, false], offVariation: 1, fallthrough: { variation: 1 } };
  switch (plan.kind) {
    case 'on':
      return { ...boolean, fallthrough: { variation: 0 } };
    case 'half':
      return { ...boolean, fallthrough: { rollout: rollout([50, 50]) } };
    case 'countries':
      return { ...boolean, rules: [rule([clause('country', 'in', plan.countries)], { variation: 0 })] };
    case 'list':
      return { ...boolean, rules: [rule([clause('', 'segmentMatch', [key])], { variation: 0 })] };
    case 'requires':
      return { ...boolean, fallthrough: { variation: 0 }, prerequisites: [{ key: plan.flag, variation: 0 }] };
    case 'json':
      return { ...frame(key), variations: [plan.value], offVariation: 0, fallthrough: { variation: 0 } };
    case 'rules':
      return {
        ...frame(key),
        variations: [...SPLIT.map((slice) => slice.variation), 'none'],
        offVariation: 3,
        fallthrough: { variation: 3 },
        rules: [
          ...plan.first.map((one) => rule([clause(one.attribute, 'in', [one.equals])], { variation: 3 })),
          rule([clause(plan.last.attribute, 'in', [plan.last.equals])], {
            rollout: rollout(SPLIT.map((slice) => slice.percent)),
          }),
        ],
      };
  }
}

function frame(key: string) {
  return { key, on: true, version: 1, salt: key, targets: [], contextTargets: [], prerequisites: [], rules: [] };
}

function rule(clauses: readonly unknown[], serve: object) {
  return { id: 'rule', clauses, ...serve };
}

function clause(attribute: string, op: string, values: readonly string[]) {
  return { contextKind: 'user', attribute, op, values, negate: false };
}

function rollout(percents: readonly number[]) {
  return {
    contextKind: 'user',
    variations: percents.map((percent, variation) => ({ variation, weight: percent * 1000 })),
  };
}
