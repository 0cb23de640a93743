import { LIMITS, type Role } from '@dimmer/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mintToken } from '../src/access/token.ts';
import { ChangeRequestSchedule } from '../src/api/change-request-schedule.ts';
import { apiOf } from '../src/api/replay.ts';
import { createFlag } from '../src/commands/flags.ts';
import { createKey } from '../src/commands/keys.ts';
import { createPerson, setPersonDisabled, updatePerson } from '../src/commands/people.ts';
import { createProject } from '../src/commands/projects.ts';
import { silentLogger } from '../src/logger.ts';
import { type Called, openApi } from './api-fixture.ts';

const HOUR_MS = 3_600_000;
const PRODUCTION = 'flags/cart/environments/production';
const ON = { on: true, reason: 'it is time' };

let api: Awaited<ReturnType<typeof openApi>>;
/** The clock of the schedule; the log has its own, which begins in 2026 and counts seconds. */
let now = 0;

beforeEach(async () => {
  api = await openApi({ now: () => now });
  await api.act(createProject({ key: 'other' }));
  await api.act(createFlag('shop', { key: 'cart' }));
  const people: readonly (readonly [string, Role, string | null])[] = [
    ['ann', 'admin', null],
    ['bob', 'editor', 'shop'],
    ['eve', 'editor', 'shop'],
    ['olaf', 'operator', 'shop'],
    ['vera', 'viewer', 'shop'],
    ['otto', 'editor', 'other'],
  ];
  for (const [id, role, project] of people) {
    const grants = [{ role, project, environment: null }];
    await api.act(createPerson({ id, email: `${id}@shop.example`, name: id, grants }));
  }
  await api.call('PATCH', 'environments/production', { approvals: 1 });
});
afterEach(() => api.close());

const as = (person: string) => (method: string, path: string, body?: unknown) =>
  api.call(method, path, body, { person });
const isOn = () => api.state.targeting('shop', 'cart', 'production')?.body.on;
const requestOf = (id: string) => api.state.changeRequest('shop', id)?.body;

/** Proposes, and answers the id. */
async function propose(
  person = 'bob',
  path = `${PRODUCTION}/toggle`,
  body: object = ON,
  ifMatch?: string,
): Promise<string> {
  const answer = await api.call('POST', `${path}?propose=true`, body, { person, ...(ifMatch && { ifMatch }) });
  expect(answer).toMatchObject({ status: 202, body: { changeRequest: { state: 'open' } } });
  return answer.body.changeRequest.id;
}
const approve = (id: string, person = 'eve') => as(person)('POST', `change-requests/${id}/approve`, { comment: 'yes' });
const apply = (id: string, person = 'bob', body: object = {}) =>
  as(person)('POST', `change-requests/${id}/apply`, body);
const look = (id: string, person = 'bob') => as(person)('GET', `change-requests/${id}`);
const code = ({ body }: Called) => body.error?.code;

describe('Where an environment wants approval', () => {
  it('what alters what it serves is refused to everybody, admins and tokens too, until it is proposed', async () => {
    for (const person of ['ann', 'bob']) {
      expect(await as(person)('POST', `${PRODUCTION}/toggle`, ON)).toMatchObject({
        status: 409,
        body: { error: { code: 'APPROVAL_REQUIRED', fix: expect.stringContaining('propose=true') } },
      });
    }
    expect(code(await api.call('POST', `${PRODUCTION}/toggle`, ON))).toBe('APPROVAL_REQUIRED');
    expect(code(await api.call('PATCH', 'flags/cart', { browser: true }))).toBe('APPROVAL_REQUIRED');
    expect(isOn()).toBe(false);
  });

  it('other environments are changed as ever', async () => {
    expect((await as('bob')('POST', 'flags/cart/environments/staging/toggle', ON)).status).toBe(200);
  });

  it('a kill never waits', async () => {
    const id = await propose();
    await approve(id);
    await apply(id);
    expect(isOn()).toBe(true);
    expect((await as('olaf')('POST', `${PRODUCTION}/kill`, { reason: 'errors' })).status).toBe(200);
    expect(isOn()).toBe(false);
    // Turning it on again is no kill.
    expect(code(await as('bob')('POST', `${PRODUCTION}/restore`, { reason: 'over' }))).toBe('APPROVAL_REQUIRED');
  });

  it('that it does cannot be turned off without approval', async () => {
    const off = { approvals: 0, reason: 'in the way' };
    expect(code(await as('ann')('PATCH', 'environments/production', off))).toBe('APPROVAL_REQUIRED');
    const proposed = await api.call('PATCH', 'environments/production?propose=true', off, { person: 'ann' });
    const { id } = proposed.body.changeRequest;
    await approve(id);
    // An editor may agree to it, but cannot do it.
    expect(code(await apply(id, 'eve'))).toBe('FORBIDDEN');
    expect((await apply(id, 'ann')).status).toBe(200);
    expect((await as('bob')('POST', `${PRODUCTION}/toggle`, ON)).status).toBe(200);
  });

  it('a revert is a change like any other, and an applied request can be reverted', async () => {
    const id = await propose();
    await approve(id);
    const { body } = await apply(id);
    const undo = `/api/v1/changes/${body.revision}/revert`;
    expect(code(await as('ann')('POST', undo, { reason: 'too early' }))).toBe('APPROVAL_REQUIRED');
    const second = await propose('bob', undo, { reason: 'too early' });
    await approve(second);
    expect((await apply(second)).status).toBe(200);
    expect(isOn()).toBe(false);
    // It has been applied, also now that it is undone.
    expect(requestOf(id)).toMatchObject({ state: 'applied', appliedRevision: body.revision });
  });

  it('a flag that was deleted while it was on does not come back on without approval', async () => {
    const created = (await api.call('GET', 'flags/cart/history')).body.items.at(-1).revision;
    const id = await propose();
    await approve(id);
    await apply(id);
    const gone = await propose('bob', `/api/v1/changes/${created}/revert`, { force: true, reason: 'a mistake' });
    await approve(gone);
    const { body } = await apply(gone);
    expect(api.state.flag('shop', 'cart')).toBeUndefined();
    expect(code(await as('ann')('POST', `/api/v1/changes/${body.revision}/revert`, { reason: 'no' }))).toBe(
      'APPROVAL_REQUIRED',
    );
  });
});

describe('Proposing', () => {
  it('needs a reason, and what the write itself needs', async () => {
    expect(code(await as('bob')('POST', `${PRODUCTION}/toggle?propose=true`, { on: true }))).toBe('REASON_REQUIRED');
    expect(code(await as('vera')('POST', `${PRODUCTION}/toggle?propose=true`, ON))).toBe('FORBIDDEN');
    expect(code(await as('otto')('POST', `${PRODUCTION}/toggle?propose=true`, ON))).toBe('FORBIDDEN');
    expect(code(await as('bob')('POST', 'flags/none/environments/production/toggle?propose=true', ON))).toBe(
      'FLAG_NOT_FOUND',
    );
    expect(code(await as('bob')('POST', `${PRODUCTION}/toggle?propose=true`, { on: false, reason: 'x' }))).toBe(
      'NOTHING_TO_CHANGE',
    );
    expect([...api.state.changeRequests('shop')]).toEqual([]);
  });

  it('keeps what was understood of the request, and nothing else of it', async () => {
    const strange = '/api/v1/projects/shop/flags/%63art/environments/pr%6Fduction/toggle?propose=true&x=../../staging';
    expect(code(await as('bob')('POST', strange, ON))).toBe('QUERY_INVALID');
    const encoded = await as('bob')('POST', strange.replace('&x=../../staging', ''), ON);
    expect(encoded.body.changeRequest.call).toEqual({
      method: 'POST',
      path: '/projects/shop/flags/cart/environments/production/toggle',
      body: { on: true },
      version: null,
    });
    const smuggled = await as('bob')('POST', `${PRODUCTION}/toggle?propose=true`, { ...ON, call: { path: '/keys' } });
    expect(code(smuggled)).toBe('BODY_INVALID');
  });

  it('is carried out where it was looked at, also where an id has signs in it that addresses use', async () => {
    const rule = { id: 'a/../b?c#d%2e', when: [], serve: { variation: 'on' } };
    await api.call('POST', `flags/cart/environments/staging/rules`, { rule });
    const path = `flags/cart/environments/staging/rules/${encodeURIComponent(rule.id)}`;
    const { body } = await api.call('DELETE', `${path}?propose=true&reason=unused`, undefined, { person: 'bob' });
    const { id, call } = body.changeRequest;
    expect(call.path).toBe(`/projects/shop/${path}`);
    await approve(id);
    expect((await apply(id)).status).toBe(200);
    expect(api.state.targeting('shop', 'cart', 'staging')?.body.rules).toEqual([]);
  });

  it('is not possible for what hands out a secret, or is about no project', async () => {
    for (const [path, body] of [
      ['environments/production/keys', { kind: 'server' }],
      ['/api/v1/keys', {}],
      ['/api/v1/invitations', { email: 'x@shop.example', grants: [{ role: 'admin' }] }],
      ['/api/v1/people/bob/disable', {}],
      ['/api/v1/projects', { key: 'third' }],
    ] as const) {
      const answer = await as('ann')('POST', `${path}?propose=true`, { ...body, reason: 'x' });
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
    }
    expect([...api.state.changeRequests('shop')]).toEqual([]);
  });

  it('cannot be spoken for from outside: nobody who is not asked carries anything out for somebody else', async () => {
    const headers = {
      acting: JSON.stringify({ credential: { kind: 'admin', grants: [{ role: 'admin', project: null }] } }),
      'x-acting': 'admin',
    };
    const sent = await api.call('POST', `${PRODUCTION}/toggle`, { ...ON, acting: {} }, { person: 'bob', headers });
    expect(code(sent)).toBe('BODY_INVALID');
    const inQuery = await api.call('POST', `${PRODUCTION}/toggle?acting=1`, ON, { person: 'bob', headers });
    expect(code(inQuery)).toBe('QUERY_INVALID');
    expect(code(await api.call('POST', `${PRODUCTION}/toggle`, ON, { person: 'vera', headers }))).toBe('FORBIDDEN');
  });
});

describe('Approving', () => {
  it('is not for whoever proposed it, nor for a token', async () => {
    const id = await propose('bob');
    expect(code(await approve(id, 'bob'))).toBe('APPROVAL_OWN');
    expect(code(await api.call('POST', `change-requests/${id}/approve`, {}))).toBe('APPROVAL_OWN');
    expect(requestOf(id)?.state).toBe('open');
  });

  it('is for whoever may change flags there', async () => {
    const id = await propose();
    expect(code(await approve(id, 'vera'))).toBe('FORBIDDEN');
    expect(code(await approve(id, 'olaf'))).toBe('FORBIDDEN');
    expect(code(await approve(id, 'otto'))).toBe('FORBIDDEN');
    expect((await approve(id, 'eve')).body.document).toMatchObject({
      state: 'approved',
      approvals: [{ by: { kind: 'person', id: 'eve' }, comment: 'yes' }],
    });
  });

  it('counts once for each', async () => {
    const id = await propose();
    await approve(id);
    expect((await approve(id)).body.changed).toBe(false);
    expect(requestOf(id)?.approvals).toHaveLength(1);
  });

  it('is over when the request is', async () => {
    const id = await propose();
    await as('eve')('POST', `change-requests/${id}/reject`, { reason: 'no' });
    expect(code(await approve(id))).toBe('CHANGE_REQUEST_CLOSED');
    expect(code(await apply(id))).toBe('CHANGE_REQUEST_CLOSED');
    expect(requestOf(id)).toMatchObject({ state: 'rejected', problem: 'no' });
  });

  it('cannot itself be proposed or tried', async () => {
    const id = await propose();
    for (const query of ['?propose=true', '?dryRun=true']) {
      expect(code(await as('eve')('POST', `change-requests/${id}/approve${query}`, { reason: 'x' }))).toBe(
        'QUERY_INVALID',
      );
    }
  });
});

describe('Looking at a request', () => {
  it('shows each document as it is and as it would be now', async () => {
    const { body } = await look(await propose());
    expect(body.documents).toMatchObject([
      { kind: 'targeting', id: 'shop/cart/production', before: { on: false }, after: { on: true } },
    ]);
    expect(body.refusal).toBeUndefined();
  });

  it('says that the flag has moved on since, if the proposal named a version', async () => {
    const id = await propose('bob', `${PRODUCTION}/toggle`, ON, '"1"');
    await as('olaf')('POST', `${PRODUCTION}/kill`, { reason: 'errors' });
    expect((await look(id)).body.refusal).toMatchObject({ code: 'VERSION_CONFLICT' });
    await approve(id);
    expect(await apply(id)).toMatchObject({ status: 412, body: { error: { code: 'VERSION_CONFLICT' } } });
    expect(isOn()).toBe(false);
  });

  it('is not for those who may not read the flag', async () => {
    const id = await propose();
    expect((await look(id, 'otto')).status).toBe(403);
    const elsewhere = await api.call('GET', `/api/v1/projects/other/change-requests/${id}`, undefined, {
      person: 'otto',
    });
    expect(code(elsewhere)).toBe('CHANGE_REQUEST_NOT_FOUND');
  });

  it('changes nothing', async () => {
    const id = await propose();
    const { revision } = api.state.head;
    await look(id);
    await look(id, 'vera');
    expect(api.state.head.revision).toBe(revision);
  });
});

describe('Applying', () => {
  it('waits for approval', async () => {
    const id = await propose();
    expect(await apply(id)).toMatchObject({
      status: 409,
      body: { error: { code: 'CHANGE_REQUEST_CLOSED', fix: expect.stringContaining('approved first') } },
    });
    expect(isOn()).toBe(false);
  });

  it('carries out what was proposed, in one change with the note of it, by leave of whoever applies it', async () => {
    const id = await propose();
    await approve(id);
    const { status, body } = await apply(id, 'olaf');
    expect(status).toBe(200);
    expect(isOn()).toBe(true);
    const change = (await api.call('GET', `/api/v1/changes/${body.revision}`)).body;
    expect(change.actor).toEqual({ kind: 'person', id: 'olaf', name: 'olaf' });
    expect(change.reason).toBe(`it is time (change request ${id} by bob, approved by eve)`);
    expect(change.documents.map((each: { kind: string }) => each.kind)).toEqual(['targeting', 'change-request']);
    expect(requestOf(id)).toMatchObject({ state: 'applied', appliedRevision: body.revision });
  });

  it('is not for those who could not do it themselves', async () => {
    const id = await propose('bob', `${PRODUCTION}/rules`, {
      rule: { when: [], serve: { variation: 'on' } },
      reason: 'everybody',
    });
    await approve(id);
    expect(code(await apply(id, 'vera'))).toBe('FORBIDDEN');
    expect(code(await apply(id, 'olaf'))).toBe('FORBIDDEN');
    expect(requestOf(id)?.state).toBe('approved');
    await api.act(updatePerson('bob', { grants: [{ role: 'viewer', project: 'shop', environment: null }] }));
    expect(code(await apply(id, 'bob'))).toBe('FORBIDDEN');
  });

  it('counts on somebody who could still approve it: who has left, or lost the role, has no say', async () => {
    const id = await propose();
    await approve(id);
    await api.act(setPersonDisabled('eve', true));
    expect(code(await apply(id))).toBe('APPROVAL_REQUIRED');
    expect(isOn()).toBe(false);
    await api.act(setPersonDisabled('eve', false));
    await api.act(updatePerson('eve', { grants: [{ role: 'viewer', project: 'shop', environment: null }] }));
    expect(code(await apply(id))).toBe('APPROVAL_REQUIRED');
    expect((await approve(id, 'ann')).status).toBe(200);
    expect((await apply(id)).status).toBe(200);
    expect(isOn()).toBe(true);
  });

  it('happens once, however many ask at the same time', async () => {
    const id = await propose('bob', `${PRODUCTION}/rules`, {
      rule: { when: [], serve: { variation: 'on' } },
      reason: 'everybody',
    });
    await approve(id);
    const answers = await Promise.all(['bob', 'eve', 'ann', 'bob'].map((person) => apply(id, person)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(api.state.targeting('shop', 'cart', 'production')?.body.rules).toHaveLength(1);
    expect(code(await apply(id))).toBe('CHANGE_REQUEST_CLOSED');
  });
});

describe('Withdrawing', () => {
  it('is for whoever proposed it, and for admins', async () => {
    const [one, other] = [await propose('bob'), await propose('bob')];
    const withdraw = (id: string, person: string) => as(person)('POST', `change-requests/${id}/withdraw`, {});
    expect(code(await withdraw(one, 'eve'))).toBe('FORBIDDEN');
    expect((await withdraw(one, 'bob')).body.document.state).toBe('withdrawn');
    expect((await withdraw(other, 'ann')).body.document.state).toBe('withdrawn');
    expect(code(await approve(one))).toBe('CHANGE_REQUEST_CLOSED');
  });
});

describe('At a time', () => {
  let schedule: ChangeRequestSchedule;
  let at = 0;

  beforeEach(() => {
    at = Date.UTC(2026, 0, 2);
    now = at - HOUR_MS;
    schedule = new ChangeRequestSchedule({
      changeLog: api.log,
      answers: apiOf(api.app),
      now: () => now,
      logger: silentLogger,
      isOurs: async () => true,
    });
  });
  afterEach(() => schedule.close());

  const later = async (person = 'bob', path?: string, body?: object) => {
    const id = await propose('bob', path, body);
    await approve(id);
    const answer = await apply(id, person, { at });
    expect(answer).toMatchObject({ status: 200, body: { document: { state: 'scheduled', applyAt: at } } });
    return id;
  };

  it('it is applied then, and not before, by leave of whoever has scheduled it', async () => {
    const id = await later('olaf');
    await schedule.look();
    expect(requestOf(id)?.state).toBe('scheduled');
    now = at;
    await schedule.look();
    expect(requestOf(id)?.state).toBe('applied');
    expect(isOn()).toBe(true);
    const [change] = (await api.call('GET', '/api/v1/changes?limit=1')).body.items;
    expect(change.actor).toMatchObject({ kind: 'person', id: 'olaf' });
  });

  it('it can be scheduled by a token as well, that still works then', async () => {
    const minted = mintToken('admin');
    const scope = { kind: 'admin', role: 'operator', project: 'shop', environment: null } as const;
    await api.act(createKey(scope, { name: 'deploys', expiresAt: at + HOUR_MS }, minted));
    const id = await propose();
    await approve(id);
    await api.call('POST', `change-requests/${id}/apply`, { at }, { token: minted.text });
    now = at;
    await schedule.look();
    expect(requestOf(id)?.state).toBe('applied');
  });

  it('it is not applied if whoever scheduled it could no longer do it, which is said', async () => {
    const [disabled, demoted] = [
      await later('eve'),
      await later('olaf', `${PRODUCTION}/rollout`, { percent: 10, reason: 'x' }),
    ];
    await api.act(setPersonDisabled('eve', true));
    await api.act(updatePerson('olaf', { grants: [{ role: 'viewer', project: 'shop', environment: null }] }));
    now = at;
    await schedule.look();
    expect(requestOf(disabled)).toMatchObject({ state: 'failed', problem: expect.stringContaining('no longer') });
    expect(requestOf(demoted)).toMatchObject({ state: 'failed', problem: expect.stringContaining('may not') });
    expect(isOn()).toBe(false);
  });

  it('it fails, and says why, if the flag has moved on', async () => {
    const id = await propose('bob', `${PRODUCTION}/toggle`, ON, '"1"');
    await approve(id);
    await apply(id, 'bob', { at });
    await as('olaf')('POST', `${PRODUCTION}/kill`, { reason: 'errors' });
    now = at;
    await schedule.look();
    expect(requestOf(id)).toMatchObject({ state: 'failed', problem: expect.stringContaining('version') });
  });

  it('it is applied once, whoever else applies it by hand in that moment', async () => {
    const id = await later('bob', `${PRODUCTION}/rules`, {
      rule: { when: [], serve: { variation: 'on' } },
      reason: 'x',
    });
    now = at;
    await Promise.all([schedule.look(), apply(id), schedule.look()]);
    expect(requestOf(id)?.state).toBe('applied');
    expect(api.state.targeting('shop', 'cart', 'production')?.body.rules).toHaveLength(1);
  });

  it('cannot be in the past, nor before approval', async () => {
    const id = await propose();
    expect(code(await apply(id, 'bob', { at }))).toBe('CHANGE_REQUEST_CLOSED');
    await approve(id);
    expect(code(await apply(id, 'bob', { at: 1 }))).toBe('INSTANT_INVALID');
  });

  it('is for those who may operate flags there', async () => {
    const id = await propose();
    await approve(id);
    expect(code(await apply(id, 'vera', { at }))).toBe('FORBIDDEN');
  });
});

describe('Room for change requests', () => {
  const most = { one: LIMITS.openChangeRequestsOfOne, all: LIMITS.openChangeRequests };
  const ask = (person: string) => as(person)('POST', `${PRODUCTION}/toggle?propose=true`, ON);

  it('is each one’s own: who fills it stands in nobody else’s way, also not by tokens of their own', async () => {
    const minted = mintToken('admin');
    const scope = { kind: 'admin', role: 'operator', project: 'shop', environment: null } as const;
    const made = await api.log.execute(createKey(scope, { name: 'bob’s' }, minted), {
      actor: { kind: 'person', id: 'bob', name: 'bob' },
    });
    expect(made.ok).toBe(true);
    const byToken = () => api.call('POST', `${PRODUCTION}/toggle?propose=true`, ON, { token: minted.text });
    for (let count = 0; count < most.one; count++) {
      expect((await (count % 2 === 0 ? ask('bob') : byToken())).status).toBe(202);
    }
    for (const more of [await ask('bob'), await byToken()]) {
      expect(more).toMatchObject({ status: 422, body: { error: { code: 'LIMIT_EXCEEDED' } } });
    }
    const id = await propose('eve');
    expect((await approve(id, 'bob')).status).toBe(200);
    // What bob’s token has proposed, bob cannot agree to.
    const [, second] = [...api.state.changeRequests('shop')].filter(({ body }) => body.createdBy.kind === 'token');
    expect(code(await approve(second?.body.id ?? '', 'bob'))).toBe('APPROVAL_OWN');
    expect((await approve(second?.body.id ?? '', 'eve')).status).toBe(200);
  });

  it('is measured by what they hold as well', async () => {
    const keys = Array.from({ length: 900 }, (_, index) => `${index}`.padStart(1_000, 'x'));
    const answers: number[] = [];
    for (let count = 0; count < 20; count++) {
      const sent = { variation: 'on', keys, reason: 'many' };
      answers.push((await as('bob')('POST', `${PRODUCTION}/targets?propose=true`, sent)).status);
    }
    const held = [...api.state.changeRequests('shop')].reduce((sum, { body }) => sum + (body.bytes ?? 0), 0);
    expect(held).toBeLessThanOrEqual(LIMITS.openChangeRequestBytesOfOne);
    expect(answers.at(-1)).toBe(422);
    expect((await ask('eve')).status).toBe(202);
  });

  it('is made by clearing the oldest closed ones away, which the log still tells of', async () => {
    const schedule = new ChangeRequestSchedule({
      changeLog: api.log,
      answers: apiOf(api.app),
      now: () => now,
      logger: silentLogger,
      isOurs: async () => true,
    });
    schedule.close();
    const ids: string[] = [];
    for (let count = 0; count < LIMITS.closedChangeRequests + 3; count++) {
      ids.push(await propose('bob'));
      await as('bob')('POST', `change-requests/${ids.at(-1)}/withdraw`);
    }
    await schedule.look();
    expect([...api.state.changeRequests('shop')]).toHaveLength(LIMITS.closedChangeRequests);
    expect(ids.slice(0, 3).map(requestOf)).toEqual([undefined, undefined, undefined]);
    expect(requestOf(ids[3] ?? '')).toMatchObject({ state: 'withdrawn' });
    expect(code(await look(ids[0] ?? ''))).toBe('CHANGE_REQUEST_NOT_FOUND');
    const { items } = (await api.call('GET', '/api/v1/changes?limit=1')).body;
    expect(items[0]).toMatchObject({ command: 'change-request.clear', environment: 'production', writeCount: 3 });
  });
});
