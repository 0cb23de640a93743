import {
  BOOLEAN_FLAGS_COUNTRIES,
  JSON_VALUE,
  makeBooleanFlags,
  makeIdList,
  type Person,
  type Plans,
  SPLIT,
  TEN_RULES_ON_FIVE_ATTRIBUTES,
  TEN_RULES_ON_ONE_ATTRIBUTE,
  withNeighbours,
} from './workload.ts';

export type ScenarioKey = 'a' | 'b' | 'c' | 'c1' | 'd' | 'e' | 'f' | 'g';

/** How a flag is asked for. `all` asks for every flag at once and answers how many are true. */
type Call = 'enabled' | 'text' | 'json' | 'all';

/** What a right answer is. Hashes differ between products, so shares are checked within a tolerance. */
type Expectation =
  | { readonly kind: 'exactly'; answer(person: Person): unknown }
  | { readonly kind: 'shares'; readonly shares: ReadonlyMap<unknown, number> }
  | { readonly kind: 'about'; answer(person: Person): number; readonly tolerance: number };

export interface Scenario {
  readonly key: ScenarioKey;
  readonly title: string;
  readonly call: Call;
  /** The flag that is asked for; unused by `all`. */
  readonly flag: string;
  /** An answer that is counted in the timed loop, so that no answer can be optimised away. */
  readonly counted: unknown;
  readonly expectation: Expectation;
  /** Our goal: so many times faster than the fastest peer. */
  readonly targetRatio: number;
  plans(): Plans;
}

const IDS = makeIdList();
const LISTED = new Set(IDS);

const THREE_WAYS = {
  call: 'text',
  flag: 'theme',
  counted: 'red',
  expectation: { kind: 'shares', shares: new Map(SPLIT.map((slice) => [slice.variation, slice.percent / 100])) },
  targetRatio: 10,
} as const;

export const SCENARIOS: readonly Scenario[] = [
  {
    key: 'a',
    title: 'isEnabled, on for all',
    call: 'enabled',
    flag: 'new-checkout',
    counted: true,
    expectation: { kind: 'exactly', answer: () => true },
    targetRatio: 6,
    plans: () => withNeighbours({ 'new-checkout': { kind: 'on' } }),
  },
  {
    key: 'b',
    title: '50 % by user id',
    call: 'enabled',
    flag: 'new-checkout',
    counted: true,
    expectation: {
      kind: 'shares',
      shares: new Map([
        [true, 0.5],
        [false, 0.5],
      ]),
    },
    targetRatio: 11,
    plans: () => withNeighbours({ 'new-checkout': { kind: 'half' } }),
  },
  {
    key: 'c',
    title: 'ten rules on five attributes, the tenth matches, 3-way split',
    ...THREE_WAYS,
    plans: () => withNeighbours({ theme: TEN_RULES_ON_FIVE_ATTRIBUTES }),
  },
  {
    key: 'c1',
    title: 'the same, all ten on one attribute',
    ...THREE_WAYS,
    plans: () => withNeighbours({ theme: TEN_RULES_ON_ONE_ATTRIBUTE }),
  },
  {
    key: 'd',
    title: 'a list of 10,000 ids',
    call: 'enabled',
    flag: 'beta',
    counted: true,
    expectation: { kind: 'exactly', answer: (person) => LISTED.has(person.id) },
    targetRatio: 25,
    plans: () => withNeighbours({ beta: { kind: 'list', ids: IDS } }),
  },
  {
    key: 'e',
    title: 'prerequisites, depth 2',
    call: 'enabled',
    flag: 'leaf',
    counted: true,
    expectation: { kind: 'exactly', answer: () => true },
    targetRatio: 12,
    plans: () =>
      withNeighbours({
        root: { kind: 'on' },
        middle: { kind: 'requires', flag: 'root' },
        leaf: { kind: 'requires', flag: 'middle' },
      }),
  },
  {
    key: 'f',
    title: 'all of 1,000 flags for one user',
    call: 'all',
    flag: '',
    counted: -1,
    // 400 are on for all, 300 for three countries of eight; of the other 300 half are on, give or take eight deviations.
    expectation: {
      kind: 'about',
      answer: ({ country }) => 400 + 150 + (BOOLEAN_FLAGS_COUNTRIES.includes(country) ? 300 : 0),
      tolerance: 70,
    },
    targetRatio: 5,
    plans: () => makeBooleanFlags(1_000),
  },
  {
    key: 'g',
    title: 'a JSON value',
    call: 'json',
    flag: 'model',
    counted: undefined,
    expectation: { kind: 'exactly', answer: () => JSON_VALUE },
    targetRatio: 4,
    plans: () => withNeighbours({ model: { kind: 'json', value: JSON_VALUE } }),
  },
];

/** Throws if there is no such scenario. */
export function findScenario(key: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.key === key);
  if (!found) throw new Error(`No scenario "${key}". There are: ${SCENARIOS.map((one) => one.key).join(', ')}.`);
  return found;
}
