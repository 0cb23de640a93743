import { expect, it } from 'vitest';
import type { HistoryQuery, Store } from '../src/change-log/store.ts';
import { type Change, GENESIS, type Head, type Write, withHash } from '../src/changes/change.ts';
import { place } from '../src/documents/document.ts';

/** On PostgreSQL, on a slow machine. */
const LONG_MS = 120_000;

const SYSTEM = { kind: 'system', id: 'system', name: 'system' } as const;

function segmentWrite(key: string, version: number, included: readonly string[] | null, project = 'shop'): Write {
  const body =
    included === null
      ? null
      : { key, name: key, description: '', included, excluded: [], rules: [], archived: false, later: 'kept' };
  return { ...place.segment(project, key), version, body } as Write;
}

function changeAfter(head: Head, writes: readonly Write[], more: Partial<Change> = {}): Change {
  const { hash: _none, ...rest } = more;
  return withHash({
    revision: head.revision + 1,
    at: 1_000 + head.revision,
    actor: SYSTEM,
    command: 'segment.update',
    project: 'shop',
    environment: null,
    subject: 'testers',
    reason: null,
    writes,
    prevHash: head.hash,
    ...rest,
  });
}

/** More than three blocks of changes, by several people in several places, with a clock that is set back and jumps. */
export async function longLog(store: Store): Promise<readonly Change[]> {
  const log: Change[] = [];
  const versions = new Map<string, number>();
  let head: Head = GENESIS;
  for (let index = 0; index < 900; index++) {
    const name = index % 211 === 7 ? 'Jörg Ärger' : index % 3 === 0 ? 'Ann' : 'Bob 100%';
    const project = index % 2 === 0 ? 'shop' : 'shop2';
    const rare = index === 300 ? 'rare' : null;
    const at = rare ?? (index % 5 === 0 ? 'staging' : 'production');
    const one = index % 10 === 4 ? place.segment(project, 'testers') : place.targeting(project, `f${index % 4}`, at);
    const version = (versions.get(one.id) ?? 0) + 1;
    versions.set(one.id, version);
    const write = { ...one, version, body: one.kind === 'segment' ? { key: 'testers' } : { on: true } };
    const change = changeAfter(head, [write as unknown as Write], {
      project,
      environment: one.environment,
      actor: { kind: 'person', id: name, name },
      at: 1_000 + 2 * index - (index > 400 && index < 700 ? 500 : 0) + (index === 650 ? 50_000 : 0),
    });
    expect(await store.commit(change)).toBe('committed');
    log.push(change);
    head = change;
  }
  return log;
}

type Question = Omit<HistoryQuery, 'limit'>;

const QUESTIONS: readonly Question[] = [
  {},
  { project: 'shop2' },
  { project: 'nobody' },
  { project: 'shop', environment: 'staging' },
  { project: 'shop', environment: 'rare' },
  { project: 'shop', flag: 'f0' },
  { project: 'shop', flag: 'f0', environment: 'production', by: 'ann' },
  { project: 'shop', segment: 'testers', by: 'b', after: 100, before: 800 },
  { by: 'ÖRG ä' },
  { by: '0%' },
  { by: 'eve' },
  { project: 'shop2', environment: 'production', by: 'jörg' },
  { sinceMs: 1_900, untilMs: 2_100 },
  { sinceMs: 10_000 },
  { untilMs: 1_100 },
  { project: 'shop', environment: 'production', by: 'BOB', sinceMs: 1_200, untilMs: 2_400, before: 600 },
];

/** The question, put to one change. */
function answers({ revision, at, actor, project, writes }: Change, query: Question): boolean {
  const { flag, segment, environment, by = '', sinceMs = 0, untilMs = Infinity, after = 0, before = Infinity } = query;
  const isThere = writes.some((write) => {
    const [, key] = write.id.split('/');
    if (segment !== undefined) return write.kind === 'segment' && key === segment;
    const isHere = environment === undefined || write.environment === environment;
    if (flag !== undefined) return write.kind === 'targeting' && key === flag && isHere;
    return isHere || write.kind === 'segment';
  });
  const isTheirs = (query.project ?? project) === project && actor.name.toLowerCase().includes(by.toLowerCase());
  return isThere && isTheirs && at >= sinceMs && at < untilMs && revision > after && revision < before;
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
    expect(await store.documentsFrom(null, 9)).toEqual(documents);
    expect(await store.documentsFrom({ kind: 'segment', id: 'shop/testers' }, 9)).toEqual(documents);
    expect(await store.documentsFrom({ kind: 'segment', id: 'shop/testers.' }, 9)).toEqual([]);
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
    const at = async (revision: number) => {
      const places = [place.segment('shop', 'testers'), place.segment('shop', 'others')];
      const [testers, others] = await store.documentsAt(places, revision);
      expect(others).toEqual({ ...place.segment('shop', 'others'), version: 0, revision: 0, body: null });
      return testers;
    };
    expect(await at(0)).toMatchObject({ version: 0, body: null });
    expect(await at(1)).toMatchObject({ version: 1, revision: 1, body: { included: ['ann'] } });
    expect(await at(2)).toMatchObject({ version: 2, body: null });
    expect(await at(9)).toMatchObject({ version: 3, revision: 3, body: { included: ['bob'] } });
    expect(await store.documentsAt([], 9)).toEqual([]);
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
      const { entries } = await store.history({ limit: 10, ...query });
      return entries.map((entry) => entry.revision);
    };
    const whole = await store.changes({ after: 1, order: 'oldest first', limit: 3 });
    expect(whole.map(({ revision }) => revision)).toEqual([2, 3, 4]);
    expect(await find({})).toEqual([5, 4, 3, 2, 1]);
    expect(await find({ limit: 2 })).toEqual([5, 4]);
    expect(await find({ after: 1, before: 4 })).toEqual([3, 2]);
    expect(await find({ project: 'shop' })).toEqual([4, 3, 2, 1]);
    expect(await find({ project: 'shop', flag: 'cart' })).toEqual([2, 1]);
    expect(await find({ project: 'shop', flag: 'cart', environment: 'staging' })).toEqual([2]);
    expect(await find({ project: 'shop', segment: 'testers' })).toEqual([4]);
    expect(await find({ project: 'shop', environment: 'production' })).toEqual([4, 3, 1]);
    expect(await find({ sinceMs: 1_003 })).toEqual([5, 4]);
    expect(await store.revisionAt(1_002)).toBe(3);
    expect(await find({ untilMs: 1_002 })).toEqual([2, 1]);
    expect(await find({ by: 'YST' })).toEqual([5, 4, 3, 2, 1]);
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

  it('finds the same in a log of many blocks as by looking at each change', { timeout: LONG_MS }, async () => {
    const store = await open();
    const log = await longLog(store);
    // The last of them need not be there yet: what has none is read.
    for (const query of QUESTIONS) {
      const expected = log.filter((change) => answers(change, query)).map(({ revision }) => revision);
      const found: number[] = [];
      for (let before: number | undefined = query.before; ; ) {
        const { entries, hasMore } = await store.history({ ...query, before, limit: 97 });
        found.push(...entries.map(({ revision }) => revision));
        if (!hasMore) break;
        before = entries.at(-1)?.revision;
      }
      expect(found, JSON.stringify(query)).toEqual(expected.toReversed());
    }
    for (const at of [0, 999, 1_300, 1_700, 1_999, 2_300, 3_000, 60_000]) {
      const last = log.findLast((change) => change.at <= at)?.revision ?? 0;
      expect(await store.revisionAt(at), `the revision at ${at}`).toBe(last);
    }
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
