/** Rulesets that are as costly to evaluate as the server accepts them, and contexts as large as conditions read. */
import type { Condition, EvaluationContext, Operator, RulesetFlag, Snapshot } from '@dimmer/core';
import { compilePattern } from '@dimmer/core/pattern';

const UNITS = 65_536;
const RULES = 100;
const CONDITIONS = 30;
/** What the server takes: a flag as it is stored, a segment, and a ruleset as it travels. */
const MAX_FLAG_BYTES = 256 * 1024;
const MAX_SEGMENT_BYTES = 4 * 1024 * 1024;
const MAX_RULESET_BYTES = 15 * 1024 * 1024;

export function times<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Matches nobody, so that every condition of every rule is asked. */
const NOBODY: Condition = { attribute: 'nobody has it', operator: 'exists', values: [] };

/** A flag whose rules are full of conditions, none of which ends the evaluation by matching. */
export function fullOf(when: readonly Condition[], rules = RULES, more: Partial<RulesetFlag> = {}): RulesetFlag {
  const serve = { variation: 'on' };
  return {
    type: 'boolean',
    on: true,
    off: 'off',
    seed: 'seed',
    fallthrough: { variation: 'off' },
    variations: [
      { key: 'off', value: false },
      { key: 'on', value: true },
    ],
    rules: times(rules, (index) => ({ id: `r${index}`, when: [...when, NOBODY], serve })),
    ...more,
  };
}

export interface WorstCase {
  readonly title: string;
  readonly flags: Snapshot['flags'];
  readonly segments?: Snapshot['segments'];
  readonly context: EvaluationContext;
  /** The default that is handed over; `false` if it is none. */
  readonly fallback?: unknown;
}

/** A condition that is asked again and again: its operator, values, how often in a rule, in how many rules, of what. */
type Row = readonly [
  title: string,
  operator: Operator,
  values: Condition['values'],
  conditions: number,
  rules: number,
  asked: unknown,
  more?: Partial<Condition>,
];

const LONG = 'a'.repeat(UNITS);
const deep = (depth: number): unknown => (depth === 0 ? 'x' : { n: deep(depth - 1) });
export const LONG_PATTERN = compilePattern('a{998}b');
const AMBIGUOUS = compilePattern('(?:a|a|a|aa)*b');
const ambiguous = times(1_000, () => AMBIGUOUS);
const address = (i: number): string => `2001:db8:${(i >> 8).toString(16)}:${(i & 255).toString(16)}::/64`;
const day = (i: number): string => new Date(1e12 + i * 86_400_000).toISOString();

const OF_ONE_FLAG: readonly Row[] = [
  ['patterns of 1,000 instructions on 64 KiB', 'matches', times(18, () => LONG_PATTERN), 1, 1, LONG],
  ['many ambiguous patterns on 64 KiB', 'matches', ambiguous, 1, 1, LONG],
  ['patterns on a list of 5,000 texts', 'matches', ambiguous, 1, 1, times(5_000, () => 'aaaaaaaaaaaa')],
  ['`contains` of 24 periodic texts in 64 KiB', 'contains', times(24, (i) => `${'a'.repeat(80)}b${i}`), 1, RULES, LONG],
  ['`contains` of short texts in 64 KiB', 'contains', ['aaab'], 28, RULES, LONG],
  [
    '`startsWith` of 1,024 characters, on a list of 64',
    'startsWith',
    times(200, (i) => `${'a'.repeat(1_000)}${i}`),
    1,
    1,
    times(64, () => 'a'.repeat(1_000)),
  ],
  ['`in` on a list of 30,000 numbers', 'in', [-1, -2], 27, RULES, times(30_000, (i) => i + 0.5)],
  ['`in` ignoring case, on 64 KiB', 'in', ['x'], 25, RULES, 'É'.repeat(UNITS), { ignoreCase: true }],
  [
    '`lt` of 1,000 values on a list of 20,000 numbers',
    'lt',
    times(1_000, (i) => -i - 1),
    9,
    3,
    times(20_000, (i) => i),
  ],
  ['`before` on a list of 2,500 instants', 'before', ['1980-01-01T00:00:00Z'], 25, RULES, times(2_500, () => day(0))],
  ['versions of 64 KiB', 'semverLt', ['1.0.0'], 28, RULES, `2.0.0-${'1.'.repeat(UNITS / 2 - 4)}1`],
  [
    '`cidr` of 1,000 ranges on a list of 1,500 addresses',
    'cidr',
    times(1_000, address),
    6,
    2,
    times(1_500, () => '2001:db8:0:ffff:ffff:ffff:ffff:ffff'),
  ],
];

/** Flags that all are needed for one, in layers of twenty that need the next. */
export function lattice(count: number, make: (index: number) => RulesetFlag): Snapshot['flags'] {
  return Object.fromEntries(
    times(count, (i): [string, RulesetFlag] => {
      const layer = Math.ceil(i / 20);
      const below = times(20, (k) => ({ flag: `p${layer * 20 + 1 + k}`, variations: ['on', 'off'] }));
      const prerequisites = below.filter(({ flag }) => Number(flag.slice(1)) < count);
      return [i === 0 ? 'f' : `p${i}`, { ...make(i), prerequisites }];
    }),
  );
}

/** A flag that asks about all segments, twenty times over. */
export function asking(segments: number): RulesetFlag {
  const values = times(Math.max(segments, 1_000), (i) => `s${i % segments}`);
  return fullOf([{ operator: 'inSegment', values, not: true }], 20);
}

export function segmentsOf(count: number, make: (index: number) => Snapshot['segments'][string]): Snapshot['segments'] {
  return Object.fromEntries(times(count, (i) => [`s${i}`, make(i)]));
}

/** What takes long to compile: as much of it as one flag can need. */
const OF_MANY: readonly WorstCase[] = [
  {
    title: 'pointers through 120 objects',
    flags: { f: fullOf(times(8, () => ({ attribute: '/n'.repeat(120), operator: 'in', values: ['y'], not: true }))) },
    context: deep(120) as EvaluationContext,
  },
  {
    title: '100 segments of 2,900 conditions, asked for 20,000 times',
    flags: { f: asking(100) },
    segments: segmentsOf(100, (i) => ({
      rules: times(RULES, () => ({
        when: times(CONDITIONS - 1, () => ({ attribute: 'a', operator: 'gt', values: [i] })),
      })),
    })),
    context: { a: 1_000 },
  },
  {
    title: '60 segments of 20,000 keys',
    flags: { f: asking(60) },
    segments: segmentsOf(60, (s) => ({
      included: times(10_000, (i) => `u${s}-${i}`),
      excluded: times(10_000, (i) => `x${s}-${i}`),
    })),
    context: { targetingKey: 'u99-999' },
  },
  ...(
    [
      ['networks', 'cidr', (i: number) => address(i), '2001:db8:ffff::1'],
      ['instants', 'before', (i: number) => day(i), day(-1e4)],
      ['versions', 'semverEq', (i: number) => `1.${i}.0-rc.${i}`, '2.0.0'],
      ['texts', 'in', (i: number) => `value-${i}`, 'value-none'],
      ['texts of any case', 'in', (i: number) => `Value-${i}`, 'value-none'],
      ['numbers', 'in', (i: number) => i, -1],
    ] as const
  ).map(
    ([what, operator, value, asked]): WorstCase => ({
      title: `3 segments full of ${what}`,
      flags: { f: asking(3) },
      segments: segmentsOf(3, (s) => ({
        rules: times(RULES, (r) => ({
          when: [
            {
              attribute: 'a',
              operator,
              values: times(1_000, (i) => value(s * 100_000 + r * 1_000 + i)),
              ignoreCase: what.includes('case'),
            },
          ],
        })),
      })),
      context: { a: asked },
    }),
  ),
  {
    title: 'a lattice of 80 prerequisites with 2,900 conditions each',
    flags: lattice(81, (i) => fullOf(times(CONDITIONS - 1, () => ({ attribute: 'a', operator: 'gt', values: [i] })))),
    context: { a: 1_000 },
  },
  {
    title: 'a lattice of 60 prerequisites with 20,000 targets each',
    flags: lattice(61, (i) =>
      fullOf([], 0, {
        targets: times(20, (t) => ({ variation: 'on', keys: times(1_000, (k) => `t${i}-${t}-${k}`) })),
      }),
    ),
    context: { targetingKey: 'nobody' },
  },
  {
    title: 'a lattice of 24 prerequisites with 20,000 instructions each',
    flags: lattice(25, () =>
      fullOf([{ attribute: 'a', operator: 'matches', values: times(20, () => LONG_PATTERN) }], 1),
    ),
    context: { a: 'b' },
  },
  {
    title: 'a lattice of 20 prerequisites with values of 80,000 lists each',
    flags: lattice(21, () =>
      fullOf([], 1, {
        type: 'json',
        variations: ['off', 'on', 'a', 'b'].map((key) => ({ key, value: times(20_000, () => []) })),
      }),
    ),
    context: {},
  },
];

export const LARGE_RULESETS: readonly WorstCase[] = [
  ...OF_ONE_FLAG.map(([title, operator, values, conditions, rules, asked, more]): WorstCase => {
    const condition: Condition = { attribute: 'a', operator, values, not: true, ...more };
    return {
      title,
      flags: {
        f: fullOf(
          times(conditions, () => condition),
          rules,
        ),
      },
      context: { a: asked },
    };
  }),
  ...OF_MANY,
];

/** @throws Error if the server would not take it */
export function checkSize({ title, flags, segments = {} }: WorstCase): void {
  const largest = (of: object): number => Math.max(0, ...Object.values(of).map((each) => JSON.stringify(each).length));
  const refuse = (what: string, bytes: number): void => {
    throw new Error(`${title}: ${what} of ${bytes} bytes is not accepted`);
  };
  const isStoredShorter = /pattern|instructions|classes/.test(title);
  if (!isStoredShorter && largest(flags) > MAX_FLAG_BYTES) refuse('a flag', largest(flags));
  if (largest(segments) > MAX_SEGMENT_BYTES) refuse('a segment', largest(segments));
  const whole = JSON.stringify({ flags, segments }).length;
  if (whole > MAX_RULESET_BYTES) refuse('a ruleset', whole);
}
