/** What the results say against a candidate, and whether enough of them were compared to say anything. */
import { comparesReads } from '@dimmer/core/flag-types';
import { count, percent } from './figures.ts';
import { mostBetween, mostOf } from './intervals.ts';
import type { Figures, Reason } from './reason.ts';
import { nothing } from './reasons-nothing.ts';
import { ENOUGH_COMPARED, ENOUGH_NOISE, MOST_IGNORED, MOST_POSSIBLE, MOST_UNKNOWN, PASSED_OVER } from './thresholds.ts';

/** What SDKs give as the place of a difference where one of the two results is an error. */
export const FAILURE = '(error)';

/** More results differ than control from itself; or so many that it takes more second runs of control to excuse them. */
export function different(report: Figures): Reason[] {
  const { mismatches } = report;
  if ((mismatches.rate ?? 0) < PASSED_OVER) return [];
  const floor = floorOf(report);
  if (floor === null) return [];
  const sentence = `${percent(mismatches.rate)} of ${count(mismatches.of)} comparisons differ, and ${floor}${whereOf(report)}.`;
  return [{ code: 'DIFFERENT', sentence }];
}

/** What control's own differences are, next to those of the candidate; null if they excuse them. */
function floorOf(report: Figures): string | null {
  const { mismatches, noise, excess } = report;
  if (noise.of === 0) return 'control was never run twice, so how often it differs from itself is not known';
  const isMore = excess.low > 0 && (mismatches.rate ?? 0) - (noise.rate ?? 0) >= PASSED_OVER;
  const itself = `control differs from itself in ${percent(noise.rate)}`;
  if (isMore) return itself;
  if (noise.of >= ENOUGH_NOISE && mostExcess(report) <= MOST_POSSIBLE) return null;
  return `${itself} of ${count(noise.of)} second ${noise.of === 1 ? 'run' : 'runs'}, too few to excuse that`;
}

function whereOf({ clusters: [most] }: Figures): string {
  return most ? `; most ${placeOf(most.path)} (${percent(most.share)} of them)` : '';
}

function placeOf(path: string): string {
  if (path === FAILURE) return 'because one of the two failed';
  return path === '' ? 'as a whole' : `at ${path}`;
}

/** What the share of differences beyond the noise stays below with 95 % confidence. */
function mostExcess({ mismatches, noise }: Figures): number {
  return noise.of === 0 ? mostOf(mismatches) : mostBetween(mismatches, noise);
}

/** Much that came out of both was not compared. */
export function notCompared({ mismatches, failed, notCompared: causes }: Figures): Reason[] {
  const all = mismatches.of + failed;
  if (failed === 0 || failed / all <= MOST_UNKNOWN) return [];
  const named = causes.map(({ words, count: number }) => `${words}: ${count(number)}`);
  const why = named.length > 0 ? named.join('; ') : 'why, their SDK does not say';
  const sentence = `${percent(failed / all)} of ${count(all)} results were not compared (${why}), so nothing is known of them.`;
  return [{ code: 'NOT_COMPARED', sentence }];
}

/** Most of it is alike only because differences are passed over, or much of it has nothing else to compare. */
export function ignoring({ mismatches, ignored, ignoredWhole, dials }: Figures): Reason[] {
  const isMost = mismatches.of > 0 && ignored / mismatches.of > MOST_IGNORED;
  const isUnknown = mismatches.of > 0 && ignoredWhole / mismatches.of > MOST_UNKNOWN;
  if (!isMost && !isUnknown) return [];
  const paths = dials.ignore ?? [];
  const where = paths.length > 0 ? ` (${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ', …' : ''})` : '';
  const all = ignoredWhole === ignored ? 'all' : `${count(ignoredWhole)}`;
  const known = isUnknown
    ? `${all} of them hold nothing else, so nothing is known of these`
    : 'what else they hold is alike, but whether they are right is not known';
  const sentence = `${percent(ignored / mismatches.of)} of ${count(mismatches.of)} results differ where that is ignored${where}: ${known}. Compare without what may differ, by a "compare" of your own.`;
  return [{ code: 'IGNORED', sentence }];
}

/** Too little was compared to exclude that the candidate is wrong. */
export function tooFewCompared(report: Figures): Reason[] {
  const { type, mismatches, ignored, failed, noise } = report;
  const compared = mismatches.of - ignored;
  // There were enough, and why they say nothing has been said: more of the same would not help.
  const isUseless = notCompared(report).length + ignoring(report).length > 0;
  if (isUseless && compared < ENOUGH_COMPARED && mismatches.of + failed >= ENOUGH_COMPARED) return [];
  const stage = type === 'migration' ? 'shadow' : 'dark';
  const more = `Let it run at ${stage} for longer, or for more people.`;
  if (compared < ENOUGH_COMPARED) {
    const reasons = nothing(report);
    if (reasons.length > 0) return reasons;
    if (compared === 0 && type === 'migration' && !report.shares.some(({ variation }) => comparesReads(variation))) {
      const sentence = `no read is compared at ${report.shares.map(({ variation }) => variation).join(' and ')}: that begins at shadow, to which it goes when the new side has been filled.`;
      return [{ code: 'TOO_FEW', sentence }];
    }
    const missing = ENOUGH_COMPARED - compared;
    const sentence = `${compared === 0 ? 'no result was compared' : compared === 1 ? 'only one result was compared' : `only ${count(compared)} results were compared`}; ${count(ENOUGH_COMPARED)} without a difference, so ${count(missing)} more, would exclude that 1 % differ. ${more}`;
    return [{ code: 'TOO_FEW', sentence }];
  }
  const most = mostExcess(report);
  if (most <= MOST_POSSIBLE || different(report).length > 0) return [];
  const beside = noise.of === 0 ? '' : `, control from itself in ${percent(noise.rate)} of ${count(noise.of)}`;
  const sentence = `${percent(mismatches.rate)} of ${count(mismatches.of)} comparisons differ${beside}: too few to exclude that ${percent(most)} differ, where 1 % is the most that is passed. ${more}`;
  return [{ code: 'TOO_FEW', sentence }];
}
