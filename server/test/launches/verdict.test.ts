import { bucketOf } from '@dimmer/core/histogram';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestServer } from '../running-server.ts';

const MINUTE = 60_000;
const now = Date.UTC(2026, 5, 1, 12, 0, 30);
const none = { same: 0, different: 0, ignored: 0, failed: 0 };

let server: TestServer;
let names = 0;

beforeAll(async () => {
  server = await TestServer.start({ now: () => now });
});
afterAll(() => server.stop());

/** A launch at a rollout of its own, and the address of what can be asked and done about it. */
async function launchAt(rollout: object, type = 'launch'): Promise<{ flag: string; at: string }> {
  const flag = `engine-${++names}`;
  await server.admin('POST', 'flags', { key: flag, type });
  await server.admin('POST', `flags/${flag}/environments/production/rollout`, rollout);
  return { flag, at: `flags/${flag}/environments/production` };
}

interface Spoken {
  readonly key?: string;
  readonly to?: number;
}

async function observe(flag: string, observed: object, { key = server.serverKey, to = now }: Spoken = {}) {
  const response = await server.sdk('/events', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      batch: `batch-${++names}`,
      launches: [
        {
          flag,
          id: '5.aaaaaaaaaaaa',
          from: to - 10_000,
          to,
          compared: none,
          noise: none,
          shed: {},
          clusters: [],
          paths: [],
          ...observed,
        },
      ],
    }),
  });
  expect(await response.json()).toEqual({});
}

const path = (variation: string, name: 'control' | 'candidate', calls: number, more: object = {}) => ({
  variation,
  path: name,
  role: name === 'control' || variation === 'live' ? 'answer' : 'shadow',
  calls,
  errors: {},
  latency: [bucketOf(2), calls],
  ...more,
});
const both = (calls: number) => [path('dark', 'control', calls), path('dark', 'candidate', calls)];
const cluster = (at: string, count: number) => ({ path: at, kind: 'value', count, samples: [] });

async function verdictOn(rollout: object, observed: object | null, acts: readonly [string, object][] = []) {
  const { flag, at } = await launchAt(rollout);
  for (const [act, body] of acts) await server.admin('POST', `${at}/${act}`, body);
  if (observed) await observe(flag, observed);
  const { verdict } = await server.admin('GET', `${at}/launch`);
  return { ...verdict, codes: verdict.reasons.map(({ code }: { code: string }) => code) };
}

describe('where nothing was compared, the verdict says why', () => {
  it.each([
    [
      'all were shed',
      { paths: [path('dark', 'control', 5_000)], shed: { heap: 4_000, lag: 1_000 } },
      'Not yet: none of 5,000 shadows has run: all were shed, most for "heap".',
    ],
    [
      'none is in the sample',
      { paths: [path('dark', 'control', 5_000)], shed: { sample: 5_000 } },
      'Not yet: none of 5,000 shadows has run: all were shed, most for "sample".',
    ],
  ])('%s', async (_, observed, sentence) => {
    expect(await verdictOn({ dark: 100 }, observed)).toMatchObject({ sentence, codes: ['NOTHING_OBSERVED'] });
  });

  it('everybody is off, by the rollout', async () => {
    expect(await verdictOn({ dark: 0 }, { paths: [path('off', 'control', 50)] })).toMatchObject({
      ready: false,
      sentence: 'Not yet: everybody is served off, so nothing runs in the shadow.',
    });
  });

  it('what was compared is too little, and how much more is needed', async () => {
    expect(await verdictOn({ dark: 100 }, { paths: both(299), compared: { ...none, same: 299 } })).toMatchObject({
      sentence: expect.stringContaining('299 results were compared; 300 without a difference, so 1 more, would'),
    });
  });
});

describe('the verdict', () => {
  const agreed = { paths: both(5_000), compared: { ...none, same: 5_000 } };

  it('is never that a killed launch is ready', async () => {
    const killed = await verdictOn({ dark: 100 }, agreed, [['kill', { reason: 'double\ncharges' }]]);
    expect(killed).toMatchObject({
      ready: false,
      sentence:
        'Not yet: it was killed by DIMMER_ADMIN_TOKEN (“double charges”). Restore it first, when the reason is over.',
      codes: ['KILLED'],
    });
  });

  it('wants no comparisons of who is live already', async () => {
    const live = await verdictOn({ live: 100 }, { paths: [path('live', 'candidate', 5_000)] });
    expect(live).toMatchObject({
      ready: true,
      sentence:
        'Live for everybody, and nothing stands against it: errors 0 % of 5,000, p99 2.03 ms; there is no control to compare that with, now or before.',
      codes: ['LIVE'],
    });
  });

  it('does not say “everybody” where rules may say otherwise', async () => {
    const rule = { when: [{ attribute: 'plan', operator: 'in', values: ['pro'] }], serve: { variation: 'dark' } };
    const live = await verdictOn({ live: 100 }, { paths: [path('live', 'candidate', 5_000)] }, [['rules', { rule }]]);
    expect(live.sentence).toMatch(/^Live wherever no rule says otherwise, and nothing stands against it: /);
  });

  it('still faults what is live and fails', async () => {
    const live = await verdictOn(
      { live: 100 },
      { paths: [path('off', 'control', 5_000), path('live', 'candidate', 5_000, { errors: { TypeError: 400 } })] },
    );
    expect(live.ready).toBe(false);
    expect(live.sentence).toMatch(/^Live for everybody, but: the candidate fails in 8 % of 5,000 calls/);
  });

  it('names the failure first where results differ because of it', async () => {
    const paths = [path('dark', 'control', 5_000), path('dark', 'candidate', 5_000, { errors: { TypeError: 900 } })];
    const compared = { ...none, same: 4_100, different: 900 };
    const failing = await verdictOn({ dark: 100 }, { paths, compared, clusters: [cluster('(error)', 900)] });
    expect(failing.codes).toEqual(['FAILING', 'DIFFERENT']);
    expect(failing.reasons[1].sentence).toContain('most because one of the two failed (100 % of them)');
  });

  it('needs few second runs of control to see what is plain', async () => {
    const compared = { ...none, same: 800, different: 200 };
    const noise = { ...none, same: 100 };
    const plain = await verdictOn({ dark: 100 }, { paths: both(1_000), compared, noise });
    expect(plain.sentence).toBe('Not yet: 20 % of 1,000 comparisons differ, and control differs from itself in 0 %.');
  });

  it('does not call what is passed over the noise of control, which nobody has measured', async () => {
    const compared = { ...none, same: 9_995, different: 5 };
    expect(await verdictOn({ dark: 100 }, { paths: both(10_000), compared })).toMatchObject({
      ready: true,
      sentence: expect.stringContaining('0.05 % of 10,000 comparisons differ, less than the 0.1 % that is passed over'),
    });
  });

  const withOutliers = (calls: number, outliers: number) => ({
    compared: { ...none, same: calls },
    paths: [
      path('dark', 'control', calls),
      path('dark', 'candidate', calls, { latency: [bucketOf(2), calls - outliers, bucketOf(30), outliers] }),
    ],
  });

  it('is that it cannot tell, of a few slow calls among a few', async () => {
    const doubtful = await verdictOn({ dark: 100 }, withOutliers(350, 8));
    expect(doubtful.codes).toEqual(['TOO_FEW']);
    expect(doubtful.sentence).toMatch(
      /p99 seems to be longer, 30\.\d ms, control's 2\.03 ms, but 350 calls of control/,
    );
  });

  it('does not take the luck of one call more or less for slower', async () => {
    expect((await verdictOn({ dark: 100 }, withOutliers(1_000, 11))).codes).toEqual([]);
    expect((await verdictOn({ dark: 100 }, withOutliers(1_000, 40))).codes).toEqual(['SLOWER']);
  });
});

describe('the figures of the report', () => {
  it('are shares, whatever a liar counts', async () => {
    const { flag, at } = await launchAt({ dark: 100 });
    const compared = { ...none, same: 10, different: 10 };
    await observe(flag, { paths: both(20), compared, clusters: [cluster('/total', 1e12), cluster('/tax', 1)] });
    const { clusters } = await server.admin('GET', `${at}/launch`);
    const shares: number[] = clusters.map(({ share }: { share: number }) => share);
    expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1);
  });

  it('can be had without what browsers say, whose key is public', async () => {
    const { flag, at } = await launchAt({ dark: 100 });
    await observe(flag, { paths: both(1_000), compared: { ...none, same: 1_000 } });
    const lie = { paths: [path('dark', 'candidate', 9_000, { errors: { Lie: 9_000 } })] };
    await observe(flag, lie, { key: server.browserKey });
    const all = await server.admin('GET', `${at}/launch`);
    expect(all).toMatchObject({ audience: 'all', audiences: { server: 2_000, browser: 9_000 } });
    expect(all.verdict.ready).toBe(false);
    const trusted = await server.admin('GET', `${at}/launch?audience=server`);
    expect(trusted).toMatchObject({ audience: 'server', audiences: { server: 2_000, browser: 9_000 } });
    expect(trusted.verdict.ready).toBe(true);
  });

  it('have an interval of the p99, open above while calls are few', async () => {
    const { flag, at } = await launchAt({ dark: 100 });
    await observe(flag, { paths: [path('dark', 'control', 380), path('dark', 'candidate', 381)] });
    const { paths } = await server.admin('GET', `${at}/launch`);
    const of = (name: string) => paths.find((each: { path: string }) => each.path === name).p99IntervalMs;
    expect(of('control')).toEqual({ low: expect.closeTo(2, 1), high: null });
    expect(of('candidate')).toEqual({ low: expect.closeTo(2, 1), high: expect.closeTo(2, 1) });
  });

  it('make a series of 1,500 points at most, of which none is lost', async () => {
    const { flag, at } = await launchAt({ dark: 100 });
    for (let back = 0; back < 20; back += 1) {
      await observe(flag, { paths: both(1) }, { to: now - back * MINUTE });
    }
    const { stepMs, minutes } = await server.admin('GET', `${at}/launch?from=${now - 7 * 24 * 60 * MINUTE}&to=${now}`);
    expect((7 * 24 * 60 * MINUTE) / stepMs).toBeLessThanOrEqual(1_500);
    expect(minutes.length).toBeLessThanOrEqual(Math.ceil(20 / (stepMs / MINUTE)) + 1);
    expect(minutes.reduce((sum: number, { calls }: { calls: number }) => sum + calls, 0)).toBe(40);
    const hour = await server.admin('GET', `${at}/launch`);
    expect([hour.stepMs, hour.minutes.length]).toEqual([MINUTE, 20]);
  });
});

describe('the report as text', () => {
  const get = (at: string, headers: Record<string, string>, query = '') =>
    server.call('GET', `/api/v1/projects/default/${at}/launch${query}`, undefined, headers);

  it.each([
    [{ accept: 'text/plain' }, '', 'text/plain'],
    [{ accept: 'text/plain;q=0.5, application/json' }, '', 'application/json'],
    [{ accept: '*/*' }, '', 'application/json'],
    [{ accept: 'text/plain' }, '?format=json', 'application/json'],
    [{ accept: 'application/json' }, '?format=text', 'text/plain'],
  ])('is what %j with "%s" is answered: %s', async (headers, query, type) => {
    const { at } = await launchAt({ dark: 100 });
    const answer = await get(at, headers, query);
    expect([answer.status, answer.headers.get('content-type')?.split(';')[0]]).toEqual([200, type]);
  });

  it('has seconds in a short window, CPU time where it was measured, and reasons as a list', async () => {
    const { flag, at } = await launchAt({ dark: 100 });
    const slow = { latency: [bucketOf(60), 1_000], cpu: [bucketOf(0.5), 1_000], errors: { TypeError: 100 } };
    await observe(flag, {
      paths: [path('dark', 'control', 1_000), path('dark', 'candidate', 1_000, slow)],
      compared: { ...none, same: 1_000 },
    });
    const { body: text } = await get(at, { accept: 'text/plain' }, `?from=${now - 9_000}&to=${now}`);
    expect(text).toContain('  window  2026-06-01 12:00:21 UTC – 2026-06-01 12:00:30 UTC\n');
    expect(text).toMatch(/ p99 +cpu p50 +cpu p99\n/);
    expect(text).toMatch(/dark: candidate \(shadow\) .* 0\.\d+ ms +0\.\d+ ms\n/);
    expect(text).toMatch(/\n {2}- the candidate is slower: .*\n {4}\S/);
    expect(text).toMatch(/ ms ×29\.\d\n/);
    expect((await get(at, { accept: 'text/plain' })).body).toContain('2026-06-01 11:00 UTC – 2026-06-01 12:00 UTC');
  });

  it('sets the candidate beside control in columns', async () => {
    const { flag, at } = await launchAt({ dark: 100 });
    const slow = path('dark', 'candidate', 1_000, { latency: [bucketOf(4), 1_000], errors: { TypeError: 20 } });
    await observe(flag, { paths: [path('dark', 'control', 1_000), slow], compared: { ...none, same: 1_000 } });
    const { body: text } = await get(at, { accept: 'text/plain' });
    const lines: string[] = text.split('\n');
    const start = lines.indexOf('Candidate against control');
    const [header = '', row = ''] = lines.slice(start + 2);
    expect(row).toMatch(/^ {2}dark {4}\+2 % {2}\+1\.2 % – \+3\.1 % {2}\+2\.03 ms ×2\.00/);
    expect(header.trimEnd()).toHaveLength(row.length);
    expect(lines.filter((line) => line !== line.trimEnd())).toEqual([]);
  });
});
