import { count, ms, percent } from './figures.ts';
import type { Rate } from './intervals.ts';
import { readable } from './launch-summary.ts';
import type { LaunchReport, PathComparison } from './report.ts';

/** Compared results without a difference that exclude a rate of 1 % with 95 % confidence: the rule of three. */
const ENOUGH_COMPARED = 300;
/** Second runs of control from which the noise floor is known. */
const ENOUGH_NOISE = 300;
/** Calls of which the p99 has an interval with an upper end: see `path-report.ts`. */
const ENOUGH_TIMED = 381;
/** Beyond the noise, a lesser share of mismatches holds nobody up. */
const TOLERATED_MISMATCHES = 0.001;
/**
 * Slower is a p99 that is both so many times as long, and so many ms longer: below that, it is the weather. Besides, the
 * intervals of both must lie apart: else it is the luck of a few calls.
 */
const SLOWER_RATIO = 1.2;
const SLOWER_MS = 1;
/** More shadows shed than run: what is known is known of the quieter half of the time. */
const TOLERATED_SHED = 0.5;
/** What SDKs give as the place of a difference where one of the two results is an error. */
const FAILURE = '(error)';
/** What is not run on purpose says nothing of the candidate. */
const ON_PURPOSE = new Set(['sample', 'budget', 'fleet', 'hidden', 'saveData', 'nested', 'closed']);

type ReasonCode =
  | 'KILLED'
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
  const observed = [...different(report), ...failing(report), ...slower(report), ...shed(report)];
  if (report.on && report.shares.every(({ variation }) => isNew(variation))) return judgeLive(report, observed);
  const reasons = [...killed(report), ...observed.sort(bySeverity(report)), ...tooLittle(report)];
  const [first] = reasons;
  if (first) return { ready: false, sentence: `Not yet: ${first.sentence}`, reasons };
  return { ready: true, sentence: `Ready to go live: ${praise(report)}`, reasons: [] };
}

/** Who is live already needs no more comparisons, and mostly makes none. */
function judgeLive(report: Figures, observed: readonly Reason[]): Verdict {
  const who = report.rules > 0 ? 'Live wherever no rule says otherwise' : 'Live for everybody';
  const reasons = report.paths.length > 0 ? observed : nothing(report);
  const [first] = reasons;
  if (first) return { ready: false, sentence: `${who}, but: ${first.sentence}`, reasons };
  const sentence = `${who}, and nothing stands against it.`;
  return { ready: true, sentence, reasons: [{ code: 'LIVE', sentence }] };
}

/** Where results differ mostly because one of them failed, the failure is what to say first. */
function bySeverity({ clusters }: Figures): (one: Reason, other: Reason) => number {
  const first: ReasonCode = clusters[0]?.path === FAILURE ? 'FAILING' : 'DIFFERENT';
  return (one, other) => Number(other.code === first) - Number(one.code === first);
}

/** Stages at which the new code answers. */
function isNew(variation: string): boolean {
  return variation === 'live' || variation === 'ramp-down' || variation === 'complete';
}

function killed({ killed: kill }: Figures): Reason[] {
  if (!kill) return [];
  const sentence = `it was killed by ${readable(kill.by)} (“${readable(kill.reason)}”). Restore it first, when the reason is over.`;
  return [{ code: 'KILLED', sentence }];
}

function different({ mismatches, noise, excess, clusters }: Figures): Reason[] {
  const { rate } = mismatches;
  if (rate === null || rate - (noise.rate ?? 0) < TOLERATED_MISMATCHES) return [];
  // Without noise, the excess is all there is, and its interval says nothing of chance.
  const isBeyondDoubt = noise.of > 0 && excess.low > 0;
  if (noise.of >= ENOUGH_NOISE && !isBeyondDoubt) return [];
  const floor =
    noise.of === 0
      ? 'control was never run twice, so how often it differs from itself is not known'
      : !isBeyondDoubt
        ? `control was run twice only ${count(noise.of)} times, too seldom to say how often it differs from itself`
        : `control differs from itself in ${percent(noise.rate)}`;
  const [most] = clusters;
  const where = most ? `; most ${placeOf(most.path)} (${percent(most.share)} of them)` : '';
  return [
    {
      code: 'DIFFERENT',
      sentence: `${percent(rate)} of ${count(mismatches.of)} comparisons differ, and ${floor}${where}.`,
    },
  ];
}

function placeOf(path: string): string {
  if (path === FAILURE) return 'because one of the two failed';
  return path === '' ? 'as a whole' : `at ${path}`;
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
  return comparisons.filter(looksSlower).flatMap(({ candidate, control, latencyRatio }): Reason[] => {
    const [least, most] = [candidate.p99IntervalMs?.low, control.p99IntervalMs?.high];
    const figures = `${ms(candidate.latencyMs?.p99)}, control's ${ms(control.latencyMs?.p99)}`;
    if (typeof least !== 'number' || typeof most !== 'number') {
      const sentence = `the candidate's p99 seems to be longer, ${figures}, but ${calls(control)} of control are too few to say; ${ENOUGH_TIMED} are not.`;
      return [{ code: 'TOO_FEW', sentence }];
    }
    if (least <= most) return [];
    const sentence = `the candidate is slower: its p99 is ${figures} (${latencyRatio?.p99.toFixed(1)} times as long), in ${calls(candidate)}.`;
    return [{ code: 'SLOWER', sentence }];
  });
}

function looksSlower({ latencyMs, latencyRatio }: PathComparison): boolean {
  return (latencyRatio?.p99 ?? 0) > SLOWER_RATIO && (latencyMs?.p99 ?? 0) > SLOWER_MS;
}

function shed({ shed: causes, shadows }: Figures): Reason[] {
  const unwanted = causes.filter(({ cause }) => !ON_PURPOSE.has(cause));
  const sum = unwanted.reduce((total, { count: each }) => total + each, 0);
  const share = sum / Math.max(1, sum + shadows);
  const [most] = unwanted;
  if (!most || shadows === 0 || share <= TOLERATED_SHED) return [];
  const sentence = `${percent(share)} of the shadows were shed to protect the callers, most for "${most.cause}"; what ran may not be typical.`;
  return [{ code: 'SHED', sentence }];
}

/** Why there is nothing at all to judge by; none if there is. */
function nothing({ on, paths, shares, rules, shed: causes, shadows, mismatches, failed }: Figures): Reason[] {
  const [most] = causes;
  if (shadows + mismatches.of + failed > 0 || (paths.some(({ path }) => path === 'candidate') && !most)) return [];
  const why = (): string | undefined => {
    if (!on) return 'it is off here, so nothing runs in the shadow';
    if (most) {
      const total = causes.reduce((sum, { count: each }) => sum + each, 0);
      return `none of ${count(total)} shadows has run: all were shed, most for "${most.cause}"`;
    }
    if (rules === 0 && shares.every(({ variation }) => variation === 'off')) {
      return 'everybody is served off, so nothing runs in the shadow';
    }
    if (paths.length > 0) return undefined;
    const served = shares.map(({ variation, percent: share }) => `${variation} for ${share} %`).join(', ');
    return `nothing was observed in this time, although it is ${served}: no process has called it, or none has reported`;
  };
  const sentence = why();
  return sentence === undefined ? [] : [{ code: 'NOTHING_OBSERVED', sentence: `${sentence}.` }];
}

function tooLittle(report: Figures): Reason[] {
  const { type, mismatches, failed } = report;
  if (mismatches.of >= ENOUGH_COMPARED) return [];
  const reasons = nothing(report);
  if (reasons.length > 0) return reasons;
  if (failed > mismatches.of) {
    return [
      {
        code: 'NOT_COMPARED',
        sentence: `${count(failed)} results could not be compared: they are too large to copy, or the comparison throws.`,
      },
    ];
  }
  const stage = type === 'migration' ? 'shadow' : 'dark';
  const missing = ENOUGH_COMPARED - mismatches.of;
  const sentence = `only ${count(mismatches.of)} results were compared; ${count(ENOUGH_COMPARED)} without a difference, so ${count(missing)} more, would exclude that 1 % differ. Let it run at ${stage} for longer, or for more people.`;
  return [{ code: 'TOO_FEW', sentence }];
}

function praise({ mismatches, noise, comparisons }: Figures): string {
  const [pair] = comparisons.filter(({ operation }) => operation !== 'write');
  const differ =
    mismatches.count === 0
      ? `none of ${count(mismatches.of)} comparisons differs`
      : `${percent(mismatches.rate)} of ${count(mismatches.of)} comparisons differ, ${excuse(mismatches, noise)}`;
  if (!pair?.candidate.latencyMs) return `${differ}.`;
  const { candidate, control } = pair;
  return `${differ}; errors ${percent(candidate.errors.rate)} against ${percent(control.errors.rate)}, p99 ${ms(candidate.latencyMs?.p99)} against ${ms(control.latencyMs?.p99)}.`;
}

function excuse({ rate }: Rate, noise: Rate): string {
  if ((rate ?? 0) < TOLERATED_MISMATCHES) return `less than the ${percent(TOLERATED_MISMATCHES)} that is passed over`;
  return `no more than control from itself (${percent(noise.rate)})`;
}

function calls({ calls: number, operation }: PathComparison['candidate']): string {
  return `${count(number)} ${operation === null ? 'calls' : `${operation}s`}`;
}
