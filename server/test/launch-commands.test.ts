import type { Snapshot } from '@dimmer/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { setDials } from '../src/commands/dials.ts';
import { createFlag } from '../src/commands/flags.ts';
import { rollOut } from '../src/commands/rollout.ts';
import { killFlag } from '../src/commands/switches.ts';
import { RulesetView } from '../src/ruleset/ruleset-view.ts';
import { openApi } from './api-fixture.ts';
import { openShop } from './change-log-fixture.ts';

const ENGINE = { project: 'shop', flag: 'engine', environment: 'production' };
const USERS = { ...ENGINE, flag: 'users' };

let shop: Awaited<ReturnType<typeof openShop>>;

beforeEach(async () => {
  shop = await openShop();
  await shop.act(createFlag('shop', { key: 'engine', type: 'launch' }));
  await shop.act(createFlag('shop', { key: 'users', type: 'migration' }));
  await shop.act(createFlag('shop', { key: 'cart' }));
});

const targeting = (flag: string) => shop.state.targeting('shop', flag, 'production')!.body;
const onWire = (flag: string) => {
  const view = new RulesetView(shop.state, { project: 'shop', environment: 'production', audience: 'server' });
  return (JSON.parse(view.snapshotJson()) as Snapshot).flags[flag];
};
const warned = async (command: Parameters<typeof shop.act>[0]) => {
  const { warnings } = await shop.act(command, { reason: 'because' });
  return warnings.map(({ code }) => code);
};

describe('Dials', () => {
  it('are set one by one, taken back with null, and travel with the rules', async () => {
    expect(onWire('engine')).not.toHaveProperty('dials');
    await shop.act(setDials(ENGINE, { samplePercent: 10, ignore: ['/servedBy'] }));
    await shop.act(setDials(ENGINE, { samplePercent: null, maxInFlight: 3 }));
    expect(targeting('engine').dials).toEqual({ ignore: ['/servedBy'], maxInFlight: 3 });
    expect(onWire('engine')).toMatchObject({ dials: { ignore: ['/servedBy'], maxInFlight: 3 } });
    await shop.act(setDials(ENGINE, { ignore: null, maxInFlight: null }));
    expect(targeting('engine')).not.toHaveProperty('dials');
  });

  it('stay where they are when somebody changes who gets what', async () => {
    await shop.act(setDials(ENGINE, { timeoutMs: 100 }));
    await shop.act(rollOut(ENGINE, { dark: 10 }));
    await shop.act(killFlag(ENGINE), { reason: 'slow' });
    expect(targeting('engine').dials).toEqual({ timeoutMs: 100 });
  });

  it('are only for flags that cast shadows', async () => {
    const where = { ...ENGINE, flag: 'cart' };
    expect(await shop.refused(setDials(where, { maxInFlight: 1 }))).toMatchObject({ code: 'FLAG_TYPE_WRONG' });
    await shop.act(setDials(USERS, { maxInFlight: 1 }));
  });

  it.each([
    [{ samplePercent: 101 }, 'samplePercent'],
    [{ maxInFlight: 1.5 }, 'maxInFlight'],
    [{ timeoutMs: -1 }, 'timeoutMs'],
    [{ ignore: ['updatedAt'] }, 'ignore[0]'],
    [{ speed: 3 }, 'speed'],
  ])('are refused if they make no sense: %j', async (body, path) => {
    const api = await openApi();
    try {
      await api.call('POST', 'flags', { key: 'engine', type: 'launch' });
      const answer = await api.call('PATCH', 'flags/engine/environments/production/dials', body);
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatchObject({ code: 'BODY_INVALID' });
      expect(JSON.stringify(answer.body.error)).toContain(path);
    } finally {
      await api.close();
    }
  });
});

describe('A migration', () => {
  it('has six stages, always the same, and begins at off, also when it is turned on', async () => {
    expect(shop.state.flag('shop', 'users')?.body.variations.map(({ key }) => key)).toEqual([
      ...['off', 'dual-write', 'shadow', 'live', 'ramp-down', 'complete'],
    ]);
    expect(targeting('users')).toMatchObject({ off: 'off', fallthrough: { variation: 'off' } });
    const variations = [{ key: 'a', value: 'a' }];
    const refusal = await shop.refused(createFlag('shop', { key: 'other', type: 'migration', variations }));
    expect(refusal).toMatchObject({ code: 'VARIATIONS_INVALID' });
  });

  it('is walked by naming the stage: for all, or for some and the stage before it for the rest', async () => {
    await shop.act(rollOut(USERS, { stage: 'dual-write' }));
    expect(targeting('users')).toMatchObject({ on: true, fallthrough: { variation: 'dual-write' } });
    await shop.act(rollOut(USERS, { stage: 'shadow', percent: 10 }));
    const { fallthrough } = targeting('users');
    const slices = 'slices' in fallthrough ? fallthrough.slices : [];
    expect(slices.toSorted((one, other) => one.parts - other.parts)).toEqual([
      { variation: 'shadow', parts: 10_000 },
      { variation: 'dual-write', parts: 90_000 },
    ]);
  });

  it('warns of a stage that is skipped, and not of going back', async () => {
    expect(await warned(rollOut(USERS, { stage: 'shadow' }))).toEqual(['STAGE_SKIPPED']);
    expect(await warned(rollOut(USERS, { stage: 'live' }))).toEqual([]);
    expect(await warned(rollOut(USERS, { stage: 'off' }))).toEqual([]);
  });

  it('warns who leaves complete, also by a kill, that the old side lacks what was written since', async () => {
    for (const stage of ['dual-write', 'shadow', 'live', 'ramp-down', 'complete']) {
      expect(await warned(rollOut(USERS, { stage }))).toEqual([]);
    }
    expect(await warned(killFlag(USERS))).toEqual(['FLAG_OFF', 'STAGE_LEFT_COMPLETE']);
  });

  it.each([
    [{ stage: 'sideways' }, 'users'],
    [{ stage: 'live', dark: 10 }, 'users'],
    [{ stage: 'off', percent: 50 }, 'users'],
    [{ stage: 'live' }, 'engine'],
    [{ dark: 10 }, 'users'],
  ])('refuses what cannot be meant: %j of %s', async (input, flag) => {
    const refusal = await shop.refused(rollOut({ ...ENGINE, flag }, input));
    expect(refusal).toMatchObject({ code: 'ROLLOUT_INVALID', message: expect.any(String) });
  });
});
