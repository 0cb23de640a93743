import { describe, expect, it } from 'vitest';
import { createEnvironment } from '../src/commands/environments.ts';
import { archiveFlag, createFlag, unarchiveFlag, updateFlag } from '../src/commands/flags.ts';
import { createProject } from '../src/commands/projects.ts';
import { setFallthrough, setPrerequisites } from '../src/commands/targeting.ts';
import { openShop } from './change-log-fixture.ts';

const CART = { project: 'shop', flag: 'cart', environment: 'production' };
const COLOURS = [
  { key: 'blue', value: 'blue' },
  { key: 'green', value: 'green' },
];

describe('Creating a flag', () => {
  it('leaves it off in every environment', async () => {
    const { act, state } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    for (const environment of ['staging', 'production']) {
      expect(state.targeting('shop', 'cart', environment)?.body).toEqual({
        on: false,
        off: 'off',
        prerequisites: [],
        targets: [],
        rules: [],
        fallthrough: { variation: 'off' },
        fresh: true,
      });
    }
  });

  it('gives a boolean flag on and off, a launch its three stages, and each flag a seed of its own', async () => {
    const { act, state } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    await act(createFlag('shop', { key: 'engine', type: 'launch' }));
    expect(state.flag('shop', 'cart')?.body).toMatchObject({
      name: 'cart',
      type: 'boolean',
      purpose: 'release',
      browser: false,
      archived: false,
      variations: [
        { key: 'on', value: true },
        { key: 'off', value: false },
      ],
    });
    expect(state.flag('shop', 'engine')?.body).toMatchObject({
      purpose: 'launch',
      variations: [{ key: 'off' }, { key: 'dark' }, { key: 'live' }],
    });
    expect(state.targeting('shop', 'engine', 'staging')?.body.fallthrough).toEqual({ variation: 'off' });
    expect(state.flag('shop', 'cart')?.body.seed).not.toBe(state.flag('shop', 'engine')?.body.seed);
  });

  it('takes keys that are names of Object.prototype like any other', async () => {
    const { act, state } = await openShop();
    for (const key of ['__proto__', 'constructor', 'toString']) {
      await act(createFlag('shop', { key }));
      expect(state.flag('shop', key)?.body.key).toBe(key);
      expect(state.targeting('shop', key, 'production')?.body.on).toBe(false);
    }
    expect(state.flag('shop', 'hasOwnProperty')).toBeUndefined();
  });

  it('is refused for a key that is taken, saying so if the flag is archived', async () => {
    const { act, refused } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    expect(await refused(createFlag('shop', { key: 'cart' }))).toMatchObject({ code: 'FLAG_EXISTS', path: 'key' });
    await act(archiveFlag('shop', 'cart'));
    expect((await refused(createFlag('shop', { key: 'cart' }))).fix).toContain('unarchive');
  });

  it('is refused without a project, or with variations that do not fit the type', async () => {
    const { refused } = await openShop();
    expect((await refused(createFlag('nowhere', { key: 'cart' }))).code).toBe('PROJECT_NOT_FOUND');
    const cases = [
      [{ type: 'string' }, 'variations'],
      [{ type: 'string', variations: [{ key: 'a', value: 1 }] }, 'variations[0].value'],
      [{ type: 'number', variations: [{ key: 'a', value: '1' }] }, 'variations[0].value'],
      [{ type: 'boolean', variations: COLOURS }, 'variations[0].value'],
      [{ type: 'boolean', variations: [{ key: 'on', value: true }] }, 'variations'],
      [{ type: 'launch', variations: [{ key: 'off', value: 'off' }] }, 'variations'],
      [{ type: 'string', variations: [...COLOURS, { key: 'blue', value: 'navy' }] }, 'variations[2].key'],
    ] as const;
    for (const [input, path] of cases) {
      const refusal = await refused(createFlag('shop', { key: 'theme', ...input } as never));
      expect(refusal).toMatchObject({ code: 'VARIATIONS_INVALID', path });
    }
  });

  it('is refused for a variation of more than 64 KiB', async () => {
    const { refused } = await openShop();
    const variations = [{ key: 'big', value: 'x'.repeat(64 * 1024) }];
    const refusal = await refused(createFlag('shop', { key: 'theme', type: 'string', variations }));
    expect(refusal).toMatchObject({ code: 'LIMIT_EXCEEDED', path: 'variations[0].value' });
  });
});

describe('Updating a flag', () => {
  it('changes what is given, and keeps what a newer server has written', async () => {
    const { act, state } = await openShop();
    await act(createFlag('shop', { key: 'cart', tags: ['checkout'] }));
    const stored = state.flag('shop', 'cart')?.body as object;
    Object.assign(stored, { later: { version: 2 } });
    await act(updateFlag('shop', 'cart', { owner: 'team-checkout', browser: true }));
    expect(state.flag('shop', 'cart')?.body).toMatchObject({
      owner: 'team-checkout',
      browser: true,
      tags: ['checkout'],
      later: { version: 2 },
    });
  });

  it('writes nothing if nothing changes', async () => {
    const { act, state } = await openShop();
    await act(createFlag('shop', { key: 'cart', name: 'Cart' }));
    const { revision } = state.head;
    expect(await act(updateFlag('shop', 'cart', { name: 'Cart', tags: [] }))).toMatchObject({ change: null });
    expect(state.head.revision).toBe(revision);
  });

  it('is refused if it would take away a variation that is served somewhere, saying where', async () => {
    const { act, refused } = await openShop();
    await act(
      createFlag('shop', { key: 'cart', type: 'string', variations: [...COLOURS, { key: 'red', value: 'red' }] }),
    );
    await act(setFallthrough(CART, { serve: { variation: 'red' } }));
    expect(await refused(updateFlag('shop', 'cart', { variations: COLOURS }))).toMatchObject({
      code: 'VARIATION_IN_USE',
      path: 'variations',
      details: { environment: 'production', paths: ['fallthrough.variation'] },
    });
    await act(setFallthrough(CART, { serve: { variation: 'blue' } }));
    await act(updateFlag('shop', 'cart', { variations: COLOURS }));
  });

  it('is refused if it would take away a variation that another flag needs', async () => {
    const { act, refused } = await openShop();
    await act(
      createFlag('shop', { key: 'theme', type: 'string', variations: [...COLOURS, { key: 'red', value: 'red' }] }),
    );
    await act(createFlag('shop', { key: 'cart' }));
    await act(setPrerequisites(CART, { prerequisites: [{ flag: 'theme', variations: ['red'] }] }));
    expect(await refused(updateFlag('shop', 'theme', { variations: COLOURS }))).toMatchObject({
      code: 'VARIATION_IN_USE',
      details: { users: [{ flag: 'cart', environment: 'production' }] },
    });
  });
});

describe('Archiving a flag', () => {
  it('keeps it, refuses changes to it, and gives it back as it was', async () => {
    const { act, refused, state } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    await act(archiveFlag('shop', 'cart'));
    expect(await refused(updateFlag('shop', 'cart', { name: 'x' }))).toMatchObject({ code: 'FLAG_ARCHIVED' });
    expect((await refused(setFallthrough(CART, { serve: { variation: 'on' } }))).code).toBe('FLAG_ARCHIVED');
    await act(unarchiveFlag('shop', 'cart'));
    expect(state.flag('shop', 'cart')?.body.archived).toBe(false);
  });

  it('is refused while it is a prerequisite, saying of which flag', async () => {
    const { act, refused } = await openShop();
    await act(createFlag('shop', { key: 'base' }));
    await act(createFlag('shop', { key: 'cart' }));
    await act(setPrerequisites(CART, { prerequisites: [{ flag: 'base', variations: ['on'] }] }));
    expect(await refused(archiveFlag('shop', 'base'))).toMatchObject({
      code: 'FLAG_IN_USE',
      message: expect.stringContaining('cart in production'),
      details: { users: [{ flag: 'cart', environment: 'production' }] },
    });
    await act(archiveFlag('shop', 'cart'));
    await act(archiveFlag('shop', 'base'));
    expect(await refused(unarchiveFlag('shop', 'cart'))).toMatchObject({
      code: 'TARGETING_INVALID',
      path: 'prerequisites[0].flag',
    });
  });
});

describe('Projects and environments', () => {
  it('have keys of their own', async () => {
    const { act, refused } = await openShop();
    expect((await refused(createProject({ key: 'shop' }))).code).toBe('PROJECT_EXISTS');
    expect((await refused(createEnvironment('shop', { key: 'staging' }))).code).toBe('ENVIRONMENT_EXISTS');
    expect((await refused(createEnvironment('nowhere', { key: 'staging' }))).code).toBe('PROJECT_NOT_FOUND');
    await act(createProject({ key: 'other' }));
    await act(createEnvironment('other', { key: 'staging' }));
  });

  it('a new environment has every flag, off', async () => {
    const { act, state } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    await act(createEnvironment('shop', { key: 'preview' }));
    expect(state.targeting('shop', 'cart', 'preview')?.body).toMatchObject({ on: false, off: 'off' });
  });
});
