import { LIMITS, type TargetingBody } from '@dimmer/contract';
import type { Snapshot } from '@dimmer/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setDials } from '../src/commands/dials.ts';
import { createFlag } from '../src/commands/flags.ts';
import { stageWarnings } from '../src/commands/migration-stages.ts';
import { revertChange } from '../src/commands/revert.ts';
import { rollOut } from '../src/commands/rollout.ts';
import { killFlag, restoreFlag, toggleFlag } from '../src/commands/switches.ts';
import { type Draft, place } from '../src/documents/document.ts';
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
    [{ ignore: ['/updatedAt', '/items/**/id'] }, 'ignore[1]'],
    [{ ignore: ['/a~2b'] }, 'ignore[0]'],
    [{ speed: 3 }, 'speed'],
  ])('are refused if they make no sense: %j', async (body, path) => {
    const error = await refusedOverHttp(body, 400);
    expect(error.code).toBe('BODY_INVALID');
    expect(JSON.stringify(error)).toContain(path);
  });

  it.each([
    [
      '/items/0/id',
      '"/items/0/id" matches element 0 of a list alone, or a key that is called so: all elements are written "*".',
    ],
    ['/items//id', 'has an empty name'],
    ['/items/', 'has an empty name'],
    ['/', 'has an empty name'],
    ['/updatedAt ', 'has a space at an end of a name'],
    ['/items[0]/id', 'has brackets'],
    ['/user/*Id', 'has "*" beside other characters'],
    ['/a**/b', 'has "*" beside other characters'],
    ['/**', '"/**" matches everything, so nothing is compared any more.'],
  ])('warn of a path that can hardly match anything, or matches everything: %s', async (path, words) => {
    const { warnings } = await shop.act(setDials(ENGINE, { ignore: ['/updatedAt', path] }));
    const odd = warnings.filter(({ code }) => code === 'IGNORE_UNLIKELY');
    expect(odd).toHaveLength(1);
    expect(odd[0]?.message).toContain(words);
    // Once is enough: nothing is said of what was there before.
    expect(await warned(setDials(ENGINE, { ignore: ['/updatedAt', path, '/tax'] }))).not.toContain('IGNORE_UNLIKELY');
  });

  it.each(['/updatedAt', '/items/*/id', '/debug/**', '/a~1b', '/*/id', '/v2/total', '/2024-01'])(
    'say nothing of %s',
    async (path) => {
      expect(await warned(setDials(ENGINE, { ignore: [path] }))).not.toContain('IGNORE_UNLIKELY');
    },
  );

  it('hold a list of paths to its limits', async () => {
    const most = Array(LIMITS.ignoredPaths).fill('/a');
    expect(await refusedOverHttp({ ignore: [...most, '/b'] }, 422)).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      path: 'ignore',
    });
    const longest = `/${'a'.repeat(LIMITS.ignoredPathCharacters - 1)}`;
    await refusedOverHttp({ ignore: [`${longest}a`] }, 400);
    await shop.act(setDials(ENGINE, { ignore: most.with(0, longest) }));
  });
});

async function refusedOverHttp(body: unknown, status: number) {
  const api = await openApi();
  try {
    await api.call('POST', 'flags', { key: 'engine', type: 'launch' });
    const answer = await api.call('PATCH', 'flags/engine/environments/production/dials', body);
    expect(answer.status).toBe(status);
    return answer.body.error;
  } finally {
    await api.close();
  }
}

describe('Dials over HTTP', () => {
  const AT = 'flags/engine/environments/production';
  let api: Awaited<ReturnType<typeof openApi>>;

  beforeEach(async () => {
    api = await openApi({ protected: true });
    await api.call('POST', 'flags', { key: 'engine', type: 'launch' });
  });
  afterEach(() => api.close());

  it('are merged into the targeting, which then says so, with a version of its own', async () => {
    const body = { maxInFlight: 3, ignore: ['/items/**', '/a~1b', '/lines/*/id'], reason: 'noisy' };
    const answer = await api.call('PATCH', `${AT}/dials`, body);
    expect(answer).toMatchObject({ status: 200, body: { changed: true, document: { version: 2 } } });
    expect(answer.headers.get('etag')).toBe('"2"');
    const { body: read } = await api.call('GET', AT);
    expect(read.dials).toEqual({ maxInFlight: 3, ignore: body.ignore });
  });

  it('obey If-Match, and want a reason where the environment is protected', async () => {
    const dials = { samplePercent: 5 };
    expect(await api.call('PATCH', `${AT}/dials`, dials)).toMatchObject({
      status: 422,
      body: { error: { code: 'REASON_REQUIRED' } },
    });
    const asked = { ...dials, reason: 'load' };
    expect((await api.call('PATCH', `${AT}/dials`, asked, { ifMatch: '"7"' })).status).toBe(412);
    expect((await api.call('PATCH', `${AT}/dials`, asked, { ifMatch: '"1"' })).status).toBe(200);
  });

  it('stand in the history and are reverted like anything else', async () => {
    const { body: set } = await api.call('PATCH', `${AT}/dials`, { timeoutMs: 50, reason: 'slow' });
    const { body: history } = await api.call('GET', 'flags/engine/history');
    expect(JSON.stringify(history)).toContain('dials.set');
    const reverted = await api.call('POST', `/api/v1/changes/${set.revision}/revert`, { reason: 'too short' });
    expect(reverted.status).toBe(200);
    expect((await api.call('GET', AT)).body).not.toHaveProperty('dials');
  });

  it('are refused for a flag that casts no shadow, with what to do instead', async () => {
    await api.call('POST', 'flags', { key: 'cart' });
    const where = 'flags/cart/environments/production/dials';
    expect(await api.call('PATCH', where, { maxInFlight: 1, reason: 'x' })).toMatchObject({
      status: 422,
      body: { error: { code: 'FLAG_TYPE_WRONG', message: expect.stringContaining('boolean') } },
    });
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
    expect(await warned(rollOut(USERS, { stage: 'dual-write' }))).toEqual([]);
  });

  it('warns who goes back to off that the new side grows old, however it is done', async () => {
    const leave = [rollOut(USERS, { stage: 'off' }), toggleFlag(USERS, { on: false }), killFlag(USERS)];
    for (const back of leave) {
      await shop.act(restoreFlag(USERS));
      await shop.act(rollOut(USERS, { stage: 'dual-write' }));
      expect(await warned(back)).toContain('STAGE_BACK_TO_OFF');
    }
    await shop.act(restoreFlag(USERS));
    await shop.act(rollOut(USERS, { stage: 'off' }));
    await shop.act(rollOut(USERS, { stage: 'dual-write', percent: 10 }));
    expect(await warned(rollOut(USERS, { stage: 'dual-write', percent: 5 }))).toEqual([]);
  });

  it('warns who leaves complete, also by a kill, that the old side lacks what was written since', async () => {
    for (const stage of ['dual-write', 'shadow', 'live', 'ramp-down', 'complete']) {
      expect(await warned(rollOut(USERS, { stage }))).toEqual([]);
    }
    expect(await warned(killFlag(USERS))).toEqual(['FLAG_OFF', 'STAGE_LEFT_COMPLETE']);
  });

  it('warns of the same when the last step is reverted, or the last of a mixture goes back', async () => {
    await shop.act(rollOut(USERS, { stage: 'ramp-down' }));
    const { change } = await shop.act(rollOut(USERS, { stage: 'complete', percent: 50 }));
    const revert = revertChange(change!, await shop.log.before(change!), { force: false });
    expect(await warned(revert)).toEqual(['STAGE_LEFT_COMPLETE']);
    expect(targeting('users').fallthrough).toEqual({ variation: 'ramp-down' });
  });

  it('can be killed also where a newer server has written what this one does not know', async () => {
    const rules = [{ id: 'new', when: [], serve: { tide: 'high' } }];
    const rewritten = { ...targeting('users'), on: true, rules } as unknown as TargetingBody;
    const about = place.targeting('shop', 'users', 'production');
    const before = { targeting: () => ({ body: rewritten }), flag: () => shop.state.flag('shop', 'users') };
    const draft = { ...about, body: { ...rewritten, on: false } } as Draft;
    expect(stageWarnings(draft, before as never, before as never)).toEqual([]);
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
