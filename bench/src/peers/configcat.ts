import { createConsoleLogger, getClient, type IUser, LogLevel, PollingMode } from '@configcat/sdk';
import type { Library } from '../participant.ts';
import { PEOPLE_COUNT, type Person, type Plan, SPLIT } from '../workload.ts';

const MASK = PEOPLE_COUNT - 1;

/** Comparators and types of ConfigCat's config JSON, version 6. */
const TEXT_IS_ONE_OF = 0;
const BOOLEAN = 0;
const STRING = 1;

/** ConfigCat's SDK. One snapshot is kept for all calls, which is its fastest way; its own advice is one a request. */
export const configcat: Library = {
  text(plans) {
    const settings: Record<string, unknown> = {};
    for (const [key, plan] of plans) settings[key] = translate(plan);
    return JSON.stringify({ p: { u: '', r: 0, s: 'salt' }, s: [], f: settings });
  },

  async load(source) {
    const client = getClient('configcat-sdk-1/benchbenchbenchbenchbe/benchbenchbenchbenchbe', PollingMode.ManualPoll, {
      offline: true,
      cache: { get: () => `${Date.now()}\netag\n${source.text}`, set: () => {} },
      logger: createConsoleLogger(LogLevel.Off),
    });
    await client.waitForReady();
    const snapshot = client.snapshot();
    const users = source.people.map(user);
    return {
      enabled(flag) {
        return (index) => snapshot.getValue(flag, false, users[index & MASK]!);
      },
      text(flag) {
        return (index) => snapshot.getValue(flag, '', users[index & MASK]!);
      },
      json(flag) {
        return (index) => JSON.parse(snapshot.getValue(flag, '', users[index & MASK]!));
      },
      all(keys) {
        return (index) => {
          const one = users[index & MASK]!;
          let trues = 0;
          for (const key of keys) if (snapshot.getValue(key, null, one) === true) trues += 1;
          return trues;
        };
      },
      close: () => client.dispose(),
    };
  },
};

function user({ id, email, country, ...custom }: Person): IUser {
  return { identifier: id, email, country, custom };
}

function boolean(value: boolean) {
  return { v: { b: value }, i: value ? 'on' : 'off' };
}

function string(value: string) {
  return { v: { s: value }, i: value };
}

function isOneOf(attribute: string, values: readonly string[]) {
  const name = attribute === 'id' ? 'Identifier' : attribute === 'country' ? 'Country' : attribute;
  return { u: { a: name, c: TEXT_IS_ONE_OF, l: values } };
}

function translate(plan: Plan): unknown {
  switch (plan.kind) {
    case 'on':
      return { t: BOOLEAN, ...boolean(true) };
    case 'half':
      return {
        t: BOOLEAN,
        ...boolean(false),
        p: [
          { p: 50, ...boolean(true) },
          { p: 50, ...boolean(false) },
        ],
      };
    case 'countries':
      return { t: BOOLEAN, ...boolean(false), r: [{ c: [isOneOf('country', plan.countries)], s: boolean(true) }] };
    case 'list':
      return { t: BOOLEAN, ...boolean(false), r: [{ c: [isOneOf('id', plan.ids)], s: boolean(true) }] };
    case 'requires':
      return {
        t: BOOLEAN,
        ...boolean(false),
        r: [{ c: [{ p: { f: plan.flag, c: 0, v: { b: true } } }], s: boolean(true) }],
      };
    case 'json':
      return { t: STRING, ...string(JSON.stringify(plan.value)) };
    case 'rules':
      return {
        t: STRING,
        ...string('none'),
        r: [
          ...plan.first.map((rule) => ({ c: [isOneOf(rule.attribute, [rule.equals])], s: string('none') })),
          {
            c: [isOneOf(plan.last.attribute, [plan.last.equals])],
            p: SPLIT.map((slice) => ({ p: slice.percent, ...string(slice.variation) })),
          },
        ],
      };
  }
}
