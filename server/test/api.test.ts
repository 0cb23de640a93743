import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApi } from './api-fixture.ts';
import { START_MS } from './change-log-fixture.ts';

let api: Awaited<ReturnType<typeof openApi>>;
beforeEach(async () => {
  api = await openApi();
});
afterEach(() => api.close());

const CART = 'flags/cart/environments/production';

describe('A flag', () => {
  it('goes from its creation through a ramp to a kill and back', async () => {
    const created = await api.call('POST', 'flags', { key: 'cart', name: 'New cart' });
    expect(created).toMatchObject({
      status: 201,
      body: {
        document: { key: 'cart', type: 'boolean', archived: false, version: 1, project: 'shop' },
        changed: true,
        warnings: [],
      },
    });
    expect(created.headers.get('etag')).toBe('"1"');

    const ramped = await api.call('POST', `${CART}/rollout`, { percent: 12.345, reason: 'first people' });
    expect(ramped).toMatchObject({
      status: 200,
      body: {
        document: {
          on: true,
          version: 2,
          project: 'shop',
          flag: 'cart',
          environment: 'production',
          fallthrough: {
            slices: [
              { variation: 'on', parts: 12_345 },
              { variation: 'off', parts: 87_655 },
            ],
          },
        },
        warnings: [],
      },
    });
    expect(ramped.body.id).toMatch(new RegExp(`^${ramped.body.revision}\\.[0-9a-f]{12}$`));

    const killed = await api.call('POST', `${CART}/kill`, { reason: 'errors' });
    expect(killed.body.document).toMatchObject({ on: false, killed: { by: 'DIMMER_ADMIN_TOKEN', reason: 'errors' } });

    const restored = await api.call('POST', `${CART}/restore`);
    expect(restored.body.document).toMatchObject({ on: true, fallthrough: ramped.body.document.fallthrough });
    expect(restored.body.document.killed).toBeUndefined();
  });

  it('says what a restore brings back of a flag that is killed', async () => {
    await api.call('POST', 'flags', { key: 'cart' });
    await api.call('POST', `${CART}/rollout`, { percent: 10 });
    await api.call('POST', `${CART}/kill`, { reason: 'errors' });
    const { body } = await api.call('GET', 'flags/cart');
    expect(body.environments[1]).toMatchObject({
      environment: 'production',
      on: false,
      lit: 0,
      shares: [{ variation: 'off', percent: 100 }],
      restores: {
        lit: 10,
        shares: [
          { variation: 'on', percent: 10 },
          { variation: 'off', percent: 90 },
        ],
      },
    });
  });

  it('is lit for nobody where nobody meets a prerequisite of it, and names that', async () => {
    const at = (flag: string) => `flags/${flag}/environments/production`;
    const standing = async (flag: string) => {
      const { body } = await api.call('GET', `flags/${flag}`);
      const found = body.environments.find((each: { environment: string }) => each.environment === 'production');
      return { lit: found.lit, blockedBy: found.blockedBy, needs: found.needs };
    };
    for (const key of ['first', 'second', 'third']) {
      await api.call('POST', 'flags', { key });
      await api.call('POST', `${at(key)}/rollout`, { percent: 100 });
    }
    for (const [flag, needed] of [
      ['second', 'first'],
      ['third', 'second'],
    ] as const) {
      await api.call('PUT', `${at(flag)}/prerequisites`, { prerequisites: [{ flag: needed, variations: ['on'] }] });
    }
    expect(await standing('third')).toEqual({ lit: 100, blockedBy: null, needs: ['second'] });
    await api.call('POST', `${at('first')}/kill`, { reason: 'errors' });
    expect(await standing('second')).toMatchObject({ lit: 0, blockedBy: 'first' });
    expect(await standing('third')).toMatchObject({ lit: 0, blockedBy: 'second' });
    await api.call('POST', `${at('first')}/restore`, {});
    await api.call('POST', `${at('first')}/rollout`, { percent: 0 });
    expect(await standing('third')).toMatchObject({ lit: 0, blockedBy: 'second' });
    await api.call('POST', `${at('first')}/rollout`, { percent: 1 });
    expect(await standing('third')).toMatchObject({ lit: 100, blockedBy: null });
  });

  it('is listed with its state in every environment, in pages, and found by what it is called', async () => {
    for (const key of ['cart', 'search', 'theme']) await api.call('POST', 'flags', { key, tags: [`team-${key}`] });
    await api.call('POST', `${CART}/rollout`, { percent: 25 });
    const first = await api.call('GET', 'flags?limit=2');
    expect(first.body).toMatchObject({
      items: [
        {
          key: 'cart',
          environments: [
            { environment: 'staging', on: false, shares: [{ variation: 'off', percent: 100 }] },
            {
              environment: 'production',
              on: true,
              killed: null,
              shares: [
                { variation: 'on', percent: 25 },
                { variation: 'off', percent: 75 },
              ],
            },
          ],
        },
        { key: 'search' },
      ],
      next: 'search',
    });
    const second = await api.call('GET', `flags?limit=2&after=${first.body.next}`);
    expect(second.body).toMatchObject({ items: [{ key: 'theme' }], next: null });
    expect((await api.call('GET', 'flags?search=SEAR')).body.items).toMatchObject([{ key: 'search' }]);
    expect((await api.call('GET', 'flags?tag=team-theme')).body.items).toMatchObject([{ key: 'theme' }]);
    await api.call('POST', 'flags/theme/archive');
    expect((await api.call('GET', 'flags')).body.items).toHaveLength(2);
    expect((await api.call('GET', 'flags?archived=yes')).body.items).toMatchObject([{ key: 'theme' }]);
  });

  it('may be called like a property of every object, through the whole API', async () => {
    for (const key of ['__proto__', 'constructor', 'toString']) {
      const path = `flags/${key}/environments/production`;
      expect((await api.call('POST', 'flags', { key })).status).toBe(201);
      expect((await api.call('POST', `${path}/rollout`, { percent: 50 })).status).toBe(200);
      const rule = { id: 'r1', when: [{ attribute: key, operator: 'in', values: [key] }], serve: { variation: 'on' } };
      expect((await api.call('POST', `${path}/rules`, { rule })).status).toBe(200);
      expect((await api.call('POST', `${path}/targets`, { variation: 'on', keys: [key] })).status).toBe(200);
      const context = `{"context":{"targetingKey":"ann","${key}":"${key}"}}`;
      const explained = await api.call('POST', `${path}/explain`, context);
      expect(explained.body, key).toMatchObject({ decidedBy: 'rule', evaluation: { value: true, ruleId: 'r1' } });
      expect((await api.call('GET', `flags/${key}`)).body.key).toBe(key);
    }
    expect((await api.call('GET', 'flags/hasOwnProperty')).status).toBe(404);
    expect((await api.call('POST', 'environments', { key: '__proto__' })).status).toBe(201);
    expect((await api.call('GET', 'environments/__proto__')).body.ruleset.id).toMatch(/^\d+\.[0-9a-f]{12}$/);
    expect((await api.call('POST', 'segments', { key: '__proto__', included: ['__proto__'] })).status).toBe(201);
  });
});

describe('A targeting', () => {
  beforeEach(() => api.call('POST', 'flags', { key: 'cart' }));

  it('is edited rule by rule', async () => {
    const when = [{ attribute: 'plan', operator: 'in', values: ['pro'] }];
    const added = await api.call('POST', `${CART}/rules`, {
      rule: { when, serve: { variation: 'on' } },
      reason: 'pros',
    });
    const id = added.body.document.rules[0].id;
    const changed = await api.call('PATCH', `${CART}/rules/${id}`, {
      serve: { slices: [{ variation: 'on', parts: 5_000 }] },
    });
    expect(changed.body.document.rules[0]).toMatchObject({ id, when, serve: { slices: [{ parts: 5_000 }] } });
    await api.call('POST', `${CART}/rules`, {
      rule: { id: 'top', when: [], serve: { variation: 'off' } },
      position: 0,
    });
    const ordered = await api.call('POST', `${CART}/rules/reorder`, { order: [id, 'top'] });
    expect(ordered.body.document.rules.map((rule: { id: string }) => rule.id)).toEqual([id, 'top']);
    const removed = await api.call('DELETE', `${CART}/rules/top?reason=not%20needed`);
    expect(removed.body.document.rules).toHaveLength(1);
    expect((await api.call('GET', `/api/v1/changes/${removed.body.revision}`)).body.reason).toBe('not needed');
  });

  it('is edited target by target, and by its parts', async () => {
    await api.call('POST', 'flags', { key: 'base' });
    await api.call('POST', `${CART}/targets`, { variation: 'on', keys: ['ann', 'bob'] });
    await api.call('POST', `${CART}/targets/remove`, { keys: ['bob'] });
    await api.call('PUT', `${CART}/prerequisites`, { prerequisites: [{ flag: 'base', variations: ['on'] }] });
    await api.call('PUT', `${CART}/fallthrough`, { serve: { variation: 'off' } });
    await api.call('PUT', `${CART}/off`, { variation: 'on' });
    await api.call('POST', `${CART}/toggle`, { on: true });
    expect((await api.call('GET', CART)).body).toMatchObject({
      on: true,
      off: 'on',
      fallthrough: { variation: 'off' },
      version: 7,
      targets: [{ variation: 'on', keys: ['ann'] }],
      prerequisites: [{ flag: 'base', variations: ['on'] }],
    });
  });

  it('is replaced whole only by those who have seen its newest version', async () => {
    const read = await api.call('GET', CART);
    const { version, revision, project, flag, environment, ...body } = read.body;
    const whole = { ...body, on: true };
    expect(await api.call('PUT', CART, whole)).toMatchObject({
      status: 428,
      body: { error: { code: 'VERSION_REQUIRED' } },
    });
    const replaced = await api.call('PUT', CART, whole, { ifMatch: read.headers.get('etag') ?? '' });
    expect(replaced).toMatchObject({ status: 200, body: { document: { on: true, version: 2 } } });
    expect(replaced.headers.get('etag')).toBe('"2"');
    const late = await api.call('PUT', CART, { ...body, on: false }, { ifMatch: '"1"' });
    expect(late).toMatchObject({
      status: 412,
      body: {
        error: {
          code: 'VERSION_CONFLICT',
          details: {
            expected: 1,
            current: { version: 2, body: { on: true }, by: 'DIMMER_ADMIN_TOKEN', at: expect.any(Number) },
          },
        },
      },
    });
    expect({ version, revision, project, flag, environment }).toEqual({
      version: 1,
      revision: 4,
      project: 'shop',
      flag: 'cart',
      environment: 'production',
    });
  });

  it('is changed by single acts with or without a version, but never by an outdated one', async () => {
    expect((await api.call('POST', `${CART}/toggle`, { on: true })).status).toBe(200);
    expect((await api.call('POST', `${CART}/toggle`, { on: false }, { ifMatch: '"2"' })).status).toBe(200);
    expect((await api.call('POST', `${CART}/toggle`, { on: true }, { ifMatch: '"2"' })).status).toBe(412);
    expect((await api.call('POST', `${CART}/toggle`, { on: true }, { ifMatch: '*' })).status).toBe(200);
    expect((await api.call('POST', `${CART}/kill`, { reason: 'now' }, { ifMatch: '"1"' })).status).toBe(200);
    expect(await api.call('POST', `${CART}/toggle`, { on: false }, { ifMatch: 'soon' })).toMatchObject({
      status: 400,
      body: { error: { code: 'IF_MATCH_INVALID' } },
    });
  });

  it('is won by exactly one of many who have seen the same version', async () => {
    const rivals = Array.from({ length: 8 }, (_, index) =>
      api.call('POST', `${CART}/rollout`, { percent: index + 1 }, { ifMatch: '"1"' }),
    );
    const statuses = (await Promise.all(rivals)).map((answer) => answer.status);
    expect(statuses.sort()).toEqual([200, ...Array(7).fill(412)]);
  });

  it('is not written again if it is as asked already', async () => {
    const once = await api.call('POST', `${CART}/toggle`, { on: true });
    const twice = await api.call('POST', `${CART}/toggle`, { on: true });
    expect(once.body).toMatchObject({ changed: true, revision: 5 });
    expect(twice.body).toMatchObject({ changed: false, revision: 5, id: once.body.id });
  });
});

describe('An explanation', () => {
  beforeEach(async () => {
    await api.call('POST', 'flags', { key: 'cart' });
    await api.call('POST', 'segments', { key: 'testers', included: ['ann'] });
  });

  it('says which rule, which bucket, and why', async () => {
    const rule = { id: 'r1', when: [{ operator: 'inSegment', values: ['testers'] }], serve: { variation: 'off' } };
    await api.call('POST', `${CART}/rules`, { rule });
    await api.call('POST', `${CART}/rollout`, { percent: 50 });
    const ask = async (context: object) => (await api.call('POST', `${CART}/explain`, { context })).body;
    expect(await ask({ targetingKey: 'ann' })).toMatchObject({
      decidedBy: 'rule',
      evaluation: { value: false, variation: 'off', reason: 'TARGETING_MATCH', ruleId: 'r1' },
      rules: [{ id: 'r1', matches: true, conditions: [{ operator: 'inSegment', matches: true }] }],
    });
    const split = await ask({ targetingKey: 'bob' });
    expect(split).toMatchObject({ decidedBy: 'fallthrough', fallthrough: { key: 'bob', by: 'targetingKey' } });
    expect(split.fallthrough.bucket).toBeTypeOf('number');
    expect(split.evaluation.value).toBe(split.fallthrough.bucket < 50_000);
  });

  it('says it as of any instant with all that the flag needed then, and nothing that came later', async () => {
    const when = [{ operator: 'inSegment', values: ['testers'] }];
    await api.call('POST', 'flags', { key: 'base' });
    await api.call('POST', 'flags/base/environments/production/rules', {
      rule: { id: 'inner', when, serve: { variation: 'on' } },
    });
    await api.call('POST', 'flags/base/environments/production/toggle', { on: true });
    await api.call('POST', `${CART}/toggle`, { on: true });
    const { body } = await api.call('PUT', `${CART}/prerequisites`, {
      prerequisites: [{ flag: 'base', variations: ['on'] }],
    });
    const then = (await api.call('GET', `/api/v1/changes/${body.revision}`)).body.at;
    const ask = async (at?: number) =>
      (await api.call('POST', `${CART}/explain`, { context: { targetingKey: 'ann' }, ...(at !== undefined && { at }) }))
        .body;
    const before = await ask();
    await api.call('DELETE', 'flags/base/environments/production/rules/inner');
    await api.call('PUT', 'flags/base/environments/production/fallthrough', { serve: { variation: 'off' } });
    expect(await ask()).toMatchObject({ decidedBy: 'prerequisite' });
    expect(await ask(then)).toEqual({ ...before, at: then });
    expect(before).toMatchObject({ decidedBy: 'fallthrough', prerequisites: [{ flag: 'base' }] });
  });

  it('says it as of any instant', async () => {
    const { body } = await api.call('POST', `${CART}/toggle`, { on: true });
    const { at } = (await api.call('GET', `/api/v1/changes/${body.revision}`)).body;
    const ask = async (when: unknown) =>
      (await api.call('POST', `${CART}/explain`, { context: { targetingKey: 'ann' }, at: when })).body;
    expect(await ask(at - 1)).toMatchObject({ decidedBy: 'off', revision: body.revision - 1 });
    expect(await ask(new Date(at).toISOString())).toMatchObject({ decidedBy: 'fallthrough', revision: body.revision });
    expect(await ask(START_MS)).toMatchObject({ decidedBy: 'nothing', evaluation: { errorCode: 'FLAG_NOT_FOUND' } });
    expect(await ask('yesterday')).toMatchObject({ error: { code: 'INSTANT_INVALID', path: 'at' } });
  });

  it('needs a context', async () => {
    for (const context of [undefined, null, [], 'ann']) {
      const answer = await api.call('POST', `${CART}/explain`, { context });
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'BODY_INVALID', path: 'context' } } });
    }
  });
});

describe('Keys', () => {
  const KEYS = 'environments/production/keys';

  it('are shown whole once; those of browsers, being public, always', async () => {
    const server = await api.call('POST', KEYS, { kind: 'server', name: 'checkout' });
    expect(server).toMatchObject({
      status: 201,
      body: {
        token: expect.stringMatching(/^sdk_/),
        document: { kind: 'server', name: 'checkout', environment: 'production' },
      },
    });
    const browser = await api.call('POST', KEYS, { kind: 'browser' });
    const listed = await api.call('GET', KEYS);
    expect(listed.body.items).toHaveLength(2);
    for (const key of listed.body.items) {
      expect(key).toMatchObject({ status: 'live', createdBy: 'DIMMER_ADMIN_TOKEN' });
      expect(key.token).toBe(key.kind === 'browser' ? browser.body.token : undefined);
    }
    const written = JSON.stringify([
      server.body.document,
      listed.body,
      (await api.call('GET', `/api/v1/changes/${server.body.revision}`)).body,
    ]);
    expect(written).not.toContain('secretHash');
    expect(written).not.toContain(server.body.token.slice(-43));
  });

  it('are rotated and revoked', async () => {
    const made = await api.call('POST', KEYS, { kind: 'server' });
    const { selector } = made.body.document;
    const rotated = await api.call('POST', `/api/v1/keys/${selector}/rotate`, { overlapMs: 60_000 });
    expect(rotated).toMatchObject({
      status: 201,
      body: { document: { replaces: selector }, token: expect.stringMatching(/^sdk_/) },
    });
    await api.call('POST', `/api/v1/keys/${rotated.body.document.selector}/revoke`, { reason: 'leaked' });
    const { items } = (await api.call('GET', KEYS)).body;
    const statuses = Object.fromEntries(
      items.map((key: { selector: string; status: string }) => [key.selector, key.status]),
    );
    expect(statuses).toEqual({ [selector]: 'expired', [rotated.body.document.selector]: 'revoked' });
    expect(await api.call('POST', `/api/v1/keys/${selector}/rotate`, { overlapMs: 31 * 24 * 3_600_000 })).toMatchObject(
      {
        status: 400,
        body: { error: { code: 'BODY_INVALID', path: 'overlapMs' } },
      },
    );
  });
});

describe('The history', () => {
  beforeEach(async () => {
    await api.call('POST', 'flags', { key: 'cart' });
    await api.call('POST', `${CART}/toggle`, { on: true, reason: 'go' });
    await api.call('POST', 'flags/cart/environments/staging/toggle', { on: true });
    await api.call('POST', 'segments', { key: 'testers', included: ['ann'] });
  });

  const commandsOf = (body: { items: { command: string }[] }) => body.items.map((change) => change.command);

  it('is read for a flag, an environment, a segment, or everything, newest first, in pages', async () => {
    expect(commandsOf((await api.call('GET', 'flags/cart/history')).body)).toEqual([
      'flag.toggle',
      'flag.toggle',
      'flag.create',
    ]);
    const inProduction = await api.call('GET', '/api/v1/changes?project=shop&environment=production');
    expect(commandsOf(inProduction.body)).toEqual([
      'segment.create',
      'flag.toggle',
      'flag.create',
      'environment.create',
    ]);
    const ofSegment = await api.call('GET', '/api/v1/changes?project=shop&segment=testers');
    expect(commandsOf(ofSegment.body)).toEqual(['segment.create']);
    const first = await api.call('GET', '/api/v1/changes?limit=2');
    expect(first.body.next).toBe(6);
    const second = await api.call('GET', `/api/v1/changes?limit=2&before=${first.body.next}`);
    expect(second.body.items.map((change: { revision: number }) => change.revision)).toEqual([5, 4]);
    expect((await api.call('GET', '/api/v1/changes?flag=cart')).body.error).toMatchObject({
      code: 'QUERY_INVALID',
      path: 'project',
    });
  });

  it('is read since an instant', async () => {
    const { at } = (await api.call('GET', '/api/v1/changes/5')).body;
    const since = new Date(at).toISOString();
    expect(commandsOf((await api.call('GET', `/api/v1/changes?since=${since}`)).body)).toHaveLength(3);
    expect((await api.call('GET', '/api/v1/changes?since=lunch')).body.error).toMatchObject({
      code: 'INSTANT_INVALID',
      path: 'since',
    });
  });

  it('shows each document of a change before and after', async () => {
    expect((await api.call('GET', '/api/v1/changes/5')).body).toMatchObject({
      revision: 5,
      command: 'flag.toggle',
      reason: 'go',
      actor: { name: 'DIMMER_ADMIN_TOKEN' },
      documents: [{ kind: 'targeting', id: 'shop/cart/production', before: { on: false }, after: { on: true } }],
    });
    expect((await api.call('GET', '/api/v1/changes/4')).body.documents[0]).toMatchObject({
      kind: 'flag',
      before: null,
    });
    expect((await api.call('GET', '/api/v1/changes/99')).body.error.code).toBe('CHANGE_NOT_FOUND');
  });

  it('is undone change by change', async () => {
    const reverted = await api.call('POST', '/api/v1/changes/5/revert', { reason: 'too early' });
    expect(reverted.body).toMatchObject({
      document: { on: false, flag: 'cart', environment: 'production' },
      changed: true,
    });
    expect(await api.call('POST', '/api/v1/changes/5/revert')).toMatchObject({
      status: 409,
      body: { error: { code: 'REVERT_CONFLICT', details: { moved: [{ id: 'shop/cart/production' }] } } },
    });
    expect((await api.call('POST', '/api/v1/changes/1/revert')).body.error.code).toBe('REVERT_NOT_POSSIBLE');
  });

  it('is verified', async () => {
    expect((await api.call('GET', '/api/v1/changes/verify')).body).toMatchObject({
      ok: true,
      revision: 7,
      id: api.log.id,
    });
  });
});
