import { count, ms, percent } from './figures.ts';
import type { LaunchReport, PathComparison } from './report.ts';

/** Compared results without a difference that exclude a rate of 1 % with 95 % confidence: the rule of three. */
const ENOUGH_COMPARED = 300;
/** Second runs of control from which the noise floor is known. */
const ENOUGH_NOISE = 300;
/** Calls of either path without which its 99th percentile is one call's luck. */
const ENOUGH_TIMED = 100;
/** Beyond the noise, a lesser share of mismatches holds nobody up. */
const TOLERATED_MISMATCHES = 0.001;
/** Slower is a p99 that is both so many times as long, and so many ms longer: below that, it is the weather. */
const SLOWER_RATIO = 1.2;
const SLOWER_MS = 1;
/** More shadows shed than run: what is known is known of the quieter half of the time. */
const TOLERATED_SHED = 0.5;
/** What is not run on purpose says nothing of the candidate. */
const ON_PURPOSE = new Set(['sample', 'budget', 'fleet', 'hidden', 'saveData', 'nested', 'closed']);

export type ReasonCode =
  | 'NOTHING_OBSERVED'
  | 'DIFFERENT'
  | 'FAILING'
  | 'SLOWER'
  | 'SHED'
  | 'NOT_COMPARED'
  | 'TOO_FEW'
  | 'LIVE';

/** Whether the candidate may take over, in words. */
export interface Verdict {
  readonly ready: boolean;
  readonly sentence: string;
  /** All that stands against it, the gravest first; or what speaks for it. */
  readonly reasons: readonly { readonly code: ReasonCode; readonly sentence: string }[];
}

type Figures = Omit<LaunchReport, 'verdict'>;
type Reason = Verdict['reasons'][number];

/** The thresholds are the constants above; the statistics are those of `intervals.ts`. */
export function judge(report: Figures): Verdict {
  const reasons = [...different(report), ...failing(report), ...slower(report), ...shed(report), ...tooLittle(report)];
  const isLive = report.on && report.shares.some(({ variation, percent: share }) => isNew(variation) && share === 100);
  const [first] = reasons;
  if (isLive) {
    const sentence = first
      ? `Live for everybody, but: ${first.sentence}`
      : 'Live for everybody, and nothing stands against it.';
    return { ready: first === undefined, sentence, reasons: first ? reasons : [{ code: 'LIVE', sentence }] };
  }
  if (first) return { ready: false, sentence: `Not yet: ${first.sentence}`, reasons };
  return { ready: true, sentence: `Ready to go live: ${praise(report)}`, reasons: [] };
}

/** Stages at which the new code answers. */
function isNew(variation: string): boolean {
  return variation === 'live' || variation === 'ramp-down' || variation === 'complete';
}

function different({ mismatches, noise, excess, clusters }: Figures): Reason[] {
  const { rate } = mismatches;
  if (rate === null || rate - (noise.rate ?? 0) < TOLERATED_MISMATCHES) return [];
  if (noise.of >= ENOUGH_NOISE && excess.low <= 0) return [];
  const floor =
    noise.of === 0
      ? 'control was never run twice, so how often it differs from itself is not known'
      : noise.of < ENOUGH_NOISE
        ? `control was run twice only ${count(noise.of)} times, too seldom to say how often it differs from itself`
        : `control differs from itself in ${percent(noise.rate)}`;
  const [most] = clusters;
  const where = most ? `; most at ${most.path || 'the whole result'} (${percent(most.share)} of them)` : '';
  return [
    {
      code: 'DIFFERENT',
      sentence: `${percent(rate)} of ${count(mismatches.of)} comparisons differ, and ${floor}${where}.`,
    },
  ];
}

function failing({ comparisons }: Figures): Reason[] {
  return comparisons
    .filter(({ errors, candidate }) => errors.low > 0 && candidate.errors.count > 0)
    .map(({ candidate, control }): Reason => {
      const [most] = Object.keys(candidate.errorClasses);
      const sentence = `the candidate fails in ${percent(candidate.errors.rate)} of ${calls(candidate)}, control in ${percent(control.errors.rate)}; most with ${most}.`;
      return { code: 'FAILING', sentence };
    });
}

function slower({ comparisons }: Figures): Reason[] {
  return comparisons.filter(isSlower).map(({ candidate, control, latencyRatio }): Reason => {
    const sentence = `the candidate is slower: its p99 is ${ms(candidate.latencyMs?.p99)}, control's ${ms(control.latencyMs?.p99)} (${latencyRatio?.p99.toFixed(1)} times as long), in ${calls(candidate)}.`;
    return { code: 'SLOWER', sentence };
  });
}

function isSlower({ latencyMs, latencyRatio, control, candidate }: PathComparison): boolean {
  if (!latencyMs || !latencyRatio || Math.min(control.calls, candidate.calls) < ENOUGH_TIMED) return false;
  return latencyRatio.p99 > SLOWER_RATIO && latencyMs.p99 > SLOWER_MS;
}

function shed({ shed: causes, shadows }: Figures): Reason[] {
  const unwanted = causes.filter(({ cause }) => !ON_PURPOSE.has(cause));
  const sum = unwanted.reduce((total, { count: each }) => total + each, 0);
  const share = sum / Math.max(1, sum + shadows);
  const [most] = unwanted;
  if (!most || share <= TOLERATED_SHED) return [];
  const sentence = `${percent(share)} of the shadows were shed to protect the callers, most for "${most.cause}"; what ran may not be typical.`;
  return [{ code: 'SHED', sentence }];
}

function tooLittle({ on, type, paths, mismatches, failed, shares }: Figures): Reason[] {
  if (paths.length === 0) {
    const why = on
      ? `nothing was observed in this time, although it is ${shares.map(({ variation, percent: share }) => `${variation} for ${share} %`).join(', ')}: no process has called it, or none has reported`
      : 'it is off here, so nothing runs in the shadow';
    return [{ code: 'NOTHING_OBSERVED', sentence: `${why}.` }];
  }
  if (mismatches.of >= ENOUGH_COMPARED) return [];
  if (failed > mismatches.of) {
    return [
      {
        code: 'NOT_COMPARED',
        sentence: `${count(failed)} results could not be compared: they are too large to copy, or the comparison throws.`,
      },
    ];
  }
  const stage = type === 'migration' ? 'shadow' : 'dark';
  const sentence = `only ${count(mismatches.of)} results were compared; ${count(ENOUGH_COMPARED)} without a difference exclude that 1 % differ. Let it run at ${stage} for longer, or for more people.`;
  return [{ code: 'TOO_FEW', sentence }];
}

function praise({ mismatches, noise, comparisons }: Figures): string {
  const [pair] = comparisons.filter(({ operation }) => operation !== 'write');
  const differ =
    mismatches.count === 0
      ? `none of ${count(mismatches.of)} comparisons differs`
      : `${percent(mismatches.rate)} of ${count(mismatches.of)} comparisons differ, no more than control from itself (${percent(noise.rate)})`;
  if (!pair?.candidate.latencyMs) return `${differ}.`;
  const { candidate, control } = pair;
  return `${differ}; errors ${percent(candidate.errors.rate)} against ${percent(control.errors.rate)}, p99 ${ms(candidate.latencyMs?.p99)} against ${ms(control.latencyMs?.p99)}.`;
}

function calls({ calls: number, operation }: PathComparison['candidate']): string {
  return `${count(number)} ${operation === null ? 'calls' : `${operation}s`}`;
}
