/** What the runs of a candidate say against it: that it fails, hangs, is slow, or harms. */
import { answersByCandidate } from '@dimmer/core/flag-types';
import { isBrake } from './causes.ts';
import { count, ms, percent } from './figures.ts';
import { differenceOf, mostBetween, mostOf, rateOf } from './intervals.ts';
import { isJudged, type PathComparison } from './path-comparison.ts';
import type { PathReport, QuantileInterval } from './path-report.ts';
import type { Figures, Reason } from './reason.ts';
import {
  ENOUGH_CALLS,
  ENOUGH_TIMED,
  MOST_FAILING,
  MOST_POSSIBLE,
  MOST_UNKNOWN,
  PASSED_OVER,
  SLOWER_MS,
  SLOWER_RATIO,
} from './thresholds.ts';

/** It fails more often than control; or, where there is no control, more often than ever is well. */
export function failing(report: Figures): Reason[] {
  const beside = report.comparisons
    .filter(({ candidate }) => !isSecondWrite(candidate))
    .flatMap((pair): Reason[] => {
      const { candidate, errors, against } = pair;
      const least = against === 'beside' ? 0 : PASSED_OVER;
      if (candidate.errors.count === 0 || errors.low <= 0 || (errors.difference ?? 0) < least) return [];
      return [
        {
          code: 'FAILING',
          sentence: `${failure(report, candidate)}, control ${failedIn(pair)}${mostFailed(candidate)}.`,
        },
      ];
    });
  const alone = withoutControl(report).flatMap((candidate): Reason[] => {
    if (candidate.errors.low <= MOST_FAILING) return [];
    const sentence = `${failure(report, candidate)}; how often control fails is not known, and more than ${percent(MOST_FAILING)} is never well${mostFailed(candidate)}.`;
    return [{ code: 'FAILING', sentence }];
  });
  return [...alone, ...beside];
}

function failure(report: Figures, candidate: PathReport): string {
  return `the candidate fails in ${percent(candidate.errors.rate)} of ${calls(candidate)}${stageOf(report, candidate)}${caught(report, candidate)}`;
}

/** The stage, where the candidate was seen at several. */
function stageOf({ paths }: Figures, { operation, variation }: PathReport): string {
  const stages = paths.filter((path) => isJudged(path) && path.operation === operation);
  return stages.length > 1 ? ` at ${variation}` : '';
}

function failedIn({ control, against }: PathComparison): string {
  const when = against === 'before' ? ' before' : '';
  return `in ${percent(control.errors.rate)}${when}`;
}

function mostFailed({ errorClasses }: PathReport): string {
  const [most] = Object.keys(errorClasses);
  return most === undefined ? '' : `; most with ${most}`;
}

/** Its callers do not see that it fails, so nobody else will say so. */
function caught({ paths }: Figures, { variation, operation, role }: PathReport): string {
  const fallback = paths.find(
    (path) => path.role === 'fallback' && path.variation === variation && path.operation === operation,
  );
  if (role !== 'answer' || !fallback || fallback.calls === 0) return '';
  const failed = fallback.errors.count > 0 ? `, and failed itself in ${percent(fallback.errors.rate)}` : '';
  return `, where control answered in its stead${failed}`;
}

/** A write to the side that is not authoritative, of which the caller learns nothing. */
function isSecondWrite({ operation, role }: PathReport): boolean {
  return operation === 'write' && role === 'shadow';
}

/** The sides of a migration differ: one failed write is enough, as it says nothing by its share but leaves a stale row. */
export function diverged({ paths }: Figures): Reason[] {
  return paths.filter(isSecondWrite).flatMap((path): Reason[] => {
    const { errors, hanging: hung, calls: ended } = path;
    if (errors.count + hung === 0) return [];
    const side = path.path === 'candidate' ? 'new' : 'old';
    const what = [
      ...(errors.count > 0 ? [`${count(errors.count)} failed`] : []),
      ...(hung > 0 ? [`${count(hung)} had not ended after their time`] : []),
    ].join(' and ');
    const sentence = `of ${count(ended + hung)} writes to the ${side} side ${what}, so what they wrote may be missing there${mostFailed(path)}. Copy it again.`;
    return [{ code: 'DIVERGED', sentence }];
  });
}

/** Candidates that answer while no control is known, here or before. */
export function withoutControl({ paths, comparisons }: Figures): PathReport[] {
  return paths.filter(
    (path) =>
      path.path === 'candidate' &&
      path.role === 'answer' &&
      answersByCandidate(path.variation) &&
      !comparisons.some(({ candidate }) => candidate === path),
  );
}

/** Calls that have not ended after their time: as long as they hang, they are in no other figure. */
export function hanging({ paths, comparisons }: Figures): Reason[] {
  return paths
    .filter((path) => isJudged(path) && !isSecondWrite(path) && path.hanging > 0)
    .flatMap((candidate): Reason[] => {
      const control = comparisons.find((pair) => pair.candidate === candidate)?.control;
      const rate = hangingRate(candidate);
      const beyond = control ? differenceOf(rate, hangingRate(control)).low : rate.low - PASSED_OVER;
      if (beyond <= 0) return [];
      const sentence = `the candidate hangs: ${count(candidate.hanging)} of ${calls({ ...candidate, calls: rate.of })} were still under way after their time${control ? `, ${count(control.hanging)} of control's` : ''}.`;
      return [{ code: 'HANGING', sentence }];
    });
}

/** Of those that have ended and those that have not. Who ends after all is in both, so it is rather too low. */
function hangingRate({ hanging: hung, calls: ended }: PathReport) {
  return rateOf(hung, ended + hung);
}

/** Its p99, or its median, is longer. */
export function slower({ comparisons }: Figures): Reason[] {
  return comparisons.flatMap((pair): Reason[] => {
    const { candidate, control, against } = pair;
    const when = against === 'before' ? ' before' : '';
    const [p99, p50] = [slowdown(pair, 'p99'), slowdown(pair, 'p50')];
    const worst = [p99, p50].find((each) => each?.isSure) ?? (p99?.isSure === null ? p99 : undefined);
    if (!worst) return [];
    const figures = `${ms(candidate.latencyMs?.[worst.name])}, control's ${ms(control.latencyMs?.[worst.name])}${when}`;
    if (worst.isSure === null) {
      const sentence = `the candidate's p99 seems to be longer, ${figures}, but ${calls(control)} of control are too few to say; ${ENOUGH_TIMED} are not.`;
      return [{ code: 'TOO_FEW', sentence }];
    }
    const times = pair.latencyRatio?.[worst.name].toFixed(1);
    const sentence = `the candidate is slower: its ${worst.name} is ${figures} (${times} times as long), in ${calls(candidate)}.`;
    return [{ code: 'SLOWER', sentence }];
  });
}

/** `isSure`: the intervals lie apart; null: there are too few calls to say. Undefined: it is not longer. */
function slowdown(
  { candidate, control, latencyMs, latencyRatio }: PathComparison,
  name: 'p50' | 'p99',
): { readonly name: 'p50' | 'p99'; readonly isSure: boolean | null } | undefined {
  if ((latencyRatio?.[name] ?? 0) <= SLOWER_RATIO || (latencyMs?.[name] ?? 0) <= SLOWER_MS) return undefined;
  const intervalOf = (path: PathReport): QuantileInterval | null => path[`${name}IntervalMs`];
  const [least, most] = [intervalOf(candidate)?.low, intervalOf(control)?.high];
  if (typeof least !== 'number' || typeof most !== 'number') return { name, isSure: null };
  return { name, isSure: least > most };
}

/** Too few calls to exclude that it fails, or fails more often than control. */
export function tooFewCalls(report: Figures): Reason[] {
  const beside = report.comparisons
    .filter(({ operation, candidate }) => operation !== 'write' && candidate.calls > 0)
    .filter(({ candidate, control }) => mostBetween(candidate.errors, control.errors) > MOST_POSSIBLE)
    .map((pair): Reason => {
      const { candidate, control } = pair;
      const sentence = `the candidate fails in ${percent(candidate.errors.rate)} of ${calls(candidate)}${stageOf(report, candidate)}, control ${failedIn(pair)} of ${count(control.calls)}: too few to exclude that one in a hundred more fails.`;
      return { code: 'TOO_FEW', sentence };
    });
  const alone = withoutControl(report)
    .filter(
      ({ operation, calls: number, errors }) =>
        operation !== 'write' && number >= ENOUGH_CALLS && mostOf(errors) > MOST_FAILING,
    )
    .map((candidate): Reason => {
      const sentence = `the candidate fails in ${percent(candidate.errors.rate)} of ${calls(candidate)}${stageOf(report, candidate)}: too few to exclude that more than ${percent(MOST_FAILING)} of them fail, and how often control fails is not known.`;
      return { code: 'TOO_FEW', sentence };
    });
  return [...beside, ...alone];
}

/** Live, what is known is known of the calls themselves: so many are needed of those that the new code answers. */
export function tooFewAnswers({ paths }: Figures): Reason[] {
  const answers = paths.filter(
    ({ path, role, variation, operation }) =>
      path === 'candidate' && role === 'answer' && answersByCandidate(variation) && operation !== 'write',
  );
  const seen = answers.reduce((sum, { calls: each }) => sum + each, 0);
  if (seen >= ENOUGH_CALLS) return [];
  const what = answers.some(({ operation }) => operation === 'read') ? 'reads' : 'calls';
  const sentence = `only ${count(seen)} ${what} were answered by it in this time; ${count(ENOUGH_CALLS)} without a failure, so ${count(ENOUGH_CALLS - seen)} more, would exclude that 1 % fail.`;
  return [{ code: 'TOO_FEW', sentence }];
}

/** Shadows that the brakes did not let run: what is known is known of the quieter time, or of the smaller inputs. */
export function shed({ shed: causes, shadows }: Figures): Reason[] {
  const unwanted = causes.filter(({ cause }) => isBrake(cause));
  const sum = unwanted.reduce((total, { count: each }) => total + each, 0);
  const share = sum / Math.max(1, sum + shadows);
  if (sum === 0 || shadows === 0 || share <= MOST_UNKNOWN) return [];
  const named = unwanted.slice(0, 3).map(({ cause, count: each }) => `${cause} ${count(each)}`);
  const sentence = `${percent(share)} of ${count(sum + shadows)} shadows were shed to protect the callers (${named.join(', ')}); what ran may not be typical.`;
  return [{ code: 'SHED', sentence }];
}

function calls({ calls: number, operation }: Pick<PathReport, 'calls' | 'operation'>): string {
  return `${count(number)} ${operation === null ? 'calls' : `${operation}s`}`;
}
