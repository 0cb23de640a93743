import { LIMITS } from '@dimmer/contract';
import { describe, expect, it } from 'vitest';
import {
  archiveSegment,
  createSegment,
  setSegmentMembers,
  unarchiveSegment,
  updateSegment,
} from '../src/commands/segments.ts';
import { openShop } from './change-log-fixture.ts';

describe('A segment', () => {
  it('is made of included and excluded keys and of rules', async () => {
    const { act, refused, state } = await openShop();
    const rules = [{ when: [{ attribute: 'plan', operator: 'in' as const, values: ['pro'] }] }];
    await act(createSegment('shop', { key: 'testers', included: ['ann'], excluded: ['bob'], rules }));
    expect(state.segment('shop', 'testers')?.body).toMatchObject({
      included: ['ann'],
      excluded: ['bob'],
      archived: false,
      name: 'testers',
      rules: [{ id: expect.any(String), when: rules[0]?.when }],
    });
    expect((await refused(createSegment('shop', { key: 'testers' }))).code).toBe('SEGMENT_EXISTS');
  });

  it('is warned about while nobody is in it', async () => {
    const { act } = await openShop();
    const { warnings } = await act(createSegment('shop', { key: 'testers', excluded: ['bob'] }));
    expect(warnings).toMatchObject([{ code: 'SEGMENT_EMPTY' }]);
    expect((await act(setSegmentMembers('shop', 'testers', { include: ['ann'] }))).warnings).toEqual([]);
  });

  it('has a key on one of its lists at most', async () => {
    const { act, state } = await openShop();
    await act(createSegment('shop', { key: 'testers', included: ['ann', 'bob'], excluded: ['eve'] }));
    await act(
      setSegmentMembers('shop', 'testers', {
        include: ['eve', 'joe', 'joe'],
        exclude: ['ann'],
        remove: ['bob', 'who'],
      }),
    );
    expect(state.segment('shop', 'testers')?.body).toMatchObject({ included: ['eve', 'joe'], excluded: ['ann'] });
  });

  it('cannot be made of other segments, nor of conditions that are none', async () => {
    const { act, refused } = await openShop();
    await act(createSegment('shop', { key: 'staff', included: ['ann'] }));
    const nested = [{ when: [{ operator: 'inSegment' as const, values: ['staff'] }] }];
    expect(await refused(createSegment('shop', { key: 'testers', rules: nested }))).toMatchObject({
      code: 'SEGMENT_INVALID',
      path: 'rules[0].when[0]',
      details: { problems: [{ code: 'SEGMENT_NESTED' }] },
    });
    const bad = [{ when: [{ attribute: 'ip', operator: 'cidr' as const, values: ['here'] }] }];
    expect((await refused(updateSegment('shop', 'staff', { rules: bad }))).path).toBe('rules[0].when[0].values[0]');
  });

  it('holds 10,000 keys a list and no more', async () => {
    const { act, refused } = await openShop();
    const included = Array.from({ length: LIMITS.segmentKeys }, (_, index) => `person-${index}`);
    await act(createSegment('shop', { key: 'testers', included }));
    expect(await refused(setSegmentMembers('shop', 'testers', { include: ['one-more'] }))).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      path: 'included',
    });
  });

  it('weighs 4 MiB at most, both lists and the rules together, in bytes and not in characters', async () => {
    const { act, refused } = await openShop();
    const keys = (list: string, letter: string) =>
      Array.from({ length: LIMITS.segmentKeys }, (_, index) => `${list}-${index}-`.padEnd(150, letter));
    await act(createSegment('shop', { key: 'testers', included: keys('in', 'x'), excluded: keys('out', 'x') }));
    const wider = createSegment('shop', { key: 'more', included: keys('in', '顧'), excluded: keys('out', 'x') });
    expect(await refused(wider)).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      fix: expect.stringContaining('several segments'),
      details: { limit: LIMITS.segmentBytes },
    });
  });

  it('is refused changes while it is archived', async () => {
    const { act, refused } = await openShop();
    await act(createSegment('shop', { key: 'testers', included: ['ann'] }));
    await act(archiveSegment('shop', 'testers'));
    expect((await refused(updateSegment('shop', 'testers', { name: 'x' }))).code).toBe('SEGMENT_ARCHIVED');
    await act(unarchiveSegment('shop', 'testers'));
    await act(updateSegment('shop', 'testers', { name: 'x' }));
    expect((await refused(updateSegment('shop', 'nobody', {}))).code).toBe('SEGMENT_NOT_FOUND');
  });

  it('needs a reason where an environment of the project is protected, unless only its name changes', async () => {
    const { act, refused } = await openShop({ protected: true });
    await act(createSegment('shop', { key: 'testers', included: ['ann'] }));
    await act(updateSegment('shop', 'testers', { name: 'Testers' }));
    expect((await refused(setSegmentMembers('shop', 'testers', { include: ['bob'] }))).code).toBe('REASON_REQUIRED');
    await act(setSegmentMembers('shop', 'testers', { include: ['bob'] }), { reason: 'he asked' });
  });
});
