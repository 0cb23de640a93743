import { describe, expect, it } from 'vitest';
import { differenceLines, documentTitle } from '../src/history/difference-lines.ts';

const linesOf = (kind: string, before: unknown, after: unknown) =>
  differenceLines({ kind, before, after }).map(({ sign, text }) => `${sign}: ${text}`);
const base = {
  on: true,
  off: 'off',
  prerequisites: [],
  targets: [],
  rules: [] as object[],
  fallthrough: { variation: 'off' } as object,
};
const testers = {
  id: 'testers',
  when: [{ operator: 'inSegment', values: ['testers'] }],
  serve: { variation: 'on' },
};
const pros = { id: 'pros', when: [{ attribute: 'plan', operator: 'in', values: ['pro'] }], serve: { variation: 'on' } };

describe('a difference in lines', () => {
  it('is empty where nothing differs, whatever the order of fields', () => {
    expect(linesOf('targeting', base, Object.fromEntries(Object.entries(base).reverse()))).toEqual([]);
    expect(linesOf('flag', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toEqual([]);
  });

  it('says what everybody else gets', () => {
    const slices = [
      { variation: 'on', parts: 10_000 },
      { variation: 'off', parts: 90_000 },
    ];
    expect(linesOf('targeting', base, { ...base, fallthrough: { slices } })).toEqual([
      'changed: Everyone: off → 10 % on',
    ]);
  });

  it('compares what is served: off to 1 % takes nothing from 99 %', () => {
    const off = { ...base, on: false, fallthrough: { variation: 'on' } };
    const slices = [
      { variation: 'on', parts: 1_000 },
      { variation: 'off', parts: 99_000 },
    ];
    expect(linesOf('targeting', off, { ...off, on: true, fallthrough: { slices } })).toEqual([
      'changed: Flag: off → on',
      'changed: Everyone: off → 1 % on',
    ]);
    expect(linesOf('targeting', { ...off, on: true }, { ...off, fallthrough: { slices } })).toEqual([
      'changed: Flag: on → off',
      'changed: Everyone: on → off',
      'changed: Default rule, once it is on: on → 1 % on',
    ]);
    expect(linesOf('targeting', off, { ...off, fallthrough: { slices } })).toEqual([
      'changed: Default rule, once it is on: on → 1 % on',
    ]);
    expect(linesOf('targeting', { ...base, rules: [testers] }, { ...base, on: false, rules: [testers] })).toEqual([
      'changed: Flag: on → off',
      'changed: Everyone not matched by a rule: still off',
    ]);
  });

  it('says who killed it and why', () => {
    const killed = { by: 'Ann', at: 1, reason: 'payment errors' };
    expect(linesOf('targeting', base, { ...base, on: false, killed })).toEqual([
      'changed: Flag: on → off',
      'added: Killed by Ann: payment errors',
      'changed: Everyone: still off',
    ]);
    expect(linesOf('targeting', { ...base, on: false, killed }, base)).toEqual([
      'changed: Flag: off → on',
      'removed: Killed by Ann',
      'changed: Everyone: still off',
    ]);
  });

  it('shows rules as sentences: come, gone, edited, reordered', () => {
    const edited = { ...testers, serve: { variation: 'off' } };
    expect(linesOf('targeting', { ...base, rules: [testers] }, { ...base, rules: [edited, pros] })).toEqual([
      'removed: Rule: someone is in the segment testers → on',
      'added: Rule: someone is in the segment testers → off',
      'added: Rule: plan is pro → on',
    ]);
    expect(linesOf('targeting', { ...base, rules: [testers, pros] }, { ...base, rules: [pros, testers] })).toEqual([
      'changed: Order of rules: as before → first plan is pro → on',
    ]);
    expect(linesOf('targeting', { ...base, rules: [testers, pros] }, { ...base, rules: [pros] })).toEqual([
      'removed: Rule: someone is in the segment testers → on',
    ]);
  });

  it('names the people that are always given something, and counts many', () => {
    const many = Array.from({ length: 25 }, (_, index) => `u${index}`);
    const [line] = linesOf('targeting', base, { ...base, targets: [{ variation: 'on', keys: many }] });
    expect(line).toMatch(/^added: Always on: u0, .* and 5 more$/);
  });

  it('says who came into a segment and who left', () => {
    const segment = { key: 's', included: ['ann', 'bob'], excluded: [], rules: [] };
    expect(linesOf('segment', segment, { ...segment, included: ['ann', 'carol'], excluded: ['bob'] })).toEqual([
      'removed: Included: bob',
      'added: Included: carol',
      'added: Excluded: bob',
    ]);
  });

  it('goes through everything else field by field, variations by their key', () => {
    const before = { owner: 'a', tags: ['x'], variations: [{ key: 'on', value: 1 }], browser: false };
    const after = { owner: 'b', tags: ['x', 'y'], variations: [{ key: 'on', value: 2 }], browser: true };
    expect(linesOf('flag', before, after)).toEqual([
      'changed: owner: a → b',
      'added: tags: y',
      'changed: variations on value: 1 → 2',
      'changed: browser: no → yes',
    ]);
  });

  it('reads fields that are called as those of every object', () => {
    const before = JSON.parse('{"constructor": 1, "__proto__": {"a": 1}}');
    const after = JSON.parse('{"constructor": 2, "__proto__": {"a": 2}}');
    expect(linesOf('flag', before, after)).toEqual(['changed: constructor: 1 → 2', 'changed: __proto__ a: 1 → 2']);
  });

  it('shows instants as such, cuts what is long, and leaves out stamps', () => {
    const [expires, name] = linesOf(
      'key',
      { expiresAt: 0, name: '', version: 1 },
      { expiresAt: 1_000, name: 'x'.repeat(10_000), version: 2 },
    );
    expect(expires).toBe('changed: expiresAt: 1970-01-01T00:00:00.000Z → 1970-01-01T00:00:01.000Z');
    expect(name?.length).toBeLessThan(400);
  });

  it('says that a document has gone, and what a new one is made of', () => {
    expect(linesOf('flag', { key: 'a' }, null)).toEqual(['removed: Deleted']);
    expect(linesOf('flag', null, { key: 'a', name: '', tags: [] })).toEqual(['added: key: a']);
  });

  it('calls documents by what people call them', () => {
    expect(documentTitle({ kind: 'targeting', id: 'shop/theme/production' })).toBe('theme in production');
    expect(documentTitle({ kind: 'segment', id: 'shop/testers' })).toBe('Segment testers');
    expect(documentTitle({ kind: 'change-request', id: 'shop/cr1' })).toBe('Change request cr1');
  });
});
