import { bucketOf, middleOf } from '@dimmer/core/histogram';
import { describe, expect, it } from 'vitest';
import { launchSummary } from '../../src/launches/launch-summary.ts';
import { Metrics } from '../../src/metrics/metrics.ts';

const none = { same: 0, different: 0, ignored: 0, failed: 0 };
const scope = { project: 'shop', environment: 'production', audience: 'server' } as const;

function summary(flag: string, more: object = {}) {
  return launchSummary.parse({
    flag,
    id: '1.aaaaaaaaaaaa',
    from: 1,
    to: 2,
    compared: none,
    noise: none,
    shed: {},
    clusters: [],
    paths: [{ variation: 'dark', path: 'control', role: 'answer', calls: 2, errors: {}, latency: [], ...more }],
  });
}

/** The lines that are about launches, without comments. */
async function linesOf(metrics: Metrics): Promise<string[]> {
  return (await metrics.text()).split('\n').filter((line) => line.startsWith('dimmer_launch'));
}

describe('launches on /metrics', () => {
  it('have their times as a histogram that Prometheus knows as one', async () => {
    const metrics = new Metrics();
    const [fast, slow] = [bucketOf(2), bucketOf(700)];
    for (let each = 0; each < 2; each += 1) {
      metrics.launches.observed(scope, summary('prices', { calls: 10, latency: [fast, 9, slow, 1] }));
    }
    const text = await metrics.text();
    expect(text).toContain('# TYPE dimmer_launch_duration_seconds histogram\n');
    const labels =
      'project="shop",environment="production",flag="prices",audience="server",path="control",role="answer"';
    const sum = (18 * middleOf(fast) + 2 * middleOf(slow)) / 1_000;
    expect(text).toContain(`dimmer_launch_duration_seconds_bucket{${labels},le="0.001"} 0\n`);
    expect(text).toContain(`dimmer_launch_duration_seconds_bucket{${labels},le="0.0025"} 18\n`);
    expect(text).toContain(`dimmer_launch_duration_seconds_bucket{${labels},le="0.5"} 18\n`);
    expect(text).toContain(`dimmer_launch_duration_seconds_bucket{${labels},le="1"} 20\n`);
    expect(text).toContain(`dimmer_launch_duration_seconds_bucket{${labels},le="+Inf"} 20\n`);
    expect(text).toContain(`dimmer_launch_duration_seconds_count{${labels}} 20\n`);
    const shown = Number(/_seconds_sum\{[^}]*\} (\S+)/.exec(text)?.[1]);
    expect(shown).toBeCloseTo(sum, 9);
  });

  it('say how many shadows are let in, while a launch is held, and nothing of it otherwise', async () => {
    const metrics = new Metrics();
    let held = [{ project: 'shop', environment: 'production', flag: 'prices', sharePercent: 2.5 }];
    metrics.launches.watch(() => held);
    expect(await linesOf(metrics)).toEqual([
      'dimmer_launch_held_percent{project="shop",environment="production",flag="prices",audience="server"} 2.5',
    ]);
    held = [];
    expect(await linesOf(metrics)).toEqual([]);
  });

  it('tell what servers say from what browsers say', async () => {
    const metrics = new Metrics();
    metrics.launches.observed(scope, summary('prices'));
    metrics.launches.observed({ ...scope, audience: 'browser' }, summary('prices', { calls: 1e12 }));
    const calls = (await linesOf(metrics)).filter((line) => line.startsWith('dimmer_launch_calls_total'));
    expect(calls.map((line) => [/audience="(\w+)"/.exec(line)?.[1], Number(line.split(' ').at(-1))])).toEqual([
      ['server', 2],
      ['browser', 1e12],
    ]);
  });

  it('have no more than 200 names, whatever the number of flags, environments and projects', async () => {
    const metrics = new Metrics();
    for (let each = 0; each < 1_000; each += 1) {
      const where = { ...scope, project: `project-${each}`, environment: `environment-${each}` };
      metrics.launches.observed(where, summary(`flag-${each}`));
    }
    const calls = (await linesOf(metrics)).filter((line) => line.startsWith('dimmer_launch_calls_total'));
    expect(calls).toHaveLength(201);
    expect(calls.at(-1)).toBe(
      'dimmer_launch_calls_total{project="(other)",environment="(other)",flag="(other)",audience="server",path="control",role="answer"} 1600',
    );
  });

  it('count calls that hang, and how often shadows were stopped because callers were slower', async () => {
    const metrics = new Metrics();
    const switchback = {
      worse: 9,
      better: 1,
      with: [],
      without: [],
      sharePercent: 0,
      stops: 2,
      harmedAtPercent: 8,
    };
    metrics.launches.observed(scope, { ...summary('prices', { hanging: 3 }), switchback, shed: { held: 5, harm: 7 } });
    const lines = await linesOf(metrics);
    const about = 'project="shop",environment="production",flag="prices",audience="server"';
    for (const line of [
      `dimmer_launch_hanging_total{${about},path="control",role="answer"} 3`,
      `dimmer_launch_harm_stops_total{${about}} 2`,
      `dimmer_launch_shed_total{${about},cause="held"} 5`,
      `dimmer_launch_shed_total{${about},cause="harm"} 7`,
    ]) {
      expect(lines).toContain(line);
    }
  });

  it('do not name the classes of errors', async () => {
    const metrics = new Metrics();
    metrics.launches.observed(scope, summary('prices', { errors: { ECONNRESET: 1, TypeError: 1 } }));
    const lines = await linesOf(metrics);
    expect(lines.filter((line) => line.startsWith('dimmer_launch_errors_total'))).toHaveLength(1);
    expect(lines.join()).not.toMatch(/ECONNRESET|TypeError/);
  });
});
