/** A report on one version of an application, one instance, or the time since a change. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TestServer } from '../running-server.ts';
import { comparisons, reportOn, row, shadowed } from './launch-rows.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const NOON = Date.UTC(2026, 5, 1, 12);
const none = { same: 0, different: 0, ignored: 0, failed: 0 };

let now = NOON;
let server: TestServer;
let names = 0;
let flag: string;
let at: string;

beforeAll(async () => {
  server = await TestServer.start({ now: () => now });
});
afterAll(() => server.stop());

beforeEach(async () => {
  now = NOON + 30 * SECOND;
  flag = `engine-${++names}`;
  at = `flags/${flag}/environments/production`;
  await server.admin('POST', 'flags', { key: flag, type: 'launch' });
  await server.admin('POST', `${at}/rollout`, { dark: 100 });
});

interface Told {
  readonly application?: string;
  readonly instance?: string;
  /** From when to when, ms before now. Default: the last ten seconds. */
  readonly from?: number;
  readonly to?: number;
  readonly revision?: number;
  readonly key?: string;
  /** Of the launch itself, as a relay says it. */
  readonly launch?: object;
}

/** So many results were compared, and so many of them differed. */
async function tell(same: number, different: number, told: Told = {}) {
  const { application, instance, from = 10 * SECOND, to = 0, revision = 1, key = server.serverKey, launch } = told;
  const path = {
    variation: 'dark',
    path: 'candidate',
    role: 'shadow',
    calls: same + different,
    errors: {},
    latency: [],
  };
  const answer = await server.sdk('/events', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      batch: `b-${++names}`,
      application,
      instance,
      launches: [
        {
          flag,
          id: `${revision}.aaaaaaaaaaaa`,
          from: now - from,
          to: now - to,
          paths: [path],
          compared: { ...none, same, different },
          noise: none,
          shed: {},
          clusters: [],
          ...launch,
        },
      ],
    }),
  });
  expect(await answer.json()).toEqual({});
}

const report = (query = '') => server.admin('GET', `${at}/launch${query}`);
async function compared(query = ''): Promise<[number, number]> {
  const { mismatches } = await report(query);
  return [mismatches.count, mismatches.of];
}

describe('a report on a further candidate', () => {
  const shadow = (calls: number) => [
    { variation: 'dark', path: 'candidate', role: 'shadow', calls, errors: {}, latency: [] },
  ];
  const control = { variation: 'dark', path: 'control', role: 'answer', calls: 400, errors: { E: 4 }, latency: [] };
  const other = (name: string, same: number, different: number) => {
    const clusters = different > 0 ? [{ path: `/${name}`, kind: 'value', count: different, samples: [] }] : [];
    return { name, paths: shadow(same + different), compared: { ...none, same, different }, shed: {}, clusters };
  };

  beforeEach(async () => {
    const candidates = [other('vector', 300, 100), other('cached', 400, 0)];
    await tell(399, 1, { launch: { paths: [control, ...shadow(400)], candidates, noise: { ...none, same: 50 } } });
  });

  it('is about it and control alone, and that on the launch about none of them', async () => {
    expect(await compared()).toEqual([1, 400]);
    expect(await compared('?candidate=vector')).toEqual([100, 400]);
    expect(await compared('?candidate=cached')).toEqual([0, 400]);
    expect(await compared('?candidate=none')).toEqual([0, 0]);
    const { paths, clusters, verdict, filter, noise } = await report('?candidate=vector');
    expect(filter.candidate).toBe('vector');
    expect(noise).toMatchObject({ count: 0, of: 50 });
    expect(paths).toMatchObject([
      { path: 'control', calls: 400, errors: { count: 4 } },
      { path: 'candidate', calls: 400 },
    ]);
    expect(clusters).toMatchObject([{ path: '/vector', count: 100 }]);
    expect(verdict.sentence).toMatch(/^Not yet: 25 % of 400 comparisons differ/);
  });

  it('is found by the list of them, in JSON and in words', async () => {
    const figures = [
      { candidate: 'cached', calls: 400, errors: 0, compared: 400, different: 0 },
      { candidate: 'vector', calls: 400, errors: 0, compared: 400, different: 100 },
    ];
    expect((await report()).candidates).toMatchObject(figures);
    expect((await report('?candidate=vector')).candidates).toMatchObject(figures);
    const { body: text } = await server.call('GET', `/api/v1/projects/default/${at}/launch?format=text`);
    expect(text).toMatch(/Further candidates\n[\s\S]*vector +400 +0 % +25 %/);
  });

  it('has room in a row of its own, so that none of them takes any from the launch', async () => {
    const { leftOut } = await report();
    expect(Object.values(leftOut).every((count) => count === 0)).toBe(true);
  });
});

describe('a report on one version', () => {
  beforeEach(async () => {
    await tell(0, 400, { application: 'shop@1.4.1', instance: 'shop-1', from: 20 * SECOND, to: 10 * SECOND });
    await tell(400, 0, { application: 'shop@1.4.2', instance: 'shop-2' });
  });

  it.each([
    ['', [400, 800]],
    ['?application=shop', [400, 800]],
    ['?application=shop@1.4.2', [0, 400]],
    ['?application=shop@1.4.1', [400, 400]],
    ['?version=1.4.2', [0, 400]],
    ['?application=shop&version=1.4.1', [400, 400]],
    ['?application=cart&version=1.4.1', [0, 0]],
    ['?instance=shop-1', [400, 400]],
  ])('%s has %j', async (query, figures) => {
    expect(await compared(query)).toEqual(figures);
  });

  it('says who else has told of it, the newest version first', async () => {
    const { applications, instances, filter } = await report('?version=1.4.2');
    expect(applications).toMatchObject([
      { application: 'shop', version: '1.4.2', calls: 400, compared: 400, different: 0 },
      { application: 'shop', version: '1.4.1', calls: 400, compared: 400, different: 400 },
    ]);
    expect(instances).toMatchObject([
      { instance: 'shop-1', application: 'shop@1.4.1' },
      { instance: 'shop-2', application: 'shop@1.4.2' },
    ]);
    expect(filter).toEqual({ application: null, version: '1.4.2', instance: null, candidate: null });
  });

  it('says of one that has told nothing that it has not, and which is the newest that has', async () => {
    const { verdict } = await report('?version=1.4.3');
    expect(verdict).toMatchObject({
      ready: false,
      sentence: 'Not yet: nothing was observed of version 1.4.3 in this time; the newest that was is shop@1.4.2.',
    });
  });

  it('says in the text what it is of', async () => {
    const { body: text } = await server.call('GET', `/api/v1/projects/default/${at}/launch?format=text&version=1.4.1`);
    expect(text).toMatch(/\n {2}only {4}version 1\.4\.1\n/);
    expect(text).toMatch(/\n {2}shop 1\.4\.2 +400 +0 % +400 +0 %\n {2}shop 1\.4\.1 +400 +0 % +400 +100 %\n/);
  });
});

describe('a report on the time since', () => {
  it('an instant within a minute has nothing of what came before it in that minute', async () => {
    await tell(0, 7, { from: 20 * SECOND, to: 10 * SECOND });
    await tell(5, 0, { from: 10 * SECOND, to: 0 });
    expect(await compared()).toEqual([7, 12]);
    expect(await compared(`?from=${now - 10 * SECOND}`)).toEqual([0, 5]);
    expect(await compared(`?to=${now - 10 * SECOND}`)).toEqual([7, 7]);
  });

  it('an instant counts nothing that was reported in one piece with what came before, and says how much that is', async () => {
    await tell(9, 0, { from: 10 * SECOND, to: 0 });
    const { mismatches, edgeCalls, verdict } = await report(`?from=${now - 5 * SECOND}`);
    expect([mismatches.of, edgeCalls]).toEqual([0, 9]);
    expect(verdict.sentence).toContain('9 calls were reported in one piece with others outside it');
  });

  it('is forgiving about clocks that are a few milliseconds apart', async () => {
    await tell(9, 0, { from: 10 * SECOND, to: 0 });
    expect(await compared(`?from=${now - 10 * SECOND + 20}`)).toEqual([0, 9]);
  });

  it('the last change of the rules has what was decided by them, whenever it was reported', async () => {
    const { revision } = await server.admin('PATCH', `${at}/dials`, { samplePercent: 50 });
    await tell(0, 3, { revision: revision - 1 });
    await tell(4, 0, { revision });
    now += MINUTE;
    await tell(5, 0, { revision: revision + 3 });
    const { mismatches, since } = await report('?from=change');
    expect([mismatches.count, mismatches.of]).toEqual([0, 9]);
    expect(since).toEqual({ revision, at: NOON + 30 * SECOND });
    expect(await compared()).toEqual([3, 12]);
  });
});

describe('a row of before, which says nothing but its minute', () => {
  const before = row({ paths: shadowed(5), compared: comparisons(5) }, { minute: NOON });

  it('belongs to a window that has its whole minute, or as much of it as has passed', async () => {
    expect((await reportOn([before], { from: NOON, to: NOON + MINUTE })).mismatches.of).toBe(5);
    expect((await reportOn([before], { from: NOON, to: NOON + 5 * SECOND })).mismatches.of).toBe(5);
  });

  it('is left out, and counted, where the window begins within it', async () => {
    const { mismatches, edgeCalls } = await reportOn([before], { from: NOON + 20 * SECOND, to: NOON + MINUTE });
    expect([mismatches.of, edgeCalls]).toEqual([0, 10]);
  });

  it('is of nobody who is asked for by name', async () => {
    const asked = { from: NOON, to: NOON + MINUTE, filter: { version: '1' } };
    expect((await reportOn([before], asked)).mismatches.of).toBe(0);
  });
});

describe('what is asked for', () => {
  it.each([
    ['applicaton=shop', '"applicaton" is not a field here.'],
    ['version=', '"version" must have at least 1 characters.'],
    ['audience=everybody', '"audience" is not one of the values it may have.'],
    ['from=changed', '"changed" is not an instant.'],
  ])('and is not understood (%s) is refused, not passed over', async (query, message) => {
    const { status, body } = await server.call('GET', `/api/v1/projects/default/${at}/launch?${query}`);
    expect([status, body.error.message]).toEqual([400, message]);
    expect(body.error.code).toMatch(/^(QUERY|INSTANT)_INVALID$/);
  });
});

describe('who tells', () => {
  it('is whom a relay names, which passes on what others tell', async () => {
    const launch = { application: 'shop@2', instance: 'shop-7' };
    await tell(3, 0, { application: 'relay', instance: 'relay-1', launch });
    expect(await compared('?application=shop')).toEqual([0, 3]);
    expect(await compared('?instance=relay-1')).toEqual([0, 0]);
  });

  it('is not named of pages, each of which has a name of its own', async () => {
    await tell(3, 0, { application: 'page@1', instance: 'web-1', key: server.browserKey });
    const { instances, applications } = await report();
    expect(instances).toMatchObject([{ instance: null, application: 'page@1', calls: 3 }]);
    expect(applications).toMatchObject([{ application: 'page', version: '1' }]);
  });

  it('is kept apart up to a number, and beyond it counted as (other)', async () => {
    for (let each = 0; each < 60; each += 1) {
      await tell(1, 0, { application: `app-${each}@1`, instance: `i-${each}` });
    }
    const { applications, instances } = await report();
    const sum = (list: readonly { calls: number }[]) => list.reduce((total, { calls }) => total + calls, 0);
    expect([sum(applications), sum(instances)]).toEqual([60, 60]);
    expect(applications.length).toBeLessThan(30);
    expect(applications.some(({ application }: { application: string }) => application === '(other)')).toBe(true);
  });
});
