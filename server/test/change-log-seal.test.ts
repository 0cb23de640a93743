import { describe, expect, it } from 'vitest';
import { ChangeLog } from '../src/change-log/change-log.ts';
import { Seals } from '../src/change-log/seals.ts';
import { type Change, withHash } from '../src/changes/change.ts';
import { createEnvironment } from '../src/commands/environments.ts';
import { createFlag } from '../src/commands/flags.ts';
import { createProject } from '../src/commands/projects.ts';
import { toggleFlag } from '../src/commands/switches.ts';
import { SqliteDatabase } from '../src/store/sqlite/database.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import { ANN } from './change-log-fixture.ts';

const KEY = 'a key that is in no database, 32+';
const CART = { project: 'shop', flag: 'cart', environment: 'production' };

/** A log with eight changes, the database under it, and how it looks to a server with a key. */
async function open({ sealsFrom = 0 }: { sealsFrom?: number } = {}) {
  const database = SqliteDatabase.open(':memory:');
  const store = new SqliteStore(database);
  let log = await ChangeLog.open(store, { seals: sealsFrom === 0 ? new Seals(KEY) : null });
  const toggles = [true, false, true, false, true].map((on) => toggleFlag(CART, { on }));
  const commands = [createProject({ key: 'shop' }), createEnvironment('shop', { key: 'production' })];
  for (const [index, command] of [...commands, createFlag('shop', { key: 'cart' }), ...toggles].entries()) {
    if (index + 1 === sealsFrom) log = await ChangeLog.open(store, { seals: new Seals(KEY) });
    const outcome = await log.execute(command, { actor: ANN });
    if (!outcome.ok) throw new Error(outcome.refusal.message);
  }
  const verify = async (key: string | null = KEY) =>
    (await ChangeLog.open(store, { seals: key === null ? null : new Seals(key) })).verify();
  const sql = (text: string, ...values: unknown[]) => database.drizzle.$client.prepare(text).run(...values);
  return { store, sql, verify };
}

/** Does what whoever owns the database can do: writes a change anew, and all hashes from there on, so that they fit. */
async function rewrite({ store, sql }: Awaited<ReturnType<typeof open>>, revision: number): Promise<void> {
  let prevHash: string | null = null;
  for (const change of await store.changes({ after: revision - 1, order: 'oldest first', limit: 100 })) {
    const other: Change = withHash({
      ...change,
      ...(prevHash === null ? { actor: { ...ANN, name: 'Somebody else' } } : { prevHash }),
    });
    sql(
      'UPDATE changes SET actor = ?, prev_hash = ?, hash = ? WHERE revision = ?',
      JSON.stringify(other.actor),
      other.prevHash,
      other.hash,
      change.revision,
    );
    prevHash = other.hash;
  }
  sql('UPDATE head SET hash = ?', prevHash);
}

describe('A sealed log', () => {
  it('says so, and from where on', async () => {
    const { verify } = await open();
    expect(await verify()).toMatchObject({ ok: true, revision: 8, sealed: true, sealedFrom: 1 });
  });

  it('may have begun without', async () => {
    const { verify } = await open({ sealsFrom: 5 });
    expect(await verify()).toMatchObject({ ok: true, revision: 8, sealed: true, sealedFrom: 5 });
  });

  it('is not called sealed by a server that has no key to tell', async () => {
    const { verify } = await open();
    expect(await verify(null)).toMatchObject({ ok: true, sealed: false, sealedFrom: null });
  });

  it('shows that history was written anew, with hashes that fit', async () => {
    const log = await open();
    await rewrite(log, 4);
    // Hashes alone show nothing: they can be worked out by anybody.
    expect(await log.verify(null)).toMatchObject({ ok: true });
    expect(await log.verify()).toMatchObject({ ok: false, revision: 4, problem: expect.stringContaining('seal') });
  });

  it('shows that seals were taken away from what was written anew', async () => {
    const log = await open();
    await rewrite(log, 4);
    log.sql('UPDATE changes SET seal = NULL WHERE revision >= 4');
    expect(await log.verify()).toMatchObject({ ok: false, revision: 4, problem: expect.stringContaining('no seal') });
    log.sql('UPDATE changes SET seal = NULL');
    expect(await log.verify()).toMatchObject({ ok: true, sealed: false, sealedFrom: null });
  });

  it('is not sealed by another key, nor by the seal of another change', async () => {
    const log = await open();
    expect(await log.verify('another key, as long as the first')).toMatchObject({ ok: false, revision: 1 });
    log.sql('UPDATE changes SET seal = (SELECT seal FROM changes WHERE revision = 2) WHERE revision = 3');
    expect(await log.verify()).toMatchObject({ ok: false, revision: 3 });
  });

  it('shows a server without the key among those that have it', async () => {
    const { store, verify } = await open();
    const other = await ChangeLog.open(store);
    await other.execute(toggleFlag(CART, { on: false }), { actor: ANN });
    expect(await verify()).toMatchObject({
      ok: false,
      revision: 9,
      problem: expect.stringContaining('DIMMER_AUDIT_KEY'),
    });
  });

  it('has the same hashes and ids as one that is not', async () => {
    const { store } = await open();
    const [change] = await store.changes({ order: 'newest first', limit: 1 });
    const { seal: _seal, hash: _hash, ...rest } = change as Change;
    expect(withHash(rest).hash).toBe(change?.hash);
  });
});
