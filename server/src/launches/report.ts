import type { Audience } from '@dimmer/core';
import type { StoredDials } from '../documents/dials.ts';
import type { FlagBody } from '../documents/flag.ts';
import type { TargetingBody } from '../documents/targeting.ts';
import { differenceOf, type Rate, type RateDifference, rateOf } from './intervals.ts';
import type { LaunchMinute } from './launch-store.ts';
import type { Cluster } from './launch-summary.ts';
import { Observed } from './observed.ts';
import { type PathReport, type Quantiles, reportOnPath } from './path-report.ts';
import type { LeftOut } from './room.ts';
import { judge, type Verdict } from './verdict.ts';

/** Points of the series at most; a longer window has points of several minutes. */
const POINTS_SHOWN = 1_500;
const MINUTE_MS = 60_000;

/** Clusters shown; those behind them are in their sum. */
const CLUSTERS_SHOWN = 20;

/** Old against new, under the same circumstances. */
export interface PathComparison {
  /** Where both were observed; `live` may be compared to those who were `off` at the same time. */
  readonly variation: string;
  readonly operation: 'read' | 'write' | null;
  readonly control: PathReport;
  readonly candidate: PathReport;
  /** Candidate's error rate less control's. */
  readonly errors: RateDifference;
  /** Candidate's latency less control's, ms, and how many times as long it takes; null if one is not known. */
  readonly latencyMs: Quantiles | null;
  readonly latencyRatio: Quantiles | null;
}

export interface LaunchReport {
  readonly flag: string;
  readonly type: 'launch' | 'migration';
  readonly environment: string;
  /** Ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** Who gets what now, where no rule matches. */
  readonly on: boolean;
  readonly shares: readonly { readonly variation: string; readonly percent: number }[];
  readonly rules: number;
  /** Who has killed it here, and why; null if nobody has. */
  readonly killed: { readonly by: string; readonly at: number; readonly reason: string } | null;
  readonly dials: StoredDials;
  readonly verdict: Verdict;
  readonly paths: readonly PathReport[];
  readonly comparisons: readonly PathComparison[];
  /** Results that differ, of those that were compared. */
  readonly mismatches: Rate;
  /** The same of control against itself. `of` is 0 if it was never run twice. */
  readonly noise: Rate;
  /** Mismatches less noise. */
  readonly excess: RateDifference;
  /** Compared, and different only where that is allowed. */
  readonly ignored: number;
  /** Not compared: too large, or the comparison threw. */
  readonly failed: number;
  /** `audience`: by whose word there are such differences. */
  readonly clusters: readonly (Cluster & { readonly share: number; readonly audience: Audience | 'all' })[];
  /** Shadows that did not run, by cause; `share` of all that were wanted. */
  readonly shed: readonly { readonly cause: string; readonly count: number; readonly share: number }[];
  readonly shadows: number;
  /** Whose word the figures are: of both, unless one was asked for. */
  readonly audience: Audience | 'all';
  /** Calls by whose word they are. Whoever has a browser key can make up figures of browsers. */
  readonly audiences: { readonly server: number; readonly browser: number };
  /** What of the window was left out for want of room: the figures are without it. */
  readonly leftOut: Required<LeftOut>;
  /** From point to point of `minutes`. */
  readonly stepMs: number;
  readonly minutes: readonly {
    readonly minute: number;
    readonly calls: number;
    readonly errors: number;
    readonly compared: number;
    readonly different: number;
  }[];
}

interface Subject {
  readonly flag: FlagBody;
  readonly targeting: TargetingBody;
  readonly environment: string;
  readonly from: number;
  readonly to: number;
  /** Only what servers, or only what browsers, say. */
  readonly audience: Audience | 'all';
}

/** Puts a report together from all that was observed within its window. */
export async function makeReport(subject: Subject, observed: AsyncIterable<LaunchMinute>): Promise<LaunchReport> {
  const total = new Observed();
  const audiences = { server: 0, browser: 0 };
  const clusterAudiences = new Map<string, Audience | 'all'>();
  const stepMs = Math.ceil((subject.to - subject.from) / MINUTE_MS / POINTS_SHOWN) * MINUTE_MS;
  const minutes = new Map<
    number,
    { minute: number; calls: number; errors: number; compared: number; different: number }
  >();
  for await (const { minute: began, audience, observation } of observed) {
    for (const { calls, role } of observation.paths) if (role !== 'noise') audiences[audience] += calls;
    if (subject.audience !== 'all' && subject.audience !== audience) continue;
    total.add(observation);
    for (const cluster of observation.clusters) {
      const key = clusterKey(cluster);
      const whose = clusterAudiences.get(key) ?? audience;
      clusterAudiences.set(key, whose === audience ? audience : 'all');
    }
    const minute = began - (began % stepMs);
    const point = minutes.get(minute) ?? { minute, calls: 0, errors: 0, compared: 0, different: 0 };
    for (const { calls, errors, role } of observation.paths) {
      if (role === 'noise') continue;
      point.calls += calls;
      point.errors += Object.values(errors).reduce((sum, count) => sum + count, 0);
    }
    const { same, different, ignored } = observation.compared;
    point.compared += same + different + ignored;
    point.different += different;
    minutes.set(minute, point);
  }

  const { flag, targeting } = subject;
  const paths = [...total.paths.values()].map(reportOnPath);
  const { compared, noise } = total;
  const mismatches = rateOf(compared.different, compared.same + compared.different + compared.ignored);
  const noiseRate = rateOf(noise.different, noise.same + noise.different + noise.ignored);
  const clustered = [...total.clusters.values()].reduce((sum, { count }) => sum + count, 0);
  const shadows = paths.filter(({ role, operation }) => role === 'shadow' && operation !== 'write');
  const ran = shadows.reduce((sum, { calls }) => sum + calls, 0);
  const shedCount = [...total.shed.values()].reduce((sum, count) => sum + count, 0);
  const report: Omit<LaunchReport, 'verdict'> = {
    ...{ flag: flag.key, type: flag.type === 'migration' ? 'migration' : 'launch' },
    ...{ environment: subject.environment, from: subject.from, to: subject.to },
    ...{ on: targeting.on, rules: targeting.rules.length, dials: targeting.dials ?? {} },
    ...{ shares: sharesOf(targeting), killed: targeting.killed ?? null, audience: subject.audience, stepMs },
    paths,
    comparisons: comparePaths(paths),
    mismatches,
    noise: noiseRate,
    excess: differenceOf(mismatches, noiseRate.rate === null ? NO_NOISE : noiseRate),
    ignored: compared.ignored,
    failed: compared.failed,
    clusters: [...total.clusters.values()]
      .sort((one, other) => other.count - one.count)
      .slice(0, CLUSTERS_SHOWN)
      .map((cluster) => ({
        ...cluster,
        share: cluster.count / Math.max(1, compared.different, clustered),
        audience: clusterAudiences.get(clusterKey(cluster)) ?? 'all',
      })),
    shadows: ran,
    shed: [...total.shed]
      .map(([cause, count]) => ({ cause, count, share: count / Math.max(1, ran + shedCount) }))
      .sort((one, other) => other.count - one.count),
    audiences,
    leftOut: { ...NOTHING_LEFT_OUT, ...total.left },
    minutes: [...minutes.values()],
  };
  return { ...report, verdict: judge(report) };
}

const NOTHING_LEFT_OUT = { summaries: 0, calls: 0, times: 0, units: 0, samples: 0 } as const;

function clusterKey({ path, kind }: Pick<Cluster, 'path' | 'kind'>): string {
  return `${kind} ${path}`;
}

/** What is taken for the noise where none was measured: none, known exactly. */
const NO_NOISE: Rate = { count: 0, of: 1, rate: 0, low: 0, high: 0 };

function sharesOf({ on, off, fallthrough }: TargetingBody): LaunchReport['shares'] {
  if (!on) return [{ variation: off, percent: 100 }];
  if ('variation' in fallthrough) return [{ variation: fallthrough.variation, percent: 100 }];
  const parts = new Map<string, number>();
  for (const slice of fallthrough.slices) parts.set(slice.variation, (parts.get(slice.variation) ?? 0) + slice.parts);
  return [...parts].map(([variation, sum]) => ({ variation, percent: sum / 1_000 }));
}

/**
 * Pairs control and candidate as fairly as can be: both at one stage, where one is the shadow of the other and meets the
 * same calls; else those who are live against those who are off meanwhile.
 */
function comparePaths(paths: readonly PathReport[]): PathComparison[] {
  const pairs: PathComparison[] = [];
  for (const candidate of paths) {
    if (candidate.path !== 'candidate' || (candidate.role !== 'answer' && candidate.role !== 'shadow')) continue;
    const others = paths.filter(({ path, operation }) => path === 'control' && operation === candidate.operation);
    const beside = others.find(
      ({ variation, role }) => variation === candidate.variation && (role === 'answer' || role === 'shadow'),
    );
    const control = beside ?? others.find(({ role, variation }) => role === 'answer' && variation === 'off');
    if (control) pairs.push(compare(control, candidate));
  }
  return pairs;
}

function compare(control: PathReport, candidate: PathReport): PathComparison {
  const [one, other] = [control.latencyMs, candidate.latencyMs];
  return {
    ...{ variation: candidate.variation, operation: candidate.operation, control, candidate },
    errors: differenceOf(candidate.errors, control.errors),
    latencyMs: one && other && { p50: other.p50 - one.p50, p95: other.p95 - one.p95, p99: other.p99 - one.p99 },
    latencyRatio: one && other && { p50: other.p50 / one.p50, p95: other.p95 / one.p95, p99: other.p99 / one.p99 },
  };
}
