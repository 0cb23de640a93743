/**
 * What the most expensive evaluations cost that rules and contexts can be made to: `npm run bench:worst`. Each ruleset is
 * as large as the server accepts, and its context as large as conditions read. An evaluation counts its steps
 * (docs/decisions/0117), so the figures stay where they are however rules and contexts grow.
 */
import {
  type Condition,
  type EvaluationContext,
  evaluate,
  Ruleset,
  type RulesetFlag,
  type Snapshot,
} from '@dimmer/core';
import { explain } from '@dimmer/core/explain';
import { compilePattern } from '@dimmer/core/pattern';
import { SPEED } from '@dimmer/core/speed';
import { describeMachine } from './machine.ts';
import { markdownTable } from './markdown.ts';

const ROUNDS = 9;
const UNITS = 65_536;
const RULES = 100;
const CONDITIONS = 30;

interface WorstCase {
  readonly title: string;
  readonly flags: Snapshot['flags'];
  readonly segments?: Snapshot['segments'];
  readonly context: EvaluationContext;
}

function condition(operator: Condition['operator'], values: Condition['values'], more: object = {}): Condition {
  return { attribute: 'a', operator, values, ...more };
}

/** A flag whose rules are full of one condition; `not`, so that none of them ends the evaluation by matching. */
function fullOf(when: readonly Condition[], rules = RULES, more: Partial<RulesetFlag> = {}): RulesetFlag {
  const serve = { variation: 'on' };
  // The last one fails, so that every condition of every rule is asked.
  const whole = [...when, condition('exists', [], { attribute: 'nobody has it' })];
  return {
    ...{ type: 'boolean', on: true, off: 'off', seed: 'seed', fallthrough: { variation: 'off' } },
    variations: [
      { key: 'off', value: false },
      { key: 'on', value: true },
    ],
    rules: Array.from({ length: rules }, (_, index) => ({ id: `r${index}`, when: whole, serve })),
    ...more,
  };
}

function times<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

function many(one: Condition, count = CONDITIONS - 1): Condition[] {
  return times(count, () => one);
}

const LONG = 'a'.repeat(UNITS);
const LONG_PATTERN = compilePattern('a{998}b');
const AMBIGUOUS = compilePattern('(?:a|a|a|aa)*b');
const deep = (depth: number): unknown => (depth === 0 ? 'x' : { n: deep(depth - 1) });

const CASES: readonly WorstCase[] = [
  {
    title: 'patterns of 1,000 instructions on 64 KiB',
    flags: {
      f: fullOf(
        [
          condition(
            'matches',
            times(18, () => LONG_PATTERN),
            { not: true },
          ),
        ],
        1,
      ),
    },
    context: { a: LONG },
  },
  {
    title: 'many ambiguous patterns on 64 KiB',
    flags: {
      f: fullOf(
        [
          condition(
            'matches',
            times(1_000, () => AMBIGUOUS),
            { not: true },
          ),
        ],
        1,
      ),
    },
    context: { a: LONG },
  },
  {
    title: 'patterns on a list of 5,000 texts',
    flags: {
      f: fullOf(
        [
          condition(
            'matches',
            times(1_000, () => AMBIGUOUS),
            { not: true },
          ),
        ],
        1,
      ),
    },
    context: { a: times(5_000, () => 'aaaaaaaaaaaa') },
  },
  {
    title: '`contains` of 24 periodic texts in 64 KiB',
    flags: {
      f: fullOf(
        many(
          condition(
            'contains',
            times(24, (i) => `${'a'.repeat(80)}b${i}`),
            { not: true },
          ),
          1,
        ),
      ),
    },
    context: { a: LONG },
  },
  {
    title: '`contains` of short texts in 64 KiB',
    flags: { f: fullOf(many(condition('contains', ['aaab'], { not: true }), 28)) },
    context: { a: LONG },
  },
  {
    title: '`startsWith` of 1,024 characters, on a list of 64',
    flags: {
      f: fullOf(
        many(
          condition(
            'startsWith',
            times(200, (i) => `${'a'.repeat(1_000)}${i}`),
            { not: true },
          ),
          1,
        ),
        1,
      ),
    },
    context: { a: times(64, () => 'a'.repeat(1_000)) },
  },
  {
    title: '`in` on a list of 30,000 numbers',
    flags: { f: fullOf(many(condition('in', [-1, -2], { not: true }), 27)) },
    context: { a: times(30_000, (i) => i + 0.5) },
  },
  {
    title: '`in` ignoring case, on 64 KiB',
    flags: { f: fullOf(many(condition('in', ['x'], { not: true, ignoreCase: true }), 25)) },
    context: { a: 'É'.repeat(UNITS) },
  },
  {
    title: '`lt` of 1,000 values on a list of 20,000 numbers',
    flags: {
      f: fullOf(
        many(
          condition(
            'lt',
            times(1_000, (i) => -i - 1),
            { not: true },
          ),
          9,
        ),
        3,
      ),
    },
    context: { a: times(20_000, (i) => i) },
  },
  {
    title: '`before` on a list of 2,500 instants',
    flags: { f: fullOf(many(condition('before', ['1980-01-01T00:00:00Z'], { not: true }), 25)) },
    context: { a: times(2_500, () => '2026-01-01T00:00:00Z') },
  },
  {
    title: 'versions of 64 KiB',
    flags: { f: fullOf(many(condition('semverLt', ['1.0.0'], { not: true }), 28)) },
    context: { a: `2.0.0-${'1.'.repeat(UNITS / 2 - 4)}1` },
  },
  {
    title: '`cidr` of 1,000 ranges on a list of 1,500 addresses',
    flags: {
      f: fullOf(
        many(
          condition(
            'cidr',
            times(1_000, (i) => `2001:db8:${i}::/64`),
            { not: true },
          ),
          6,
        ),
        2,
      ),
    },
    context: { a: times(1_500, () => '2001:db8:0:ffff:ffff:ffff:ffff:ffff') },
  },
  {
    title: 'pointers through 120 objects',
    flags: { f: fullOf(many(condition('in', ['y'], { attribute: '/n'.repeat(120), not: true }), 8)) },
    context: deep(120) as EvaluationContext,
  },
  {
    title: '100 segments of 2,900 conditions, asked for 20,000 times',
    flags: {
      f: fullOf(
        [
          condition(
            'inSegment',
            times(1_000, (i) => `s${i % 100}`),
            { attribute: undefined, not: true },
          ),
        ],
        20,
      ),
    },
    segments: Object.fromEntries(
      times(100, (i) => [`s${i}`, { rules: times(100, () => ({ when: many(condition('gt', [i])) })) }]),
    ),
    context: { a: 1_000 },
  },
  {
    title: 'a lattice of 80 prerequisites with 2,900 conditions each',
    flags: Object.fromEntries(
      times(81, (i): [string, RulesetFlag] => {
        const layer = Math.ceil(i / 20);
        const below = times(20, (k) => ({ flag: `p${layer * 20 + 1 + k}`, variations: ['on', 'off'] }));
        const prerequisites = layer < 4 ? below : [];
        return [i === 0 ? 'f' : `p${i}`, fullOf(many(condition('gt', [i])), RULES, { prerequisites })];
      }),
    ),
    context: { a: 1_000 },
  },
];

/** What the server takes: a flag as it is stored, and a ruleset as it travels. */
const MAX_FLAG_BYTES = 256 * 1024;
const MAX_RULESET_BYTES = 16 * 1024 * 1024;

function checkSize({ title, flags, segments }: WorstCase): void {
  const isPattern = title.includes('pattern');
  const largest = Math.max(...Object.values(flags).map((flag) => JSON.stringify(flag).length));
  if (!isPattern && largest > MAX_FLAG_BYTES) throw new Error(`${title}: a flag of ${largest} bytes is not accepted`);
  const whole = JSON.stringify({ flags, segments }).length;
  if (whole > MAX_RULESET_BYTES) throw new Error(`${title}: a ruleset of ${whole} bytes is not accepted`);
}

/** CPU time of one evaluation, ms: the median of some, when the rules are compiled and the code is warm. */
function timeCase(given: WorstCase): readonly [first: number, later: number, why: number] {
  checkSize(given);
  const { flags, segments = {}, context } = given;
  const ruleset = new Ruleset({ speed: SPEED });
  ruleset.replace({ schema: 1, hash: 1, id: '1.000000000000', at: 0, flags, segments });
  const timeOf = (ask: () => unknown): number => {
    const start = process.cpuUsage();
    ask();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  };
  const first = timeOf(() => evaluate(ruleset, 'f', false, context));
  const later = times(ROUNDS, () => timeOf(() => evaluate(ruleset, 'f', false, context))).sort((a, b) => a - b);
  return [first, later[ROUNDS >> 1]!, timeOf(() => explain(ruleset, 'f', context))];
}

const rows = CASES.map((each) => {
  const [first, later, why] = timeCase(each);
  return [each.title, later.toFixed(2), first.toFixed(1), why.toFixed(1)];
});
process.stdout.write(
  `${describeMachine()}\n\n${markdownTable(['rules and context', 'an evaluation, ms', 'the first, with compiling, ms', 'explained, ms'], rows)}\n`,
);
