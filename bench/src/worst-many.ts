/** Rulesets of which everything is small but the number: flags that need each other, shares, like texts, odd attributes. */
import { type Condition, PARTS, type RulesetFlag, type Snapshot } from '@dimmer/core';
import { compilePattern } from '@dimmer/core/pattern';
import { asking, fullOf, LONG_PATTERN, lattice, segmentsOf, times, type WorstCase } from './worst-rulesets.ts';

/** How deep prerequisites may be nested, and how many of them a flag may have. */
const DEPTH = 10;
const NEEDED = 20;

const LONG_KEY = 'k'.repeat(1_000);
const WIDE_KEY = 'é'.repeat(341);

/** Flags of which each needs twenty others, in layers; the first of them needs all, at some distance. */
function net(count: number, accepted: readonly string[], make: (index: number) => RulesetFlag): Snapshot['flags'] {
  const sizes = [1, NEEDED, NEEDED * NEEDED];
  const each = Math.floor((count - 1 - NEEDED - NEEDED * NEEDED) / (DEPTH - sizes.length));
  while (sizes.length < DEPTH) sizes.push(each);
  let start = 0;
  const flags = sizes.flatMap((size, layer) => {
    const below = start + size;
    const next = sizes[layer + 1];
    const made = times(size, (i): [string, RulesetFlag] => {
      const needed = next ? times(NEEDED, (k) => `p${below + ((i * NEEDED + k) % next)}`) : [];
      const prerequisites = needed.map((flag) => ({ flag, variations: accepted }));
      return [layer === 0 ? 'f' : `p${start + i}`, { ...make(start + i), prerequisites }];
    });
    start = below;
    return made;
  });
  return Object.fromEntries(flags);
}

function plain(more: Partial<RulesetFlag> = {}): RulesetFlag {
  return fullOf([], 0, { fallthrough: { variation: 'on' }, ...more });
}

/** Rules that match everybody, and have a share for nobody, so that the next is asked. */
function sharesOfNobody(rules: number, slices: number, more: object = {}): RulesetFlag['rules'] {
  const parts = times(slices, (i) => ({ variation: i % 2 ? 'on' : 'off', parts: 0 }));
  return times(rules, (i) => ({ id: `r${i}`, when: [], serve: { slices: parts, ...more } }));
}

const ALL = { slices: [{ variation: 'on', parts: PARTS }] };
const VARIATIONS = times(50, (i) => ({ key: `v${i}`, value: i === 49 }));
const UUID = '123e4567-e89b-12d3-a456-42665';
const WIDE_CLASS = compilePattern(`[${times(700, (i) => String.fromCharCode(0x3000 + 2 * i)).join('')}]`);

function jsonFlag(value: () => RulesetFlag['variations'][number]['value']): Snapshot['flags'] {
  const variations = ['off', 'on', 'a'].map((key) => ({ key, value: value() }));
  return { f: plain({ type: 'json', variations }) };
}

function asksSmallSegment(): Snapshot['flags'] {
  const asked: Condition = { operator: 'inSegment', values: times(20, () => 's0'), not: true };
  return {
    f: fullOf(
      times(29, () => asked),
      55,
    ),
  };
}

const like = (count: number, start: number): string[] => times(count, (i) => `${UUID}${start + i}`);

export const MANY_SMALL: readonly WorstCase[] = [
  {
    title: '5,000 flags that need each other',
    flags: net(5_000, ['on', 'off'], () => plain()),
    context: { targetingKey: 'u' },
  },
  {
    title: '5,000 flags that need each other, each by a share, a key of 1,000',
    flags: net(5_000, ['on', 'off'], (i) => plain({ seed: `s${i}`, fallthrough: ALL })),
    context: { targetingKey: LONG_KEY },
  },
  {
    title: '5,000 flags that need each other, each by a share, a key that is not ASCII',
    flags: net(5_000, ['on', 'off'], (i) => plain({ seed: `s${i}`, fallthrough: ALL })),
    context: { targetingKey: WIDE_KEY },
  },
  {
    title: '2,000 flags of 50 variations that need each other',
    flags: net(
      2_000,
      VARIATIONS.map(({ key }) => key),
      () => plain({ variations: VARIATIONS, off: 'v0', fallthrough: { variation: 'v49' } }),
    ),
    context: { targetingKey: 'u' },
  },
  {
    title: '5,000 flags that need each other, each with a rule',
    flags: net(5_000, ['on', 'off'], () => fullOf([{ attribute: 'a', operator: 'gt', values: [1] }], 1)),
    context: { a: 0 },
  },
  {
    title: 'a lattice of 400 flags of 100 shares, a key that is not ASCII',
    flags: lattice(400, (i) => plain({ rules: sharesOfNobody(100, 2, { seed: `${i}` })! })),
    context: { targetingKey: WIDE_KEY },
  },
  {
    title: 'a lattice of 55 flags of 8,500 slices',
    flags: lattice(55, () => plain({ rules: sharesOfNobody(85, 100)! })),
    context: { targetingKey: 'u' },
  },
  {
    title: '14,800 keys of 1,000 characters that begin alike',
    flags: { f: asking(4) },
    segments: segmentsOf(4, (s) => ({ included: times(3_700, (i) => `${LONG_KEY}${s}${10_000 + i}`) })),
    context: { targetingKey: `${LONG_KEY}99999` },
  },
  {
    title: '300,000 keys of 36 characters that begin alike',
    flags: { f: asking(30) },
    segments: segmentsOf(30, (s) => ({ included: like(10_000, 1e6 + s * 10_000) })),
    context: { targetingKey: `${UUID}9999999` },
  },
  {
    title: 'a small segment asked for 30,000 times',
    flags: asksSmallSegment(),
    segments: segmentsOf(1, () => ({ included: ['x', 'y'] })),
    context: { targetingKey: WIDE_KEY },
  },
  {
    title: '`in` of 1,000 like texts, on a list of 1,700',
    flags: { f: fullOf([{ attribute: 'a', operator: 'in', values: like(1_000, 1e6), not: true }], 6) },
    context: { a: like(1_700, 9e6) },
  },
  {
    title: 'remainders of a number of 64 Ki digits',
    flags: {
      f: fullOf(
        [
          {
            attribute: 'a',
            operator: 'modulo',
            values: times(500, (i) => [Number.MAX_SAFE_INTEGER - i, 1]),
            not: true,
          },
        ],
        20,
      ),
    },
    context: { a: '7'.repeat(65_000) },
  },
  {
    title: 'pointers of names that are escaped',
    flags: {
      f: fullOf(
        times(28, () => ({ attribute: '/~1~0'.repeat(50), operator: 'in', values: ['y'] })),
        28,
      ),
    },
    context: {},
  },
  {
    title: '2,900 conditions on attributes that cannot be read',
    flags: { f: fullOf(times(29, (i) => ({ attribute: `a${i}`, operator: 'gt', values: [1] }))) },
    context: Object.fromEntries(times(29, (i) => [`a${i}`, 'x'])),
  },
  {
    title: 'a lattice of 50 flags whose rules an index spares',
    flags: lattice(50, () =>
      plain({
        rules: times(100, (i) => ({
          id: `r${i}`,
          when: [{ attribute: `a${i >> 1}`, operator: 'in', values: times(40, (k) => `v${i}-${k}`) }],
          serve: { variation: 'on' },
        })),
      }),
    ),
    context: Object.fromEntries(times(50, (i) => [`a${i}`, 'x'])),
  },
  {
    title: '300 segments of 100 rules',
    flags: { f: asking(300) },
    segments: segmentsOf(300, (s) => ({
      rules: times(100, () => ({ when: [{ attribute: 'a', operator: 'gt', values: [s] }] })),
    })),
    context: { a: 0 },
  },
  {
    title: '40 segments of patterns of 20,000 instructions',
    flags: { f: asking(40) },
    segments: segmentsOf(40, () => ({
      rules: [{ when: [{ attribute: 'a', operator: 'matches', values: times(20, () => LONG_PATTERN) }] }],
    })),
    context: { a: 'b' },
  },
  {
    title: 'a lattice of 25 flags of wide classes',
    flags: lattice(25, () => fullOf([{ attribute: 'a', operator: 'matches', values: times(28, () => WIDE_CLASS) }], 1)),
    context: { a: '1' },
  },
  {
    title: 'a value of 21,800 lists, served',
    flags: jsonFlag(() => times(21_800, () => [])),
    context: {},
    fallback: [],
  },
  {
    title: 'a value of 21,800 objects, served',
    flags: jsonFlag(() => times(21_800, () => ({}))),
    context: {},
    fallback: [],
  },
];
