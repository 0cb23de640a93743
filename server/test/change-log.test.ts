import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { ChangeLog } from '../src/change-log/change-log.ts';
import { type Change, hashOf, idOf } from '../src/changes/change.ts';
import { createEnvironment } from '../src/commands/environments.ts';
import { archiveFlag, createFlag, updateFlag } from '../src/commands/flags.ts';
import { createProject } from '../src/commands/projects.ts';
import { revertChange } from '../src/commands/revert.ts';
import { rollOut } from '../src/commands/rollout.ts';
import { killFlag, toggleFlag } from '../src/commands/switches.ts';
import { place } from '../src/documents/document.ts';
import { SqliteDatabase } from '../src/store/sqlite/database.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { ANN, openShop } from './change-log-fixture.ts';

const CART = { project: 'shop', flag: 'cart', environment: 'production' };

describe('A change', () => {
  it('says who did what to which documents, when and why, and what came before', async () => {
    const { act, log } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    const { change } = await act(toggleFlag(CART, { on: true }), { reason: 'launch day' });
    expect(change).toMatchObject({
      revision: 5,
      actor: ANN,
      command: 'flag.toggle',
      project: 'shop',
      environment: 'production',
      subject: 'cart',
      reason: 'launch day',
      at: expect.any(Number),
      writes: [{ kind: 'targeting', id: 'shop/cart/production', version: 2, body: { on: true } }],
      prevHash: (await log.change(4))?.hash,
    });
    expect(change!.hash).toBe(hashOf(change!));
    expect(log.id).toBe(`5.${change!.hash.slice(0, 12)}`);
    expect(await log.before(change!)).toMatchObject([{ kind: 'targeting', version: 1, body: { on: false } }]);
  });

  it('hashes differently if anything in it is altered', async () => {
    const { act } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    const { change } = await act(toggleFlag(CART, { on: true }), { reason: 'why' });
    const altered: Partial<Change>[] = [
      ...[{ revision: 9 }, { at: 1 }, { actor: { ...ANN, name: 'Eve' } }, { command: 'flag.kill' }, { project: null }],
      ...[{ environment: null }, { subject: 'x' }, { reason: null }, { writes: [] }, { prevHash: 'f'.repeat(64) }],
    ];
    for (const part of altered) expect(hashOf({ ...change!, ...part })).not.toBe(change!.hash);
  });
});

describe('The log', () => {
  it('still has its hash when somebody gives a reason that no database can keep as it is', async () => {
    const { act, log, store } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    for (const [reason, kept] of [
      ['half a pair \ud800', 'half a pair \ufffd'],
      ['\udc00\ud83d\ude80', '\ufffd\ud83d\ude80'],
      ['a \u0000 in it', 'a \ufffd in it'],
      ['\u202eright to left', '\u202eright to left'],
    ] as const) {
      const { change } = await act(killFlag(CART), { reason });
      expect(change?.reason).toBe(kept);
      expect(await store.change(change!.revision)).toEqual(change);
    }
    expect(await log.verify()).toMatchObject({ ok: true });
  });

  it('carries commands out one after another, and tells subscribers in order, after the state has changed', async () => {
    const { act, ask, log, state } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    const heard: [number, boolean | undefined][] = [];
    const unsubscribe = log.subscribe((changes) => {
      for (const { revision } of changes)
        heard.push([revision, state.targeting('shop', 'cart', 'production')?.body.on]);
    });
    await Promise.all([true, false, true].map((on) => ask(toggleFlag(CART, { on }))));
    expect(heard).toEqual([
      [5, true],
      [6, false],
      [7, true],
    ]);
    unsubscribe();
    await act(toggleFlag(CART, { on: false }));
    expect(heard).toHaveLength(3);
  });

  it('does not make the writer pay for a listener that throws', async () => {
    const store = new SqliteStore(SqliteDatabase.open(':memory:'));
    const errors: unknown[] = [];
    const log = await ChangeLog.open(store, { onListenerError: (error) => errors.push(error) });
    log.subscribe(() => {
      throw new Error('broken listener');
    });
    const heard: number[] = [];
    log.subscribe((changes) => heard.push(changes.length));
    expect(await log.execute(createProject({ key: 'shop' }), { actor: ANN })).toMatchObject({ ok: true });
    expect(errors).toHaveLength(1);
    expect(heard).toEqual([1]);
  });

  it('of two nodes on one database lets the slower one decide again, with what the faster has done', async () => {
    const { store, log } = await openShop();
    const other = await ChangeLog.open(store);
    expect(await log.execute(createFlag('shop', { key: 'cart' }), { actor: ANN })).toMatchObject({ ok: true });
    expect(await other.execute(createFlag('shop', { key: 'cart' }), { actor: ANN })).toMatchObject({
      ok: false,
      refusal: { code: 'FLAG_EXISTS' },
    });
    expect(await other.execute(createFlag('shop', { key: 'search' }), { actor: ANN })).toMatchObject({ ok: true });
    expect(log.state.flag('shop', 'search')).toBeUndefined();
    expect(await log.catchUp()).toBe(1);
    expect(log.state.flag('shop', 'search')).toBeDefined();
    expect(log.id).toBe(other.id);
    expect(await log.verify()).toMatchObject({ ok: true });
  });

  it('gives the same ids after a restart', async () => {
    const { act, store, state } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    await act(toggleFlag(CART, { on: true }));
    await act(createProject({ key: 'other' }));
    const again = await ChangeLog.open(store);
    for (const environment of ['staging', 'production']) {
      expect(again.state.moment('shop', environment)).toEqual(state.moment('shop', environment));
    }
    expect(again.state.moment('shop', 'production').revision).toBe(5);
    expect(again.state.moment('shop', 'staging').revision).toBe(4);
  });

  it('moves the id of all environments by a flag, of one by a targeting, of none by another project', async () => {
    const { act, state } = await openShop();
    const revisions = () => ['staging', 'production'].map((environment) => state.moment('shop', environment).revision);
    expect(revisions()).toEqual([2, 3]);
    await act(createFlag('shop', { key: 'cart' }));
    expect(revisions()).toEqual([4, 4]);
    await act(toggleFlag(CART, { on: true }));
    expect(revisions()).toEqual([4, 5]);
    await act(updateFlag('shop', 'cart', { name: 'nothing that an SDK sees' }));
    expect(revisions()).toEqual([6, 6]);
    await act(createProject({ key: 'other' }));
    expect(revisions()).toEqual([6, 6]);
  });

  it('knows a document as it was at any instant', async () => {
    const { act, log } = await openShop();
    const { change: created } = await act(createFlag('shop', { key: 'cart' }));
    const { change: toggled } = await act(toggleFlag(CART, { on: true }));
    const at = async (ms: number) => {
      const [document] = await log.documentsAt(
        [place.targeting('shop', 'cart', 'production')],
        await log.revisionAt(ms),
      );
      return document?.body;
    };
    expect(await at(created!.at - 1)).toBeNull();
    expect(await at(created!.at)).toMatchObject({ on: false });
    expect(await at(toggled!.at)).toMatchObject({ on: true });
  });
});

describe('Verifying the log', () => {
  async function withTampering(statement: string) {
    const folder = mkdtempSync(join(tmpdir(), 'dimmer-verify-'));
    const file = join(folder, 'dimmer.db');
    const log = await ChangeLog.open(new SqliteStore(SqliteDatabase.open(file)));
    for (const command of [createProject({ key: 'shop' }), createEnvironment('shop', { key: 'production' })]) {
      await log.execute(command, { actor: ANN });
    }
    await log.execute(createFlag('shop', { key: 'cart' }), { actor: ANN });
    await log.execute(killFlag(CART), { actor: ANN, reason: 'errors' });
    const intruder = new Sqlite(file);
    intruder.pragma('foreign_keys = OFF');
    intruder.exec(statement);
    intruder.close();
    const verification = await log.verify();
    rmSync(folder, { recursive: true });
    return verification;
  }

  it('finds it whole if nobody has touched it', async () => {
    expect(await withTampering('SELECT 1')).toMatchObject({ ok: true, revision: 4, id: expect.stringMatching(/^4\./) });
  });

  it.each([
    ["UPDATE changes SET reason = 'no reason' WHERE revision = 4", 4, 'altered'],
    ["UPDATE changes SET actor = replace(actor, 'Ann', 'Eve') WHERE revision = 2", 2, 'altered'],
    ['UPDATE writes SET body = replace(body, \'"on":false\', \'"on":true\') WHERE revision = 3', 3, 'altered'],
    ['DELETE FROM changes WHERE revision = 3', 4, 'Revision 3 is missing'],
    ['DELETE FROM writes WHERE revision = 4', 4, 'altered'],
    ['DELETE FROM changes WHERE revision = 4; DELETE FROM writes WHERE revision = 4', 3, 'The head is 4.'],
    ["UPDATE documents SET body = replace(body, 'errors', 'nothing')", 4, 'in the database is not what the log says'],
    ["DELETE FROM documents WHERE kind = 'flag'", 4, 'documents in the database'],
    [`UPDATE changes SET prev_hash = '${'0'.repeat(64)}' WHERE revision = 2`, 2, 'does not follow'],
  ])('notices %s', async (statement, revision, problem) => {
    expect(await withTampering(statement)).toMatchObject({
      ok: false,
      revision,
      problem: expect.stringContaining(problem),
    });
  });
});

describe('Verifying a log while others write', () => {
  it('finds it whole, and what was altered meanwhile, and walks once for all who ask at once', async () => {
    const { act, log, store } = await openShop();
    for (let index = 0; index < 120; index++) await act(createFlag('shop', { key: `flag-${index}` }));
    const walked = vi.spyOn(store, 'changes');
    const asked = [log.verify(), log.verify()];
    for (let index = 0; index < 60; index++) {
      await act(toggleFlag({ ...CART, flag: `flag-${index}` }, { on: true }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [one, other] = await Promise.all(asked);
    expect(one).toMatchObject({ ok: true });
    expect(other).toBe(one);
    expect(walked.mock.calls.filter(([{ after }]) => after === 0)).toHaveLength(1);
  });
});

describe('Reverting a change', () => {
  it('writes back what was before, as a new change', async () => {
    const { act, log, state } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    await act(rollOut(CART, { percent: 10 }));
    const { change: mistake } = await act(rollOut(CART, { percent: 100 }));
    const { change } = await act(revertChange(mistake!, await log.before(mistake!), { force: false }), {
      reason: 'mistake',
    });
    expect(change).toMatchObject({
      command: 'change.revert',
      subject: 'cart',
      environment: 'production',
      reason: 'mistake',
    });
    expect(state.targeting('shop', 'cart', 'production')?.body.fallthrough).toMatchObject({
      slices: [{ variation: 'on', parts: 10_000 }, { parts: 90_000 }],
    });
  });

  it('is refused if a document has moved on, unless it is forced', async () => {
    const { act, refused, log, state } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    const { change: on } = await act(toggleFlag(CART, { on: true }));
    const { change: ramp } = await act(rollOut(CART, { percent: 10 }));
    const revert = async (force: boolean) => revertChange(on!, await log.before(on!), { force });
    expect(await refused(await revert(false))).toMatchObject({
      code: 'REVERT_CONFLICT',
      details: { moved: [{ id: 'shop/cart/production', revision: ramp!.revision }] },
    });
    await act(await revert(true));
    expect(state.targeting('shop', 'cart', 'production')?.body).toMatchObject({
      on: false,
      fallthrough: { variation: 'off' },
    });
  });

  it('undoes a kill if it is the kill that is reverted, and never by the way', async () => {
    const { act, log, refused, state } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    const { change: older } = await act(rollOut(CART, { percent: 10 }));
    await act(rollOut(CART, { percent: 20 }));
    const { change: first } = await act(killFlag(CART), { reason: 'errors' });
    const { change: second } = await act(killFlag(CART), { reason: 'more errors' });
    for (const change of [older!, first!]) {
      const revert = revertChange(change, await log.before(change), { force: true });
      expect(await refused(revert)).toMatchObject({
        code: 'FLAG_KILLED',
        details: { killed: { reason: 'more errors' } },
      });
    }
    await act(revertChange(second!, await log.before(second!), { force: false }));
    const { change: undone } = await act(revertChange(first!, await log.before(first!), { force: true }));
    expect(state.targeting('shop', 'cart', 'production')?.body).toMatchObject({ on: true });
    await act(revertChange(undone!, await log.before(undone!), { force: false }));
    expect(state.targeting('shop', 'cart', 'production')?.body.killed).toMatchObject({ reason: 'errors' });
  });

  it('of a creation takes the flag away, in environments made since as well, and can be reverted itself', async () => {
    const { act, log, state } = await openShop();
    const { change: creation } = await act(createFlag('shop', { key: 'cart' }));
    await act(createEnvironment('shop', { key: 'preview' }));
    const { change: undone } = await act(revertChange(creation!, await log.before(creation!), { force: false }));
    expect(state.flag('shop', 'cart')).toBeUndefined();
    expect(state.targeting('shop', 'cart', 'preview')).toBeUndefined();
    await act(createEnvironment('shop', { key: 'load-test' }));
    await act(revertChange(undone!, await log.before(undone!), { force: false }));
    for (const environment of ['staging', 'production', 'preview', 'load-test']) {
      expect(state.targeting('shop', 'cart', environment)?.body.on).toBe(false);
    }
    expect(await log.verify()).toMatchObject({ ok: true });
  });

  it('is checked like any other change', async () => {
    const { act, refused, log } = await openShop({ protected: true });
    await act(createFlag('shop', { key: 'cart' }));
    const { change: archived } = await act(archiveFlag('shop', 'cart'), { reason: 'old' });
    const revert = revertChange(archived!, await log.before(archived!), { force: false });
    expect((await refused(revert)).code).toBe('REASON_REQUIRED');
    await act(revert, { reason: 'not so old' });
  });

  it('is not possible for projects, environments and keys', async () => {
    const { refused, log } = await openShop();
    const change = await log.change(2);
    expect(await refused(revertChange(change!, await log.before(change!), { force: true }))).toMatchObject({
      code: 'REVERT_NOT_POSSIBLE',
    });
  });
});

describe('History', () => {
  it('names changes by what they touched', async () => {
    const { act, log } = await openShop();
    await act(createFlag('shop', { key: 'cart' }));
    await act(toggleFlag(CART, { on: true }));
    const { entries } = await log.history({ project: 'shop', flag: 'cart', limit: 10 });
    expect(entries.map((change) => `${idOf(change).split('.')[0]} ${change.command}`)).toEqual([
      '5 flag.toggle',
      '4 flag.create',
    ]);
  });
});
