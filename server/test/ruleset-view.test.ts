import { type Audience, evaluate, type Patch, Ruleset, type Snapshot } from '@dimmer/core';
import { describe, expect, it } from 'vitest';
import type { Change } from '../src/changes/change.ts';
import { updateEnvironment } from '../src/commands/environments.ts';
import { archiveFlag, createFlag, updateFlag } from '../src/commands/flags.ts';
import { createKey } from '../src/commands/keys.ts';
import { createProject } from '../src/commands/projects.ts';
import { addRule } from '../src/commands/rules.ts';
import { createSegment, setSegmentMembers } from '../src/commands/segments.ts';
import { toggleFlag } from '../src/commands/switches.ts';
import { setFallthrough, setPrerequisites } from '../src/commands/targeting.ts';
import { RulesetView } from '../src/ruleset/ruleset-view.ts';
import { openShop } from './change-log-fixture.ts';

const CART = { project: 'shop', flag: 'cart', environment: 'production' };
const IN_TESTERS = {
  id: 'r1',
  when: [{ operator: 'inSegment' as const, values: ['testers'] }],
  serve: { variation: 'on' },
};

async function openView(audience: Audience = 'server') {
  const shop = await openShop();
  const noted: Change[] = [];
  shop.log.subscribe((changes) => noted.push(...changes));
  const view = new RulesetView(shop.state, { project: 'shop', environment: 'production', audience });
  const snapshot = () => JSON.parse(view.snapshotJson()) as Snapshot;
  /** The patch for all that has happened since the last one. */
  const advance = () => JSON.parse(view.advance(noted.splice(0)) ?? 'null') as Patch | null;
  return { ...shop, view, snapshot, advance };
}

describe('A ruleset', () => {
  it('holds what an SDK needs, and no name, description, tag, owner or note', async () => {
    const { act, snapshot, advance } = await openView();
    await act(createSegment('shop', { key: 'testers', name: 'Our testers', included: ['ann'] }));
    await act(
      createFlag('shop', {
        key: 'cart',
        name: 'New cart',
        description: 'secret plan',
        tags: ['t'],
        owner: 'me',
        seed: 's',
      }),
    );
    await act(addRule(CART, { rule: { ...IN_TESTERS, description: 'only testers' } }));
    advance();
    expect(snapshot()).toEqual({
      schema: 1,
      hash: 1,
      id: expect.stringMatching(/^6\.[0-9a-f]{12}$/),
      at: expect.any(Number),
      flags: {
        cart: {
          type: 'boolean',
          on: false,
          off: 'off',
          seed: 's',
          fallthrough: { variation: 'off' },
          variations: [
            { key: 'on', value: true },
            { key: 'off', value: false },
          ],
          rules: [{ id: 'r1', when: [{ operator: 'inSegment', values: ['testers'] }], serve: { variation: 'on' } }],
        },
      },
      segments: { testers: { included: ['ann'] } },
    });
  });

  it('has flags named like properties of objects as its own', async () => {
    const { act, view, advance } = await openView();
    for (const key of ['__proto__', 'constructor']) await act(createFlag('shop', { key }));
    await act(toggleFlag({ ...CART, flag: '__proto__' }, { on: true }));
    advance();
    expect(view.snapshotJson()).toContain('"flags":{"__proto__":{');
    const ruleset = new Ruleset();
    ruleset.replace(JSON.parse(view.snapshotJson()));
    expect([...ruleset.keys()].sort()).toEqual(['__proto__', 'constructor']);
    expect(evaluate(ruleset, '__proto__', false, { targetingKey: 'ann' }).value).toBe(true);
  });

  it('carries patterns as programs', async () => {
    const { act, view, advance } = await openView();
    await act(createFlag('shop', { key: 'cart' }));
    await act(toggleFlag(CART, { on: true }));
    const when = [{ attribute: 'mail', operator: 'matches' as const, values: ['@SHOP\\.example$'], ignoreCase: true }];
    await act(addRule(CART, { rule: { id: 'r1', when, serve: { variation: 'off' } } }));
    advance();
    expect(view.snapshotJson()).not.toContain('SHOP');
    const ruleset = new Ruleset();
    ruleset.replace(JSON.parse(view.snapshotJson()));
    expect(evaluate(ruleset, 'cart', true, { targetingKey: 'ann', mail: 'ann@shop.example' }).value).toBe(false);
    expect(evaluate(ruleset, 'cart', true, { targetingKey: 'eve', mail: 'eve@shop.example.org' }).value).toBe(true);
  });

  it('is without archived flags and segments', async () => {
    const { act, snapshot, advance } = await openView();
    await act(createFlag('shop', { key: 'cart' }));
    advance();
    await act(archiveFlag('shop', 'cart'));
    expect(advance()?.flags).toEqual({ cart: null });
    expect(snapshot().flags).toEqual({});
  });

  it('is the same text for the same id', async () => {
    const { act, view, state, advance } = await openView();
    for (const key of ['b', 'a', 'B', '10', '9']) await act(createFlag('shop', { key }));
    advance();
    const again = new RulesetView(state, { project: 'shop', environment: 'production', audience: 'server' });
    expect(again.snapshotJson()).toBe(view.snapshotJson());
    expect(view.snapshotJson()).toBe(view.snapshotJson());
    expect([...view.snapshotJson().matchAll(/"([\w]+)":\{"fallthrough/g)].map((match) => match[1])).toEqual([
      '10',
      '9',
      'B',
      'a',
      'b',
    ]);
  });
});

describe('Advancing', () => {
  it('gives one patch for many changes, from the old id to the newest', async () => {
    const { act, view, advance } = await openView();
    const before = view.id;
    await act(createFlag('shop', { key: 'cart' }));
    const { change } = await act(toggleFlag(CART, { on: true }));
    const patch = advance();
    expect(patch).toMatchObject({
      from: before,
      id: view.id,
      at: change!.at,
      flags: { cart: { on: true } },
      segments: {},
    });
    expect(view.id).toMatch(new RegExp(`^${change!.revision}\\.`));
  });

  it('gives nothing for changes elsewhere, and for those it knows already', async () => {
    const { act, store, view, state, advance } = await openView();
    await act(createFlag('shop', { key: 'cart' }));
    advance();
    const { id } = view;
    await act(toggleFlag({ ...CART, environment: 'staging' }, { on: true }));
    await act(createProject({ key: 'other' }));
    const scope = { kind: 'browser', project: 'shop', environment: 'production' } as const;
    await act(createKey(scope, { name: '' }, { selector: 'abc', secretHash: null }));
    expect(advance()).toBeNull();
    expect(view.id).toBe(id);
    const late = new RulesetView(state, { project: 'shop', environment: 'production', audience: 'server' });
    expect(late.advance(await store.changes({ order: 'oldest first', limit: 100 }))).toBeNull();
  });

  it('gives an empty patch for a change that no SDK can see, so that ids follow from the log alone', async () => {
    const { act, view, advance } = await openView();
    await act(createFlag('shop', { key: 'cart' }));
    advance();
    for (const command of [
      updateFlag('shop', 'cart', { description: 'more words' }),
      updateEnvironment('shop', 'production', { name: 'Production' }),
    ]) {
      const { change } = await act(command);
      expect(advance()).toMatchObject({ id: view.id, flags: {}, segments: {} });
      expect(view.id).toMatch(new RegExp(`^${change!.revision}\\.`));
    }
  });

  it('costs what has changed: one encoding of the flag, however many views and flags there are', async () => {
    const { act, state, advance, view } = await openView();
    for (let index = 0; index < 20; index++) await act(createFlag('shop', { key: `flag-${index}` }));
    advance();
    const other = new RulesetView(state, { project: 'shop', environment: 'production', audience: 'browser' });
    await act(setFallthrough({ ...CART, flag: 'flag-3' }, { serve: { variation: 'on' } }));
    advance();
    const before = view.snapshotJson();
    await act(toggleFlag({ ...CART, flag: 'flag-3' }, { on: true }));
    const patch = advance();
    expect(Object.keys(patch!.flags)).toEqual(['flag-3']);
    expect(view.snapshotJson()).toHaveLength(before.length - 1);
    expect(other.snapshotJson()).not.toContain('flag-3');
  });
});

describe('What a browser receives', () => {
  it('is the flags marked for browsers, their prerequisites, and the segments that these use', async () => {
    const { act, snapshot, advance } = await openView('browser');
    for (const key of ['cart', 'base', 'deep', 'hidden'])
      await act(createFlag('shop', { key, browser: key === 'cart' }));
    for (const key of ['testers', 'staff']) await act(createSegment('shop', { key, included: ['ann'] }));
    await act(setPrerequisites(CART, { prerequisites: [{ flag: 'base', variations: ['on'] }] }));
    await act(setPrerequisites({ ...CART, flag: 'base' }, { prerequisites: [{ flag: 'deep', variations: ['on'] }] }));
    await act(addRule({ ...CART, flag: 'deep' }, { rule: IN_TESTERS }));
    await act(
      addRule(
        { ...CART, flag: 'hidden' },
        { rule: { ...IN_TESTERS, when: [{ operator: 'inSegment', values: ['staff'] }] } },
      ),
    );
    advance();
    expect(Object.keys(snapshot().flags)).toEqual(['base', 'cart', 'deep']);
    expect(Object.keys(snapshot().segments)).toEqual(['testers']);
  });

  it('appears and disappears with the mark, with what it needs', async () => {
    const { act, advance } = await openView('browser');
    for (const key of ['cart', 'base']) await act(createFlag('shop', { key }));
    await act(createSegment('shop', { key: 'testers', included: ['ann'] }));
    await act(setPrerequisites(CART, { prerequisites: [{ flag: 'base', variations: ['on'] }] }));
    await act(addRule({ ...CART, flag: 'base' }, { rule: IN_TESTERS }));
    expect(advance()).toMatchObject({ flags: {}, segments: {} });
    await act(updateFlag('shop', 'cart', { browser: true }));
    expect(advance()).toMatchObject({ flags: { cart: {}, base: {} }, segments: { testers: { included: ['ann'] } } });
    await act(setSegmentMembers('shop', 'testers', { include: ['bob'] }));
    expect(advance()).toMatchObject({ flags: {}, segments: { testers: { included: ['ann', 'bob'] } } });
    await act(setPrerequisites(CART, { prerequisites: [] }));
    expect(advance()).toEqual(
      expect.objectContaining({ flags: { cart: expect.anything(), base: null }, segments: { testers: null } }),
    );
    await act(updateFlag('shop', 'cart', { browser: false }));
    expect(advance()).toMatchObject({ flags: { cart: null }, segments: {} });
  });
});
