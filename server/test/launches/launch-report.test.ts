import { bucketOf } from '@dimmer/core/histogram';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestServer } from '../running-server.ts';

const MINUTE_MS = 60_000;
/** The middle of a minute, so that what is sent within seconds belongs to one. */
let now = Date.UTC(2026, 5, 1, 12, 0, 30);

let server: TestServer;
let batches = 0;
let flags = 0;

beforeAll(async () => {
  server = await TestServer.start({ now: () => now });
});
afterAll(() => server.stop());

/** A launch of its own for each test, dark for everybody. */
async function newLaunch(type: 'launch' | 'migration' = 'launch'): Promise<string> {
  const key = `engine-${++flags}`;
  await server.admin('POST', 'flags', { key, type });
  const where = type === 'launch' ? { dark: 100 } : { stage: 'dual-write' };
  await server.admin('POST', `flags/${key}/environments/production/rollout`, where);
  return key;
}

/** So many calls that all took as long. */
function path(name: 'control' | 'candidate', role: string, calls: number, more: object = {}) {
  const { tookMs = 1, ...rest } = more as { tookMs?: number };
  return {
    variation: 'dark',
    path: name,
    role,
    calls,
    errors: {},
    latency: calls ? [bucketOf(tookMs), calls] : [],
    ...rest,
  };
}

const none = { same: 0, different: 0, ignored: 0, failed: 0 };

function observation(flag: string, more: object = {}) {
  return {
    flag,
    id: '5.aaaaaaaaaaaa',
    from: now - 10_000,
    to: now,
    compared: none,
    noise: none,
    shed: {},
    clusters: [],
    paths: [path('control', 'answer', 1_000), path('candidate', 'shadow', 1_000)],
    ...more,
  };
}

async function send(launches: readonly unknown[], { key = server.serverKey, batch = `b-${++batches}` } = {}) {
  const response = await server.sdk('/events', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ batch, launches }),
  });
  return { status: response.status, body: await response.json() };
}

const reportOf = (flag: string, query = '') =>
  server.admin('GET', `flags/${flag}/environments/production/launch${query}`);

const sample = { control: '12.35', candidate: '12.34', at: 0 };
const clusterAt = (at: string, count: number) => ({ path: at, kind: 'value', count, samples: [sample] });

describe('the report of a launch', () => {
  it('says who gets what, and how both paths did', async () => {
    const flag = await newLaunch();
    await send([
      observation(flag, {
        paths: [
          path('control', 'answer', 990, { tookMs: 2, errors: { RangeError: 9 } }),
          path('candidate', 'shadow', 990, { tookMs: 20, errors: { ECONNRESET: 90, TypeError: 9 } }),
          path('control', 'noise', 10, { tookMs: 2 }),
        ],
      }),
    ]);
    const { shares, on, paths, comparisons } = await reportOf(flag);
    expect({ on, shares }).toEqual({ on: true, shares: [{ variation: 'dark', percent: 100 }] });
    expect(paths).toHaveLength(3);
    expect(comparisons).toHaveLength(1);
    const [{ control, candidate, errors, latencyMs, latencyRatio }] = comparisons;
    expect(control).toMatchObject({ calls: 990, errors: { count: 9 }, errorClasses: { RangeError: 9 } });
    expect(candidate.errors.rate).toBeCloseTo(0.1);
    expect(Object.keys(candidate.errorClasses)).toEqual(['ECONNRESET', 'TypeError']);
    expect(candidate.errors.low).toBeLessThan(0.1);
    expect(candidate.errors.high).toBeGreaterThan(0.1);
    expect(errors.difference).toBeCloseTo(0.0909);
    expect(Math.abs(control.latencyMs.p99 - 2) / 2).toBeLessThanOrEqual(1 / 64);
    expect(latencyRatio.p50).toBeCloseTo(10, 0);
    expect(latencyMs.p99).toBeCloseTo(18, 0);
  });

  it('adds up instances, minutes and audiences, and shows them apart where that matters', async () => {
    const flag = await newLaunch();
    await send([observation(flag)]);
    await send([observation(flag)], { key: server.browserKey });
    now += MINUTE_MS;
    await send([observation(flag, { compared: { ...none, same: 5 } })]);
    const { paths, minutes, audiences } = await reportOf(flag);
    expect(paths.map(({ calls }: { calls: number }) => calls)).toEqual([3_000, 3_000]);
    expect(minutes.map(({ calls, compared }: { calls: number; compared: number }) => [calls, compared])).toEqual([
      [4_000, 0],
      [2_000, 5],
    ]);
    expect(audiences).toEqual({ server: 4_000, browser: 2_000 });
  });

  it('is about its window only', async () => {
    const flag = await newLaunch();
    await send([observation(flag)]);
    const before = now + 1;
    now += 10 * MINUTE_MS;
    await send([observation(flag)]);
    expect((await reportOf(flag)).paths[0].calls).toBe(2_000);
    expect((await reportOf(flag, `?to=${before}`)).paths[0].calls).toBe(1_000);
    expect((await reportOf(flag, `?from=${before + MINUTE_MS}`)).paths[0].calls).toBe(1_000);
  });

  it('survives a restart of the server', async () => {
    const flag = await newLaunch();
    await send([observation(flag)]);
    await server.restart();
    await send([observation(flag)]);
    expect((await reportOf(flag)).paths[0].calls).toBe(2_000);
  });

  it('counts the people who met with errors once, however many instances name them', async () => {
    const flag = await newLaunch();
    const broken = (errorUnits: string[]) =>
      observation(flag, { paths: [path('candidate', 'answer', 10, { errors: { Error: 10 }, errorUnits })] });
    await send([broken(['0000000a', '0000000b']), broken(['0000000b', '0000000c'])]);
    expect((await reportOf(flag)).paths[0].errorUnits).toBe(3);
  });
});

describe('the verdict', () => {
  it('is that nothing was observed, and why', async () => {
    const flag = await newLaunch();
    expect((await reportOf(flag)).verdict).toEqual({
      ready: false,
      sentence:
        'Not yet: nothing was observed in this time, although it is dark for 100 %: no process has called it, no call has ended, or none has been reported.',
      reasons: [{ code: 'NOTHING_OBSERVED', sentence: expect.any(String) }],
    });
    await server.admin('POST', `flags/${flag}/environments/production/toggle`, { on: false });
    expect((await reportOf(flag)).verdict.sentence).toBe('Not yet: it is off here, so nothing runs in the shadow.');
  });

  it('is not yet while too little was compared', async () => {
    const flag = await newLaunch();
    await send([observation(flag, { compared: { ...none, same: 299 } })]);
    expect((await reportOf(flag)).verdict.sentence).toMatch(/^Not yet: only 299 results were compared; 300 without/);
  });

  it('is ready if enough agree', async () => {
    const flag = await newLaunch();
    await send([observation(flag, { compared: { ...none, same: 1_000 } })]);
    expect((await reportOf(flag)).verdict).toEqual({
      ready: true,
      sentence:
        'Ready to go live: none of 1,000 comparisons differs; errors 0 % against 0 %, p99 1.02 ms against 1.02 ms.',
      reasons: [],
    });
  });

  it('is not yet if results differ more than control differs from itself, and says where', async () => {
    const flag = await newLaunch();
    const compared = { same: 969, different: 31, ignored: 0, failed: 0 };
    const noise = { ...none, same: 998, different: 2 };
    await send([observation(flag, { compared, noise, clusters: [clusterAt('/total', 30), clusterAt('/tax', 1)] })]);
    const { verdict, clusters } = await reportOf(flag);
    expect(verdict.sentence).toBe(
      'Not yet: 3.1 % of 1,000 comparisons differ, and control differs from itself in 0.2 %; most at /total (96.8 % of them).',
    );
    expect(clusters[0]).toEqual({ ...clusterAt('/total', 30), audience: 'server', share: 30 / 31 });
  });

  it('is not yet if control was run twice too seldom to say how often it differs from itself', async () => {
    const flag = await newLaunch();
    const compared = { ...none, same: 900, different: 100 };
    await send([observation(flag, { compared, noise: { ...none, same: 10 } })]);
    expect((await reportOf(flag)).verdict.sentence).toBe(
      'Not yet: 10 % of 1,000 comparisons differ, and control differs from itself in 0 % of 10 second runs, too few to excuse that.',
    );
  });

  it('is ready if they differ no more than that', async () => {
    const flag = await newLaunch();
    const compared = { ...none, same: 9_969, different: 31 };
    const noise = { ...none, same: 997, different: 3 };
    await send([observation(flag, { compared, noise })]);
    expect((await reportOf(flag)).verdict).toMatchObject({
      ready: true,
      sentence: expect.stringContaining(
        '0.31 % of 10,000 comparisons differ, no more than control from itself (0.3 % of 1,000)',
      ),
    });
  });

  it.each([
    [
      'FAILING',
      { paths: [path('control', 'answer', 1_000), path('candidate', 'shadow', 1_000, { errors: { ETIMEDOUT: 20 } })] },
      /fails in 2 % of 1,000 calls, control in 0 %; most with ETIMEDOUT/,
    ],
    [
      'SLOWER',
      { paths: [path('control', 'answer', 1_000, { tookMs: 10 }), path('candidate', 'shadow', 1_000, { tookMs: 30 })] },
      /is slower: its p99 is 30\.\d ms, control's 1?0?9?\.?\d* ?m?s?/,
    ],
    [
      'SHED',
      { shed: { lag: 3_000, sample: 9_000 } },
      /75 % of 4,000 shadows were shed to protect the callers \(lag 3,000\)/,
    ],
  ])('is not yet: %s', async (code, more, words) => {
    const flag = await newLaunch();
    await send([observation(flag, { compared: { ...none, same: 1_000 }, ...more })]);
    const { verdict } = await reportOf(flag);
    expect(verdict.ready).toBe(false);
    expect(verdict.reasons.map((reason: { code: string }) => reason.code)).toEqual([code]);
    expect(verdict.sentence).toMatch(words);
  });

  it('does not take a few milliseconds, or a few calls, for slower', async () => {
    const flag = await newLaunch();
    const compared = { ...none, same: 1_000 };
    const paths = [
      path('control', 'answer', 1_000, { tookMs: 0.1 }),
      path('candidate', 'shadow', 1_000, { tookMs: 0.9 }),
    ];
    await send([observation(flag, { compared, paths })]);
    expect((await reportOf(flag)).verdict.ready).toBe(true);
  });

  it('compares those who are live to those who are off', async () => {
    const flag = await newLaunch();
    const paths = [
      { ...path('control', 'answer', 900), variation: 'off' },
      { ...path('candidate', 'answer', 100, { errors: { Error: 10 } }), variation: 'live' },
    ];
    await send([observation(flag, { paths, compared: { ...none, same: 1_000 } })]);
    expect((await reportOf(flag)).verdict.reasons[0].code).toBe('FAILING');
  });
});

describe('what SDKs say', () => {
  it('is counted once, however often it is sent', async () => {
    const flag = await newLaunch();
    for (let time = 0; time < 3; time++) await send([observation(flag)], { batch: `same-${flag}` });
    expect((await reportOf(flag)).paths[0].calls).toBe(1_000);
  });

  it.each([
    ['from the future', 24 * 60 * MINUTE_MS],
    ['from a week ago', -7 * 24 * 60 * MINUTE_MS],
  ])('is counted at the present if it comes %s', async (_, offsetMs) => {
    const flag = await newLaunch();
    await send([observation(flag, { from: now + offsetMs - 1, to: now + offsetMs })]);
    expect((await reportOf(flag)).paths[0].calls).toBe(1_000);
  });

  it.each([
    ['a flag that is not there', { flag: 'no-such-flag' }, /no launch or migration "no-such-flag"/],
    [
      'more errors than calls',
      { paths: [path('control', 'answer', 1, { errors: { A: 2 } })] },
      /more errors than calls/,
    ],
    [
      'more times than calls',
      { paths: [{ ...path('control', 'answer', 1), latency: [1, 2] }] },
      /more times than calls/,
    ],
    [
      'buckets out of order',
      { paths: [{ ...path('control', 'answer', 5), latency: [2, 1, 1, 1] }] },
      /bucket and count/,
    ],
    [
      'a bucket that there is not',
      { paths: [{ ...path('control', 'answer', 5), latency: [1_024, 1] }] },
      /bucket and count/,
    ],
    ['absurd counts', { compared: { ...none, same: 1e300 } }, /./],
    ['a time that goes back', { from: 5, to: 4 }, /must not be after/],
    ['names of people', { paths: [path('control', 'answer', 1, { errorUnits: ['ann@example.com'] })] }, /./],
    ['too many clusters', { clusters: Array.from({ length: 21 }, (_, i) => clusterAt(`/${i}`, 1)) }, /./],
    [
      'a sample as long as a book',
      { clusters: [{ ...clusterAt('/a', 1), samples: [{ ...sample, control: 'x'.repeat(501) }] }] },
      /./,
    ],
    ['nothing', null, /./],
  ])('is refused with a reason, and the rest of the batch taken, if it has %s', async (_, wrong, message) => {
    const flag = await newLaunch();
    const answer = await send([wrong && observation(flag, wrong), observation(flag)]);
    expect(answer).toEqual({
      status: 202,
      body: { refused: [{ path: 'launches[0]', message: expect.stringMatching(message) }] },
    });
    expect((await reportOf(flag)).paths[0].calls).toBe(1_000);
  });

  it('is taken although this server does not know every word of it', async () => {
    const flag = await newLaunch();
    const paths = [path('control', 'rehearsal', 10)];
    expect(await send([observation(flag, { paths, shed: { moonPhase: 3 }, invention: true })])).toEqual({
      status: 202,
      body: {},
    });
    expect((await reportOf(flag)).shed).toMatchObject([{ cause: 'moonPhase', count: 3 }]);
    expect(
      await server.metric(
        `dimmer_launch_shed_total{project="default",environment="production",flag="${flag}",audience="server",cause="(other)"}`,
      ),
    ).toBe(3);
  });

  it('is too much beyond 20 launches in a batch', async () => {
    const flag = await newLaunch();
    expect((await send(Array.from({ length: 21 }, () => observation(flag)))).status).toBe(413);
  });

  it('goes to the environment of its key, whatever flag it names', async () => {
    const flag = await newLaunch();
    await send([observation(flag)]);
    expect((await server.admin('GET', `flags/${flag}/environments/staging/launch`)).paths).toEqual([]);
  });

  it('cannot smuggle line breaks or a change of direction into a sample', async () => {
    const flag = await newLaunch();
    const samples = [{ ...sample, control: 'a\nb\u202ec' }];
    await send([observation(flag, { clusters: [{ ...clusterAt('/a', 1), samples }] })]);
    expect((await reportOf(flag)).clusters[0].samples[0].control).toBe('a b c');
  });
});

describe('asking for a report', () => {
  it.each([
    ['no-such-flag', '', 404, 'FLAG_NOT_FOUND'],
    ['boolean-flag', '', 422, 'FLAG_TYPE_WRONG'],
    ['a-launch', '?from=yesterday', 400, 'INSTANT_INVALID'],
    ['a-launch', '?from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z', 400, 'QUERY_INVALID'],
    ['a-launch', '?from=20&to=10', 400, 'QUERY_INVALID'],
  ])('of %s%s is answered %i %s', async (flag, query, status, code) => {
    await server.call('POST', '/api/v1/projects/default/flags', { key: 'boolean-flag' });
    await server.call('POST', '/api/v1/projects/default/flags', { key: 'a-launch', type: 'launch' });
    const answer = await server.call(
      'GET',
      `/api/v1/projects/default/flags/${flag}/environments/production/launch${query}`,
    );
    expect([answer.status, answer.body.error?.code]).toEqual([status, code]);
  });

  it('as text gives what a person reads in a terminal', async () => {
    const flag = await newLaunch();
    await server.admin('PATCH', `flags/${flag}/environments/production/dials`, { ignore: ['/servedBy'] });
    await send([
      observation(flag, {
        paths: [
          path('control', 'answer', 1_000, { tookMs: 2 }),
          path('candidate', 'shadow', 900, { tookMs: 3, errors: { TypeError: 1 } }),
        ],
        compared: { same: 800, different: 90, ignored: 9, failed: 1 },
        noise: { ...none, same: 10 },
        clusters: [clusterAt('/lines/*/price', 90)],
        shed: { lag: 100 },
      }),
    ]);
    const address = `/api/v1/projects/default/flags/${flag}/environments/production/launch?format=text`;
    const { headers, body: text } = await server.call('GET', address);
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    for (const words of [
      'Not yet: 10 % of 899',
      'dark: control',
      'dark: candidate (shadow)',
      '/lines/*/price',
      'control    12.35',
      'candidate  12.34',
      'ignore /servedBy',
      'lag',
    ]) {
      expect(text).toContain(words);
    }
    expect(Math.max(...text.split('\n').map((line: string) => line.length))).toBeLessThan(120);
  });

  it('is also possible by Prometheus', async () => {
    const flag = await newLaunch();
    await send([observation(flag, { compared: { ...none, same: 7, different: 1 } })]);
    const of = `project="default",environment="production",flag="${flag}",audience="server"`;
    await vi.waitFor(async () =>
      expect(await server.metric(`dimmer_launch_calls_total{${of},path="candidate",role="shadow"}`)).toBe(1_000),
    );
    expect(await server.metric(`dimmer_launch_compared_total{${of},with="candidate",outcome="different"}`)).toBe(1);
    expect(
      await server.metric(`dimmer_launch_duration_seconds_bucket{${of},path="control",role="answer",le="0.0025"}`),
    ).toBe(1_000);
    expect(
      await server.metric(`dimmer_launch_duration_seconds_bucket{${of},path="control",role="answer",le="+Inf"}`),
    ).toBe(1_000);
  });
});
