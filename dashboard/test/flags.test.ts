import { describe, expect, it } from 'vitest';
import { expectInTime } from '../../test/patience.ts';
import type { Flag } from '../src/api/flags.ts';
import { splitTyped, typedValue } from '../src/conditions/typed-value.ts';
import {
  changesOf,
  creationOf,
  type FlagInput,
  problemsOf,
  typedVariations,
} from '../src/pages/flag/form/flag-input.ts';
import { runBulk } from '../src/pages/flags/bulk-run.ts';
import {
  choicesOf,
  countFilters,
  type FlagFilter,
  filterFlags,
  NO_FILTER,
  readFilter,
  writeFilter,
} from '../src/pages/flags/flag-filter.ts';
import { suggestKey } from '../src/sentences/key-rules.ts';

const flag = (key: string, more: Partial<Flag> = {}): Flag => ({
  project: 'shop',
  key,
  name: key,
  description: '',
  type: 'boolean',
  purpose: 'release',
  tags: [],
  owner: '',
  browser: false,
  archived: false,
  seed: '',
  createdAt: 0,
  version: 1,
  revision: 1,
  environments: [],
  variations: [
    { key: 'on', value: true },
    { key: 'off', value: false },
  ],
  ...more,
});
const flags = [
  flag('checkout', { tags: ['payment'], owner: 'team-a', name: 'New checkout', stale: 'served-to-all' }),
  flag('theme', { type: 'string', description: 'Colours of the SHOP', lastChange: { revision: 2, at: 20, by: 'Ann' } }),
  flag('old', { archived: true, lastEvaluatedAt: 5 }),
  flag('engine', {
    type: 'launch',
    purpose: 'launch',
    stale: 'not-evaluated',
    lastChange: { revision: 1, at: 10, by: 'Bob' },
  }),
];
const found = (filter: Partial<FlagFilter>) => filterFlags(flags, { ...NO_FILTER, ...filter }).map(({ key }) => key);

describe('the list of flags', () => {
  it('shows those in use, unless archived ones are asked for', () => {
    expect(found({})).toEqual(['checkout', 'theme', 'engine']);
    expect(found({ archived: 'yes' })).toEqual(['old']);
    expect(found({ archived: 'all' })).toHaveLength(4);
  });

  it('finds every word in key, name, description and tags, in any letter case', () => {
    expect(found({ text: 'PAYM new' })).toEqual(['checkout']);
    expect(found({ text: 'shop' })).toEqual(['theme']);
    expect(found({ text: 'shop nothing' })).toEqual([]);
  });

  it('filters by tag, owner, purpose, type and staleness', () => {
    expect(found({ tag: 'payment' })).toEqual(['checkout']);
    expect(found({ owner: 'team-a' })).toEqual(['checkout']);
    expect(found({ purpose: 'launch' })).toEqual(['engine']);
    expect(found({ type: 'string' })).toEqual(['theme']);
    expect(found({ stale: 'any' })).toEqual(['checkout', 'engine']);
    expect(found({ stale: 'not-evaluated' })).toEqual(['engine']);
  });

  it('puts what changed last first, if asked to, and leaves the list it was given alone', () => {
    expect(found({ order: 'changed' })).toEqual(['theme', 'engine', 'checkout']);
    expect(flags.map(({ key }) => key)).toEqual(['checkout', 'theme', 'old', 'engine']);
  });

  it('stands in the address, and comes back from it', () => {
    const filter: FlagFilter = { ...NO_FILTER, text: 'a b', tag: 'x&y', archived: 'all' };
    const search = writeFilter(new URLSearchParams('other=1'), filter);
    expect(search.get('other')).toBe('1');
    expect(readFilter(new URLSearchParams(search.toString()))).toEqual(filter);
    expect(writeFilter(search, NO_FILTER).toString()).toBe('other=1');
    expect(countFilters(filter)).toBe(2);
  });

  it('offers the tags and owners that are in use', () => {
    expect(choicesOf(flags)).toEqual({ tags: ['payment'], owners: ['team-a'] });
  });

  it('is filtered, were there 5,000', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => flag(`flag-${index}`, { description: 'x'.repeat(200) }));
    filterFlags(many, { ...NO_FILTER, text: 'warm' });
    const startedAt = performance.now();
    expect(filterFlags(many, { ...NO_FILTER, text: 'flag 499' }).length).toBeGreaterThan(0);
    expectInTime('a filter', performance.now() - startedAt, 50);
  });
});

const input: FlagInput = {
  key: 'theme',
  name: 'Theme',
  description: '',
  type: 'string',
  purpose: '',
  owner: '',
  tags: [],
  browser: false,
  variations: typedVariations({
    type: 'string',
    variations: [
      { key: 'blue', value: '#00f' },
      { key: 'green', value: '#0f0' },
    ],
  }),
};
const problems = (more: Partial<FlagInput>) =>
  Object.fromEntries(problemsOf({ ...input, ...more }, 'shop', new Set(['taken'])));

describe('a new flag', () => {
  it('has a key suggested by its name', () => {
    expect(['New checkout (V2)', 'Größe & Maß', '  …  ', '.hidden-', 'a'.repeat(200)].map(suggestKey)).toEqual([
      ...['new-checkout-v2', 'grosse-mass', '', 'hidden', 'a'.repeat(128)],
    ]);
  });

  it('is found wrong in the words of the server', () => {
    expect(problems({})).toEqual({});
    expect(problems({ key: '-x' })).toEqual({ key: expect.stringMatching(/^Keys have 1 to 128/) });
    expect(problems({ key: 'taken' })).toEqual({ key: expect.stringMatching(/already has a flag "taken"/) });
    expect(problems({ name: 'x'.repeat(201) })).toEqual({ name: '"name" must have at most 200 characters.' });
    expect(problems({ variations: [] })).toEqual({ variations: 'A string flag needs variations.' });
    const twice = typedVariations({
      type: 'string',
      variations: [
        { key: 'a', value: 1 },
        { key: 'a', value: 2 },
      ],
    });
    expect(problems({ variations: twice })).toEqual({ 'variations[1].key': 'Two variations have the key "a".' });
    expect(problems({ type: 'number' })).toHaveProperty(['variations[0].value'], 'Send a number value.');
    expect(problems({ type: 'json' })['variations[0].value']).toMatch(/^This is not JSON/);
  });

  it('is sent without what was left empty, and with the values of its type', () => {
    expect(creationOf({ ...input, type: 'boolean', tags: ['a'] })).toEqual({
      key: 'theme',
      type: 'boolean',
      browser: false,
      name: 'Theme',
      tags: ['a'],
    });
    const numbers = typedVariations({ type: 'number', variations: [{ key: 'one', value: 1.5 }] });
    expect(creationOf({ ...input, type: 'number', variations: numbers }).variations).toEqual([
      { key: 'one', value: 1.5 },
    ]);
  });

  it('is edited by sending what differs, and nothing else', () => {
    const theme = flag('theme', {
      type: 'string',
      name: 'Theme',
      variations: [{ key: 'blue', value: '#00f', description: 'kept' }],
    });
    const same = { ...input, purpose: 'release' as const, variations: typedVariations(theme) };
    expect(changesOf(theme, same)).toEqual({});
    expect(changesOf(theme, { ...same, owner: 'me' })).toEqual({ owner: 'me' });
    const renamed = same.variations.map((each) => ({ ...each, name: 'Blue' }));
    expect(changesOf(theme, { ...same, variations: renamed })).toEqual({
      variations: [{ key: 'blue', value: '#00f', name: 'Blue', description: 'kept' }],
    });
  });
});

describe('a value of a condition, as it is typed', () => {
  it('is of the kind that the operator takes', () => {
    expect(typedValue('anything', ' 007 ')).toEqual({ value: '007' });
    expect(typedValue('number', '12.5')).toEqual({ value: 12.5 });
    expect(typedValue('division', '10, 3')).toEqual({ value: [10, 3] });
    expect(typedValue('instant', '2026-03-01T09:00:00Z')).toEqual({ value: '2026-03-01T09:00:00Z' });
    expect(typedValue('version', 'v2.4.0-rc.1')).toEqual({ value: 'v2.4.0-rc.1' });
    expect(typedValue('range', '10.0.0.0/8')).toEqual({ value: '10.0.0.0/8' });
  });

  it('is refused with what to write instead', () => {
    const wrong = {
      number: '0x10',
      division: '3, 10',
      instant: '2026-03-01',
      version: '1.2.3.4',
      range: 'here',
      text: ' ',
    };
    for (const [takes, text] of Object.entries(wrong)) {
      expect(typedValue(takes as never, text)).toEqual({ problem: expect.stringMatching(/^Write/) });
    }
  });

  it('can be pasted with others', () => {
    expect(splitTyped('anything', 'DE, AT;CH\nFR\n')).toEqual(['DE', 'AT', 'CH', 'FR']);
    expect(splitTyped('pattern', 'a{1,2}')).toEqual(['a{1,2}']);
  });
});

describe('the same, done to many', () => {
  it('names each that failed, and goes on with the others', async () => {
    const told: number[] = [];
    const act = async (item: number) => {
      if (item % 3 === 0) throw new Error(`not ${item}`);
    };
    const items = [1, 2, 3, 4, 5, 6, 7];
    const { done, failures } = await runBulk(
      items,
      act,
      (progress) => told.push(progress.done),
      new AbortController().signal,
    );
    expect(done).toBe(7);
    expect(told).toEqual(items);
    expect(failures.map(({ item, error }) => [item, (error as Error).message])).toEqual([
      [3, 'not 3'],
      [6, 'not 6'],
    ]);
  });

  it('begins nothing else once it is stopped', async () => {
    const stop = new AbortController();
    const begun: number[] = [];
    const items = Array.from({ length: 100 }, (_, index) => index);
    const act = async (item: number) => {
      begun.push(item);
      stop.abort();
    };
    await runBulk(items, act, () => {}, stop.signal);
    expect(begun.length).toBeLessThan(10);
  });
});
