import { describe, expect, it } from 'vitest';
import type { TargetingBody } from '../src/api/targeting-body.ts';
import { mergeTargeting } from '../src/pages/flag/merge-targeting.ts';

const rule = (id: string, variation = 'on') => ({ id, when: [], serve: { variation } });
const base: TargetingBody = {
  on: true,
  off: 'off',
  fallthrough: { variation: 'off' },
  rules: [rule('a'), rule('b'), rule('c')],
  targets: [{ variation: 'on', keys: ['ann', 'bob'] }],
  prerequisites: [{ flag: 'base', variations: ['on'] }],
};
const merge = (mine: Partial<TargetingBody>, theirs: Partial<TargetingBody>) =>
  mergeTargeting(base, { ...base, ...mine }, { ...base, ...theirs });
const idsOf = ({ body }: ReturnType<typeof merge>) => body.rules.map(({ id }) => id);

describe('two people edit one targeting', () => {
  it('keeps both where they touch different fields', () => {
    const { body, overlaps } = merge({ on: false }, { off: 'on', fallthrough: { variation: 'on' } });
    expect(body).toEqual({ ...base, on: false, off: 'on', fallthrough: { variation: 'on' } });
    expect(overlaps).toEqual([]);
  });

  it('keeps mine where both touch one, and names it', () => {
    const { body, overlaps } = merge({ fallthrough: { variation: 'on' } }, { fallthrough: { variation: 'dark' } });
    expect(body.fallthrough).toEqual({ variation: 'on' });
    expect(overlaps).toEqual(['Default rule']);
  });

  it('does not call it an overlap when both did the same', () => {
    expect(merge({ on: false }, { on: false }).overlaps).toEqual([]);
  });

  it('keeps my condition and their rollout of one rule', () => {
    const when = [{ attribute: 'plan', operator: 'in', values: ['pro'] }];
    const { body, overlaps } = merge(
      { rules: [{ ...rule('a'), when }, rule('b'), rule('c')] },
      { rules: [rule('a', 'dark'), rule('b'), rule('c')] },
    );
    expect(body.rules[0]).toEqual({ id: 'a', when, serve: { variation: 'dark' } });
    expect(overlaps).toEqual([]);
  });

  it('keeps rules that either has added, in their place', () => {
    const merged = merge(
      { rules: [rule('a'), rule('mine'), rule('b'), rule('c')] },
      { rules: [rule('theirs'), rule('a'), rule('b'), rule('c')] },
    );
    expect(idsOf(merged)).toEqual(['theirs', 'a', 'mine', 'b', 'c']);
  });

  it('keeps the order of whoever has changed it', () => {
    expect(idsOf(merge({ rules: [rule('c'), rule('a'), rule('b')] }, { on: false }))).toEqual(['c', 'a', 'b']);
    expect(idsOf(merge({ on: false }, { rules: [rule('c'), rule('a'), rule('b')] }))).toEqual(['c', 'a', 'b']);
    const both = merge({ rules: [rule('c'), rule('b'), rule('a')] }, { rules: [rule('b'), rule('a'), rule('c')] });
    expect(idsOf(both)).toEqual(['c', 'b', 'a']);
    expect(both.overlaps).toEqual(['Order of the rules']);
  });

  it('takes away what either has removed, unless the other has changed it', () => {
    expect(idsOf(merge({ rules: [rule('a'), rule('c')] }, {}))).toEqual(['a', 'c']);
    expect(idsOf(merge({}, { rules: [rule('a'), rule('c')] }))).toEqual(['a', 'c']);
    const kept = merge({ rules: [rule('a'), rule('b', 'dark'), rule('c')] }, { rules: [rule('a'), rule('c')] });
    expect(idsOf(kept)).toEqual(['a', 'b', 'c']);
    expect(kept.overlaps).toEqual(['Rule 2']);
    const gone = merge({ rules: [rule('a'), rule('c')] }, { rules: [rule('a'), rule('b', 'dark'), rule('c')] });
    expect(idsOf(gone)).toEqual(['a', 'c']);
    expect(gone.overlaps).toEqual(['Rule 2']);
  });

  it('merges targets key by key, and prerequisites flag by flag', () => {
    const { body, overlaps } = merge(
      { targets: [{ variation: 'on', keys: ['ann'] }], prerequisites: [] },
      {
        targets: [
          { variation: 'on', keys: ['ann', 'bob'] },
          { variation: 'off', keys: ['eve'] },
        ],
        prerequisites: [...base.prerequisites, { flag: 'other', variations: ['on'] }],
      },
    );
    expect(body.targets).toEqual([
      { variation: 'on', keys: ['ann'] },
      { variation: 'off', keys: ['eve'] },
    ]);
    expect(body.prerequisites).toEqual([{ flag: 'other', variations: ['on'] }]);
    expect(overlaps).toEqual([]);
  });
});
