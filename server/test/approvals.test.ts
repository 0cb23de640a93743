import type { Role } from '@dimmer/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mintToken } from '../src/access/token.ts';
import { createFlag } from '../src/commands/flags.ts';
import { createKey } from '../src/commands/keys.ts';
import { createPerson, setPersonDisabled, updatePerson } from '../src/commands/people.ts';
import { RulesetView } from '../src/ruleset/ruleset-view.ts';
import { type Called, openApi } from './api-fixture.ts';

const PRODUCTION = 'flags/cart/environments/production';
const QUARTER_MS = 15 * 60_000;
const WANTED = { approvals: 1 };

let api: Awaited<ReturnType<typeof openApi>>;
let laterMs = 0;

beforeEach(async () => {
  laterMs = 0;
  api = await openApi({ clock: () => Date.now() + laterMs });
  await api.act(createFlag('shop', { key: 'cart' }));
  await person('ann', 'admin');
});
afterEach(() => api.close());

const person = (id: string, role: Role, project: string | null = null) =>
  api.act(createPerson({ id, email: `${id}@shop.example`, name: id, grants: [{ role, project, environment: null }] }));
/** An admin token that somebody has made. */
async function tokenOf(owner: string): Promise<string> {
  const minted = mintToken('admin');
  const scope = { kind: 'admin', role: 'admin', project: null, environment: null } as const;
  const made = await api.log.execute(createKey(scope, { name: `${owner}’s` }, minted), {
    actor: { kind: 'person', id: owner, name: owner },
  });
  expect(made.ok).toBe(true);
  return minted.text;
}
const as = (who: string) => (method: string, path: string, body?: unknown) =>
  api.call(method, path, body, who.startsWith('adm_') ? { token: who } : { person: who });
const code = ({ body }: Called) => body.error?.code;
const production = () => api.state.environment('shop', 'production')?.body.approvals ?? 0;
const warned = ({ body }: Called) => body.warnings.map((each: { code: string }) => each.code);

describe('A second person', () => {
  it('is not wanted while there is none: the only one who could agree would lock themselves out', async () => {
    await person('olaf', 'operator');
    await person('otto', 'editor', 'other');
    for (const who of ['ann', await tokenOf('ann')]) {
      const answer = await as(who)('PATCH', 'environments/production', WANTED);
      expect(answer).toMatchObject({ status: 409, body: { error: { code: 'APPROVER_MISSING' } } });
      expect(answer.body.error.fix).toContain('Invite somebody');
      expect(code(await as(who)('POST', 'environments', { key: 'live', ...WANTED }))).toBe('APPROVER_MISSING');
    }
    expect(production()).toBe(0);
    await person('bob', 'editor', 'shop');
    const answer = await as('ann')('PATCH', 'environments/production', WANTED);
    expect({ status: answer.status, warned: warned(answer) }).toEqual({ status: 200, warned: [] });
    // What it has already is not asked about again.
    await api.act(setPersonDisabled('bob', true));
    expect((await as('ann')('PATCH', 'environments/staging', { name: 'Staging' })).status).toBe(200);
  });

  it('is wanted by a token of nobody’s all the same, which can invite one: with a warning', async () => {
    expect(warned(await api.call('PATCH', 'environments/production', WANTED))).toEqual(['APPROVER_MISSING']);
    expect(production()).toBe(1);
  });

  it('is missed before it goes: whoever locks it out, or takes its role, is told', async () => {
    await person('bob', 'editor', 'shop');
    await api.call('PATCH', 'environments/production', WANTED);
    const done = await api.log.execute(setPersonDisabled('bob', true), ACTOR);
    expect(done).toMatchObject({
      ok: true,
      warnings: [{ code: 'APPROVER_MISSING', message: expect.stringContaining('only ann is left') }],
    });
    await api.act(setPersonDisabled('bob', false));
    const grants = [{ role: 'operator' as const, project: 'shop', environment: null }];
    expect(await api.log.execute(updatePerson('bob', { grants }), ACTOR)).toMatchObject({
      warnings: [{ code: 'APPROVER_MISSING' }],
    });
  });

  it('that is gone leaves a way out, which the refusal says: a token of nobody’s proposes, and the one left agrees', async () => {
    await person('bob', 'editor', 'shop');
    await api.call('PATCH', 'environments/production', WANTED);
    const usual = await as('ann')('POST', `${PRODUCTION}/toggle`, { on: true });
    expect(usual.body.error).toMatchObject({ code: 'APPROVAL_REQUIRED', details: { nobodyElse: false } });
    await api.act(setPersonDisabled('bob', true));
    const { error } = (await as('ann')('POST', `${PRODUCTION}/toggle`, { on: true })).body;
    expect(error).toMatchObject({ code: 'APPROVAL_REQUIRED', details: { nobodyElse: true } });
    expect(error.fix).toMatch(/Invite somebody.*admin token that belongs to nobody/s);
    const off = { approvals: 0, reason: 'nobody is left' };
    const { body } = await api.call('PATCH', 'environments/production?propose=true', off);
    const request = `change-requests/${body.changeRequest.id}`;
    expect((await as('ann')('POST', `${request}/approve`, {})).status).toBe(200);
    expect((await as('ann')('POST', `${request}/apply`, {})).status).toBe(200);
    expect(production()).toBe(0);
  });
});

describe('Whoever has killed a flag where a second person has to agree', () => {
  const kill = (who: string) => as(who)('POST', `${PRODUCTION}/kill`, { reason: 'payments fail' });
  const restore = (who: string, body: object = { reason: 'the wrong one' }) =>
    as(who)('POST', `${PRODUCTION}/restore`, body);
  const isOn = () => api.state.targeting('shop', 'cart', 'production')?.body.on;

  beforeEach(async () => {
    for (const id of ['bob', 'eve']) await person(id, 'editor', 'shop');
    await api.call('POST', `${PRODUCTION}/rollout`, { percent: 10 });
    await api.call('PATCH', 'environments/production', WANTED);
  });

  it('may restore it alone, with the rules as they were, and the log says so', async () => {
    const before = api.state.targeting('shop', 'cart', 'production')?.body;
    await kill('bob');
    expect((await restore('bob')).status).toBe(200);
    expect(api.state.targeting('shop', 'cart', 'production')?.body).toEqual(before);
    const { items } = (await api.call('GET', '/api/v1/changes?limit=1')).body;
    expect(items[0]).toMatchObject({
      command: 'flag.restore',
      actor: { name: 'bob' },
      reason: 'the wrong one (alone, within 15 minutes of the kill, with the rules as they were)',
    });
  });

  it('may do so by a token of theirs, or by the same token; nobody else may', async () => {
    const [bobs, eves] = [await tokenOf('bob'), await tokenOf('eve')];
    await kill(bobs);
    for (const other of ['eve', 'ann', eves]) expect(code(await restore(other))).toBe('APPROVAL_REQUIRED');
    expect(code(await api.call('POST', `${PRODUCTION}/restore`, {}))).toBe('APPROVAL_REQUIRED');
    expect((await restore('bob')).status).toBe(200);
    await api.call('POST', `${PRODUCTION}/kill`, { reason: 'by a token of nobody’s' });
    expect(code(await restore('bob'))).toBe('APPROVAL_REQUIRED');
    expect((await api.call('POST', `${PRODUCTION}/restore`, {})).status).toBe(200);
  });

  it('may do so for a quarter of an hour, by the clock of the kill', async () => {
    await kill('bob');
    laterMs = QUARTER_MS - 60_000;
    // The same again leaves the time as it was.
    await kill('bob');
    laterMs = QUARTER_MS + 60_000;
    expect(code(await restore('bob'))).toBe('APPROVAL_REQUIRED');
    expect(isOn()).toBe(false);
  });

  it('may not once something has changed, or somebody else has killed it too', async () => {
    await kill('bob');
    const sent = { variation: 'on', keys: ['vip'], reason: 'agreed' };
    const { body } = await as('eve')('POST', `${PRODUCTION}/targets?propose=true`, sent);
    await as('ann')('POST', `change-requests/${body.changeRequest.id}/approve`, {});
    expect((await as('eve')('POST', `change-requests/${body.changeRequest.id}/apply`, {})).status).toBe(200);
    expect(code(await restore('bob'))).toBe('APPROVAL_REQUIRED');
    await kill('bob');
    expect(code(await restore('bob'))).toBe('APPROVAL_REQUIRED');
  });

  it('gets nothing by killing what somebody else has killed', async () => {
    await kill('eve');
    await kill('bob');
    for (const who of ['bob', 'eve']) expect(code(await restore(who))).toBe('APPROVAL_REQUIRED');
  });

  it.each([
    ['off', 'cart'],
    ['new, and in no ruleset', 'never-on'],
  ])('may take back the kill of what is %s, and it is so again', async (_, flag) => {
    if (flag === 'cart') {
      const { body } = await as('bob')('POST', `${PRODUCTION}/toggle?propose=true`, { on: false, reason: 'over' });
      await as('eve')('POST', `change-requests/${body.changeRequest.id}/approve`, {});
      await as('bob')('POST', `change-requests/${body.changeRequest.id}/apply`, {});
    } else await api.call('POST', 'flags', { key: flag });
    const before = api.state.targeting('shop', flag, 'production')?.body;
    expect(before?.on).toBe(false);
    const at = `flags/${flag}/environments/production`;
    await as('bob')('POST', `${at}/kill`, { reason: 'a way round' });
    expect((await as('bob')('POST', `${at}/restore`, {})).status).toBe(200);
    expect(api.state.targeting('shop', flag, 'production')?.body).toEqual(before);
  });

  it('still says why where the environment is protected', async () => {
    const both = { protected: true, reason: 'from now on' };
    const { body } = await as('ann')('PATCH', 'environments/production?propose=true', both);
    await as('eve')('POST', `change-requests/${body.changeRequest.id}/approve`, {});
    expect((await as('ann')('POST', `change-requests/${body.changeRequest.id}/apply`, {})).status).toBe(200);
    await kill('bob');
    expect(code(await restore('bob', {}))).toBe('REASON_REQUIRED');
    expect((await restore('bob')).status).toBe(200);
  });
});

const ACTOR = { actor: { kind: 'token', id: 'x', name: 'x' } } as const;

describe('A new flag where a second person has to agree', () => {
  const rulesetOf = (environment: string, audience: 'server' | 'browser' = 'server') =>
    JSON.parse(new RulesetView(api.state, { project: 'shop', environment, audience }).snapshotJson()).flags;
  const flag = { key: 'asked-for-already', type: 'string', browser: true };
  const made = { ...flag, variations: ['a', 'b'].map((key) => ({ key, value: key })) };
  const AT = `flags/${flag.key}/environments`;

  beforeEach(async () => {
    for (const id of ['bob', 'eve']) await person(id, 'editor', 'shop');
    await api.call('PATCH', 'environments/production', WANTED);
  });
  /** Proposes as bob, has eve agree, and applies. */
  async function agreed(method: string, path: string, body: object): Promise<number> {
    const { body: answer } = await as('bob')(method, `${path}?propose=true`, { ...body, reason: 'agreed' });
    const request = `change-requests/${answer.changeRequest.id}`;
    await as('eve')('POST', `${request}/approve`, {});
    return (await as('bob')('POST', `${request}/apply`, {})).status;
  }

  it('is served to nobody there until a change of it has been approved, and at once elsewhere', async () => {
    const view = new RulesetView(api.state, { project: 'shop', environment: 'production', audience: 'server' });
    const { head } = api.state;
    const answer = await as('bob')('POST', 'flags', made);
    expect({ status: answer.status, warned: warned(answer) }).toEqual({ status: 201, warned: ['FLAG_ABSENT'] });
    for (const audience of ['server', 'browser'] as const) {
      expect(rulesetOf('production', audience)).not.toHaveProperty(flag.key);
      expect(rulesetOf('staging', audience)).toHaveProperty(flag.key);
    }
    const patch = view.advance([await api.log.change(head.revision + 1)].flatMap((change) => change ?? []));
    expect(JSON.parse(patch ?? '{}').flags).toEqual({});
    // A person is told the same as an application.
    const { body } = await as('bob')('POST', `${AT}/production/explain`, { context: { targetingKey: 'x' } });
    expect(body.evaluation).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });
    const { items } = (await as('bob')('GET', 'flags?search=asked')).body;
    expect(items[0].environments.map((each: { absent: boolean }) => each.absent)).toEqual([false, true]);
    expect(code(await as('bob')('POST', `${AT}/production/toggle`, { on: false }))).toBe('APPROVAL_REQUIRED');
    expect((await as('bob')('POST', `${AT}/production/restore`, {})).body).toMatchObject({ changed: false });
    expect(rulesetOf('production')).not.toHaveProperty(flag.key);
    expect(code(await as('bob')('PUT', `${AT}/production/off`, { variation: 'b' }))).toBe('APPROVAL_REQUIRED');
    expect(await agreed('PUT', `${AT}/production/off`, { variation: 'b' })).toBe(200);
    expect(rulesetOf('production')[flag.key]).toMatchObject({ on: false, off: 'b' });
  });

  it('is not brought in by a kill, which nobody has agreed to either', async () => {
    await as('bob')('POST', 'flags', made);
    const killed = await as('bob')('POST', `${AT}/production/kill`, { reason: 'to be sure' });
    expect({ status: killed.status, warned: warned(killed) }).toEqual({ status: 200, warned: ['FLAG_ABSENT'] });
    expect(rulesetOf('production')).not.toHaveProperty(flag.key);
    expect(code(await as('eve')('POST', `${AT}/production/restore`, {}))).toBe('APPROVAL_REQUIRED');
    const restored = await as('bob')('POST', `${AT}/production/restore`, {});
    expect({ status: restored.status, warned: warned(restored) }).toEqual({ status: 200, warned: ['FLAG_ABSENT'] });
    expect(rulesetOf('production')).not.toHaveProperty(flag.key);
  });

  it('may be changed in what all environments share as long as it is absent, and not after', async () => {
    await as('bob')('POST', 'flags', made);
    const other = { variations: made.variations.map((each) => ({ ...each, value: `${each.value}!` })) };
    expect((await as('bob')('PATCH', `flags/${flag.key}`, other)).status).toBe(200);
    await agreed('POST', `${AT}/production/toggle`, { on: true });
    expect(rulesetOf('production')[flag.key]).toMatchObject({ on: true });
    for (const [method, path, body] of [
      ['PATCH', '', { variations: made.variations }],
      ['PATCH', '', { browser: false }],
      ['POST', '/archive', {}],
    ] as const) {
      expect(code(await as('bob')(method, `flags/${flag.key}${path}`, body)), path).toBe('APPROVAL_REQUIRED');
    }
  });

  it('is there at once if its making was approved, and does not come back by a revert that was not', async () => {
    expect(await agreed('POST', 'flags', made)).toBe(200);
    expect(rulesetOf('production')).toHaveProperty(flag.key);
    const [change] = (await api.call('GET', '/api/v1/changes?limit=1')).body.items;
    const gone = await as('bob')('POST', `/api/v1/changes/${change.revision}/revert`, { reason: 'x' });
    expect(code(gone)).toBe('APPROVAL_REQUIRED');
  });
});
