import type { FlagBody, StoredDials, TargetingBody } from '@dimmer/contract';
import type { Audience } from '@dimmer/core';
import { answersByCandidate } from '@dimmer/core/flag-types';
import { notComparedWords, shedWords } from './causes.ts';
import type { HarmReport } from './harm-report.ts';
import type { Hold } from './hold.ts';
import { differenceOf, type Rate, type RateDifference, rateOf } from './intervals.ts';
import type { LaunchMinute } from './launch-store.ts';
import type { Cluster } from './launch-summary.ts';
import type { Observed } from './observed.ts';
import { comparePaths, isJudged, type PathComparison } from './path-comparison.ts';
import { type PathReport, reportOnPath } from './path-report.ts';
import type { LeftOut } from './room.ts';
import type { SourceFilter } from './source.ts';
import type { ApplicationFigures, CandidateFigures, InstanceFigures } from './source-record.ts';
import { judge, type Verdict } from './verdict.ts';
import { type Point, type Window, WindowRecord } from './window-record.ts';

/** Clusters shown; those behind them are in their sum. */
const CLUSTERS_SHOWN = 20;

/** How many of something there were, by cause, the most first. */
interface CauseCount {
  readonly cause: string;
  /** The cause for people. */
  readonly words: string;
  readonly count: number;
  readonly share: number;
}

export interface LaunchReport {
  readonly flag: string;
  readonly type: 'launch' | 'migration';
  readonly environment: string;
  /** Ms since 1970. */
  readonly from: number;
  readonly to: number;
  /** The last change of the flag's rules here, if that is where the window was asked to begin; else null. */
  readonly since: { readonly revision: number; readonly at: number } | null;
  /** What it was narrowed down to. */
  readonly filter: { readonly [Part in keyof Required<SourceFilter>]: string | null };
  /** Who gets what now, where no rule matches. */
  readonly on: boolean;
  readonly shares: readonly { readonly variation: string; readonly percent: number }[];
  readonly rules: number;
  /** Who has killed it here, and why; null if nobody has. */
  readonly killed: NonNullable<TargetingBody['killed']> | null;
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
  /** Of these: they hold nothing that is not ignored, so nothing is known of them. SDKs of before do not say. */
  readonly ignoredWhole: number;
  /** Not compared. */
  readonly failed: number;
  /** Why those were not; `share` of all results. SDKs of before do not say. */
  readonly notCompared: readonly CauseCount[];
  /** `audience`: who reported these differences. */
  readonly clusters: readonly (Cluster & { readonly share: number; readonly audience: Audience | 'all' })[];
  /** Shadows that did not run, by cause; `share` of all that were wanted. */
  readonly shed: readonly CauseCount[];
  readonly shadows: number;
  /** Whether shadows make callers wait; null: no process has said anything of it. By servers' word, unless browsers' alone was asked for. */
  readonly harm: HarmReport | null;
  /** Whose word the figures are: of both, unless one was asked for. */
  readonly audience: Audience | 'all';
  /** Calls by who reported them. A holder of a browser key can make up figures of browsers. */
  readonly audiences: { readonly server: number; readonly browser: number };
  /** Who has told of it within the window, whatever the report was narrowed down to. */
  readonly applications: readonly ApplicationFigures[];
  readonly instances: readonly InstanceFigures[];
  /** Further candidates that have run within the window, whatever the report was narrowed down to. */
  readonly candidates: readonly CandidateFigures[];
  /** Calls that were reported in one piece with others outside the window: the figures are without them. */
  readonly edgeCalls: number;
  /** What of the window was left out for want of room: the figures are without it. */
  readonly leftOut: Required<LeftOut>;
  /** From point to point of `minutes`. */
  readonly stepMs: number;
  readonly minutes: readonly Point[];
}

export interface Subject extends Window {
  readonly flag: FlagBody;
  readonly targeting: TargetingBody;
  readonly environment: string;
  /** How its shadows are held back at present. */
  readonly hold?: Hold | undefined;
}

/**
 * Puts a report together from all that was observed within its window.
 *
 * @param before reads the time before the window; asked only where the new code answers
 */
export async function makeReport(
  subject: Subject,
  observed: AsyncIterable<LaunchMinute>,
  before?: () => AsyncIterable<LaunchMinute>,
): Promise<LaunchReport> {
  const record = await gather(subject, observed);
  const total = record.total();
  // By whatever version: the old code is the old code.
  const window = { from: Number.NEGATIVE_INFINITY, to: subject.from, audience: subject.audience, filter: {} };
  const earlier = before && lacksControl(total) ? await gather(window, before()) : undefined;
  const figures = figuresOf(subject, record, total, earlier?.total());
  const servers = record.servers && figuresOf(subject, record, record.servers, earlier?.servers ?? earlier?.total());
  return { ...figures, verdict: judge(figures, servers) };
}

/** New code answers, and there is nothing in this window to compare it with. */
function lacksControl({ paths }: Observed): boolean {
  const reports = [...paths.values()].map(reportOnPath);
  const compared = comparePaths(reports).map(({ candidate }) => candidate);
  return reports.some((path) => isJudged(path) && answersByCandidate(path.variation) && !compared.includes(path));
}

async function gather(window: Window, observed: AsyncIterable<LaunchMinute>): Promise<WindowRecord> {
  const record = new WindowRecord(window);
  for await (const row of observed) record.add(row);
  return record;
}

/** @param before what was observed in the time before, if that was asked */
function figuresOf(
  subject: Subject,
  record: WindowRecord,
  observed: Observed,
  before: Observed | undefined,
): Omit<LaunchReport, 'verdict'> {
  const paths = [...observed.paths.values()].map(reportOnPath);
  const { flag, targeting, filter } = subject;
  const { compared, noise } = observed;
  const mismatches = rateOf(compared.different, compared.same + compared.different + compared.ignored);
  const noiseRate = rateOf(noise.different, noise.same + noise.different + noise.ignored);
  const ran = shadowsOf(paths);
  return {
    flag: flag.key,
    type: flag.type === 'migration' ? 'migration' : 'launch',
    environment: subject.environment,
    from: subject.from,
    to: subject.to,
    since: subject.since ?? null,
    filter: {
      application: filter.application ?? null,
      version: filter.version ?? null,
      instance: filter.instance ?? null,
      candidate: filter.candidate ?? null,
    },
    on: targeting.on,
    shares: sharesOf(targeting),
    rules: targeting.rules.length,
    killed: targeting.killed ?? null,
    dials: targeting.dials ?? {},
    paths,
    comparisons: comparePaths(paths, [...(before?.paths.values() ?? [])].map(reportOnPath)),
    mismatches,
    noise: noiseRate,
    excess: differenceOf(mismatches, noiseRate.rate === null ? NO_NOISE : noiseRate),
    ignored: compared.ignored,
    ignoredWhole: Math.min(observed.ignoredWhole, compared.ignored),
    failed: compared.failed,
    notCompared: causeCounts(observed.notCompared, mismatches.of + compared.failed, notComparedWords),
    clusters: clustersOf(record, observed),
    shadows: ran,
    shed: causeCounts(observed.shed, ran + sum([...observed.shed.values()]), shedWords),
    harm: record.harm.report(subject.hold),
    audience: subject.audience,
    audiences: record.audiences,
    applications: record.sources.applications(),
    instances: record.sources.instances(),
    candidates: record.sources.candidates(),
    edgeCalls: record.edgeCalls,
    leftOut: { ...NOTHING_LEFT_OUT, ...observed.left },
    stepMs: record.stepMs,
    minutes: record.points,
  };
}

const NOTHING_LEFT_OUT = { summaries: 0, calls: 0, times: 0, units: 0, samples: 0 } as const;

/** The noise where none was measured: taken as zero, exactly. */
const NO_NOISE: Rate = { count: 0, of: 1, rate: 0, low: 0, high: 0 };

function shadowsOf(paths: readonly PathReport[]): number {
  return sum(
    paths.filter(({ role, operation }) => role === 'shadow' && operation !== 'write').map(({ calls }) => calls),
  );
}

function clustersOf(record: WindowRecord, { clusters, compared }: Observed): LaunchReport['clusters'] {
  const all = [...clusters.values()];
  const clustered = sum(all.map(({ count }) => count));
  return all
    .sort((one, other) => other.count - one.count)
    .slice(0, CLUSTERS_SHOWN)
    .map((cluster) => ({
      ...cluster,
      share: cluster.count / Math.max(1, compared.different, clustered),
      audience: record.audienceOf(cluster),
    }));
}

function causeCounts(
  counts: ReadonlyMap<string, number>,
  of: number,
  wordsFor: (cause: string) => string,
): CauseCount[] {
  return [...counts]
    .map(([cause, count]) => ({ cause, words: wordsFor(cause), count, share: count / Math.max(1, of) }))
    .sort((one, other) => other.count - one.count);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function sharesOf({ on, off, fallthrough }: TargetingBody): LaunchReport['shares'] {
  if (!on) return [{ variation: off, percent: 100 }];
  if ('variation' in fallthrough) return [{ variation: fallthrough.variation, percent: 100 }];
  const parts = new Map<string, number>();
  for (const slice of fallthrough.slices) parts.set(slice.variation, (parts.get(slice.variation) ?? 0) + slice.parts);
  return [...parts].map(([variation, share]) => ({ variation, percent: share / 1_000 }));
}
