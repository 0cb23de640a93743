/**
 * The flags and people of the benchmark, in words that belong to nobody: every participant translates the same plans
 * into its own format, and the people into its own user object.
 */

/**
 * Somebody who is asking, with about as many attributes as applications send. Everybody has the same ones, so contexts
 * are of equal size.
 */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly country: string;
  readonly plan: string;
  readonly company: string;
  readonly language: string;
  readonly device: string;
  readonly version: string;
  readonly signedUp: string;
  readonly visits: number;
}

/** An attribute that rules ask for. */
type Attribute = 'country' | 'plan' | 'company' | 'language' | 'device';

export interface SplitRule {
  readonly attribute: Attribute;
  readonly equals: string;
}

/** What one flag decides. A participant that cannot express a plan says so and is left out of that scenario. */
export type Plan =
  /** `true` for everybody. */
  | { readonly kind: 'on' }
  /** `true` for half the people, by a hash of their id. */
  | { readonly kind: 'half' }
  /** `true` for people of these countries. */
  | { readonly kind: 'countries'; readonly countries: readonly string[] }
  /** `true` for these ids. */
  | { readonly kind: 'list'; readonly ids: readonly string[] }
  /** `true` if the other flag is true for the same person. */
  | { readonly kind: 'requires'; readonly flag: string }
  /** `none` for whom one of the first rules matches; a split 34 : 33 : 33 for whom only the last does. */
  | { readonly kind: 'rules'; readonly first: readonly SplitRule[]; readonly last: SplitRule }
  /** The same JSON value for everybody. */
  | { readonly kind: 'json'; readonly value: { readonly [key: string]: unknown } };

export type Plans = ReadonlyMap<string, Plan>;

/** The shares of the split that a `rules` plan ends in, in percent. */
export const SPLIT = [
  { variation: 'red', percent: 34 },
  { variation: 'green', percent: 33 },
  { variation: 'blue', percent: 33 },
] as const;

/**
 * A power of two, so that the next person is found with a mask. Large enough that a branch predictor cannot learn the
 * whole sequence of answers, as it does with a few hundred people, and more than any participant's context cache holds.
 */
export const PEOPLE_COUNT = 4096;

const COUNTRIES = ['de', 'fr', 'it', 'nl', 'pl', 'se', 'us', 'jp'];
const COMPANIES = ['initech', 'hooli', 'umbrella', 'stark', 'wayne'];
const LANGUAGES = ['de', 'fr', 'it', 'en', 'ja'];
const DEVICES = ['phone', 'tablet', 'desktop'];

/** `user-` and 16 hexadecimal digits: 21 characters, about what a database hands out. */
function personId(index: number): string {
  const scattered = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  return `user-${scattered.toString(16).padStart(8, '0')}${index.toString(16).padStart(8, '0')}`;
}

function cycle(list: readonly string[], index: number): string {
  return list[index % list.length] ?? '';
}

/** The people, always the same. They come out of `JSON.parse`, as they do in a service, so their strings are flat. */
export function makePeople(count = PEOPLE_COUNT): readonly Person[] {
  const people: Person[] = [];
  for (let index = 0; index < count; index += 1) {
    people.push({
      id: personId(index),
      email: `${personId(index)}@example.com`,
      country: cycle(COUNTRIES, index),
      plan: 'pro',
      company: cycle(COMPANIES, index),
      language: cycle(LANGUAGES, index),
      device: cycle(DEVICES, index),
      version: `4.${index % 20}.1`,
      signedUp: `2025-03-${String(10 + (index % 20))}T08:00:00Z`,
      visits: index % 500,
    });
  }
  return JSON.parse(JSON.stringify(people)) as Person[];
}

/** Ten thousand ids: every second person of the ring, spread evenly, among strangers. */
export function makeIdList(): readonly string[] {
  const ids: string[] = [];
  for (let index = 0; index < 10_000; index += 1) {
    const known = index < PEOPLE_COUNT / 2;
    ids.push(personId(known ? index * 2 : PEOPLE_COUNT + index));
  }
  // Known ids are spread over the whole list, so that a linear search is neither lucky nor unlucky.
  return ids.map((_, index) => ids[(index * 7_919) % ids.length] ?? '');
}

/** Ten rules of which only the tenth matches anybody, on attributes that everybody has. */
export const TEN_RULES_ON_FIVE_ATTRIBUTES: Plan = {
  kind: 'rules',
  first: [
    { attribute: 'country', equals: 'ch' },
    { attribute: 'company', equals: 'acme' },
    { attribute: 'language', equals: 'tlh' },
    { attribute: 'device', equals: 'watch' },
    { attribute: 'plan', equals: 'free' },
    { attribute: 'country', equals: 'at' },
    { attribute: 'company', equals: 'globex' },
    { attribute: 'language', equals: 'epo' },
    { attribute: 'device', equals: 'tv' },
  ],
  last: { attribute: 'plan', equals: 'pro' },
};

const OTHER_PLANS = ['free', 'trial', 'starter', 'basic', 'team', 'business', 'edu', 'gov', 'legacy'];

/** The same, all on one attribute: a list of cases, which is what most long lists of rules are. */
export const TEN_RULES_ON_ONE_ATTRIBUTE: Plan = {
  kind: 'rules',
  first: OTHER_PLANS.map((equals) => ({ attribute: 'plan', equals })),
  last: { attribute: 'plan', equals: 'pro' },
};

/** About what a theme or a model configuration looks like. */
export const JSON_VALUE = {
  model: 'large',
  temperature: 0.2,
  limits: { perMinute: 60, perDay: 5_000 },
  fallbacks: ['medium', 'small'],
  streaming: true,
};

/** Where those flags are on that go by country. */
export const BOOLEAN_FLAGS_COUNTRIES: readonly string[] = ['de', 'fr', 'us'];

/** Flags that answer true or false: 4 of 10 on for all, 3 for half, 3 by country. */
export function makeBooleanFlags(count: number): Plans {
  const plans = new Map<string, Plan>();
  for (let index = 0; index < count; index += 1) {
    plans.set(`flag-${String(index).padStart(5, '0')}`, booleanPlan(index));
  }
  return plans;
}

/** The flags of a large company: as above, but one in ten has ten rules. */
export function makeManyFlags(count: number): Plans {
  const plans = new Map<string, Plan>();
  for (let index = 0; index < count; index += 1) {
    plans.set(
      `flag-${String(index).padStart(5, '0')}`,
      index % 10 === 9 ? TEN_RULES_ON_FIVE_ATTRIBUTES : booleanPlan(index),
    );
  }
  return plans;
}

function booleanPlan(index: number): Plan {
  const remainder = index % 10;
  if (remainder < 4) return { kind: 'on' };
  if (remainder < 7) return { kind: 'half' };
  return { kind: 'countries', countries: BOOLEAN_FLAGS_COUNTRIES };
}

/** Nobody's service has one flag: a hundred others stand beside the one that is asked for. */
export function withNeighbours(flags: Readonly<Record<string, Plan>>): Plans {
  const plans = new Map<string, Plan>();
  for (let index = 0; index < 100; index += 1) plans.set(`neighbour-${index}`, { kind: 'on' });
  for (const [key, plan] of Object.entries(flags)) plans.set(key, plan);
  return plans;
}
