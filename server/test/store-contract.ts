import { expect, it } from 'vitest';
import { type Change, GENESIS, type Head, type Write, withHash } from '../src/change-log/change.ts';
import { place } from '../src/documents/document.ts';
import type { Store } from '../src/store/store.ts';

const SYSTEM = { kind: 'system', id: 'system', name: 'system' } as const;

function segmentWrite(key: string, version: number, included: readonly string[] | null, project = 'shop'): Write {
  const body =
    included === null
      ? null
      : { key, name: key, description: '', included, excluded: [], rules: [], archived: false, later: 'kept' };
  return { ...place.segment(project, key), version, body } as Write;
}

function changeAfter(head: Head, writes: readonly Write[], more: Partial<Change> = {}): Change {
  const { hash: _none, ...rest } = more as Change;
  return withHash({
    ...{ revision: head.revision + 1, at: 1_000 + head.revision, actor: SYSTEM, command: 'segment.update' },
    ...{ project: 'shop', environment: null, subject: 'testers', reason: null, writes, prevHash: head.hash },
    ...rest,
  });
}

/** What every `Store` must do. `open` gives an empty one; `reopen` another on the same data, after the first is closed. */
export function storeContract(open: () => Promise<Store>, reopen: (() => Promise<Store>) | null): void {
  it('begins empty, before the first revision', async () => {
    const store = await open();
    expect(await store.load()).toEqual({ head: GENESIS, documents: [] });
    expect(await store.head()).toEqual(GENESIS);
    expect(await store.revisionAt(Number.MAX_SAFE_INTEGER)).toBe(0);
    await store.close();
  });

  it('gives a committed change back as it was given, and its documents with unknown fields', async () => {
    const store = await open();
    const change = changeAfter(GENESIS, [segmentWrite('testers', 1, ['ann', '__proto__'])], { reason: 'a “reason”\n' });
    expect(await store.commit(change)).toBe('committed');
    expect(await store.change(1)).toEqual(change);
    const { head, documents } = await store.load();
    expect(head).toEqual({ revision: 1, hash: change.hash });
    expect(documents).toEqual([{ ...change.writes[0], revision: 1 }]);
    await store.close();
  });

  it('answers conflict, and writes nothing, if the head has moved on or has another hash', async () => {
    const store = await open();
    const first = changeAfter(GENESIS, [segmentWrite('testers', 1, [])]);
    await store.commit(first);
    expect(await store.commit(changeAfter(GENESIS, [segmentWrite('others', 1, [])]))).toBe('conflict');
    const forged = { revision: 1, hash: 'f'.repeat(64) };
    expect(await store.commit(changeAfter(forged, [segmentWrite('others', 1, [])]))).toBe('conflict');
    expect((await store.load()).documents).toHaveLength(1);
    expect(await store.head()).toEqual({ revision: 1, hash: first.hash });
    await store.close();
  });

  it('answers conflict, and writes nothing, if a document is not at the version before', async () => {
    const store = await open();
    const first = changeAfter(GENESIS, [segmentWrite('testers', 1, [])]);
    await store.commit(first);
    for (const version of [1, 3]) {
      const change = changeAfter(first, [segmentWrite('others', 1, []), segmentWrite('testers', version, ['bob'])]);
      expect(await store.commit(change)).toBe('conflict');
    }
    expect((await store.load()).documents).toHaveLength(1);
    expect(await store.change(2)).toBeUndefined();
    await store.close();
  });

  it('lets a change be decided in turn, and undoes what was committed by work that fails', async () => {
    const store = await open();
    const first = changeAfter(GENESIS, [segmentWrite('testers', 1, [])]);
    const outcome = await store.inTurn(async (commit) => {
      expect(await store.head()).toEqual(GENESIS);
      return commit(first);
    });
    expect(outcome).toBe('committed');
    expect(await store.head()).toEqual({ revision: 1, hash: first.hash });
    await expect(
      store.inTurn(async () => {
        throw new TypeError('cannot decide');
      }),
    ).rejects.toThrow('cannot decide');
    expect(await store.head()).toEqual({ revision: 1, hash: first.hash });
    await store.close();
  });

  it('keeps tombstones, and what a document was at any revision', async () => {
    const store = await open();
    let head: Head = GENESIS;
    const bodies = [['ann'], null, ['bob']];
    for (const [index, included] of bodies.entries()) {
      const change = changeAfter(head, [segmentWrite('testers', index + 1, included)]);
      await store.commit(change);
      head = change;
    }
    expect(await store.documentAt('segment', 'shop/testers', 0)).toMatchObject({ version: 0, body: null });
    expect(await store.documentAt('segment', 'shop/testers', 1)).toMatchObject({
      version: 1,
      body: { included: ['ann'] },
    });
    expect(await store.documentAt('segment', 'shop/testers', 2)).toMatchObject({ version: 2, body: null });
    expect(await store.documentAt('segment', 'shop/testers', 9)).toMatchObject({
      version: 3,
      body: { included: ['bob'] },
    });
    expect(await store.projectAt('shop', 2)).toEqual([]);
    expect(await store.projectAt('shop', 3)).toMatchObject([{ id: 'shop/testers', version: 3 }]);
    expect(await store.projectAt('other', 3)).toEqual([]);
    await store.close();
  });

  it('finds changes by project, flag, segment, environment, revision and time', async () => {
    const store = await open();
    let head: Head = GENESIS;
    const flag = (project: string, key: string, environment: string): Write =>
      ({ ...place.targeting(project, key, environment), version: 1, body: { on: true } }) as unknown as Write;
    const writes = [
      flag('shop', 'cart', 'production'),
      flag('shop', 'cart', 'staging'),
      flag('shop', 'cart.beta', 'production'),
      segmentWrite('testers', 1, []),
      flag('shop2', 'cart', 'production'),
    ];
    for (const write of writes) {
      const change = changeAfter(head, [write], { project: write.project });
      await store.commit(change);
      head = change;
    }
    const find = async (query: object) => {
      const found = await store.changes({ order: 'oldest first', limit: 10, ...query });
      return found.map((change) => change.revision);
    };
    expect(await find({})).toEqual([1, 2, 3, 4, 5]);
    expect(await find({ order: 'newest first', limit: 2 })).toEqual([5, 4]);
    expect(await find({ after: 1, before: 4 })).toEqual([2, 3]);
    expect(await find({ project: 'shop' })).toEqual([1, 2, 3, 4]);
    expect(await find({ project: 'shop', flag: 'cart' })).toEqual([1, 2]);
    expect(await find({ project: 'shop', flag: 'cart', environment: 'staging' })).toEqual([2]);
    expect(await find({ project: 'shop', segment: 'testers' })).toEqual([4]);
    expect(await find({ project: 'shop', environment: 'production' })).toEqual([1, 3, 4]);
    expect(await find({ sinceMs: 1_003 })).toEqual([4, 5]);
    expect(await store.revisionAt(1_002)).toBe(3);
    expect(await find({ untilMs: 1_002 })).toEqual([1, 2]);
    expect(await find({ by: 'YST' })).toEqual([1, 2, 3, 4, 5]);
    // What has a meaning in patterns or in JSON has none here.
    for (const by of ['system"', '%', 'sys_em', '\\', 'kind']) expect(await find({ by }), by).toEqual([]);
    const commits = await store.commits([3, 1, 99]);
    expect(commits.toSorted((one, other) => one.revision - other.revision)).toEqual([
      { revision: 1, at: 1_000, actor: SYSTEM },
      { revision: 3, at: 1_002, actor: SYSTEM },
    ]);
    expect(await store.commits([])).toEqual([]);
    await store.close();
  });

  if (!reopen) return;

  it('has everything again after it was closed and opened', async () => {
    const store = await open();
    const change = changeAfter(GENESIS, [segmentWrite('testers', 1, ['ann'])]);
    await store.commit(change);
    await store.close();
    const again = await reopen();
    expect(await again.change(1)).toEqual(change);
    expect(await again.head()).toEqual({ revision: 1, hash: change.hash });
    await again.close();
  });
}
