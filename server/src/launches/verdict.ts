import { answersByCandidate } from '@dimmer/core/flag-types';
import { count, ms, percent } from './figures.ts';
import { readable } from './launch-summary.ts';
import type { Figures, Reason } from './reason.ts';
import { different, FAILURE, ignoring, notCompared, tooFewCompared } from './reasons-compared.ts';
import { harming, slightText } from './reasons-harm.ts';
import { nothing } from './reasons-nothing.ts';
import { diverged, failing, hanging, shed, slower, tooFewAnswers, tooFewCalls, withoutControl } from './reasons-run.ts';
import { MOST_UNKNOWN, PASSED_OVER } from './thresholds.ts';

// Why: decision 0064.
/** Whether the candidate may take over, in words. */
export interface Verdict {
  readonly ready: boolean;
  readonly sentence: string;
  /** All that stands against it, the gravest first; or what speaks for it. */
  readonly reasons: readonly Reason[];
}

/**
 * The thresholds are those of `thresholds.ts`; the statistics are those of `intervals.ts`.
 *
 * @param servers the same by servers' word alone, where browsers have said something as well: a holder of their public
 * key
 *   may drown what is wrong in calls that never were
 */
export function judge(report: Figures, servers?: Figures): Verdict {
  const plain = plainly(report);
  for (const { code, sentence } of servers ? plainly(servers) : []) {
    if (plain.some((known) => known.code === code)) continue;
    plain.push({ code, sentence: `by servers’ word alone, ${sentence}` });
  }
  if (report.on && report.shares.every(({ variation }) => answersByCandidate(variation))) {
    return judgeLive(report, plain, servers);
  }
  const unknown = [notCompared, ignoring, shed, tooFewCompared].flatMap((against) => against(report));
  const reasons = [...killed(report), ...plain.sort(bySeverity(report)), ...unknown];
  // Where it is plain that it fails, nobody asks how sure that is.
  if (!reasons.some(({ code }) => code === 'FAILING' || code === 'TOO_FEW' || code === 'NOTHING_OBSERVED')) {
    reasons.push(...tooFewCalls(report));
  }
  const [first] = reasons;
  if (first) return { ready: false, sentence: `Not yet: ${first.sentence}`, reasons };
  return { ready: true, sentence: `Ready to go live: ${praise(report)}${whoseWord(report, servers)}`, reasons: [] };
}

/** What was seen, and not only missed. */
function plainly(report: Figures): Reason[] {
  return [different, failing, diverged, hanging, slower, harming].flatMap((against) => against(report));
}

/** A holder of a browser key can make calls up, good ones as well. */
function whoseWord({ audience, audiences: { server, browser } }: Figures, servers: Figures | undefined): string {
  if (audience !== 'all' || browser <= server) return '';
  return servers
    ? ' Most of that is browsers’ word, whose key is public.'
    : ' All of that is browsers’ word, whose key is public.';
}

/** Who is live already needs no more comparisons, and mostly makes none; enough calls it needs all the same. */
function judgeLive(report: Figures, plain: readonly Reason[], servers: Figures | undefined): Verdict {
  const who = report.rules > 0 ? 'Live wherever no rule says otherwise' : 'Live for everybody';
  const reasons = [...(report.paths.length > 0 ? plain : nothing(report))].sort(bySeverity(report));
  if (reasons.length === 0) reasons.push(...tooFewAnswers(report));
  if (reasons.length === 0) reasons.push(...tooFewCalls(report));
  const [first] = reasons;
  if (first) return { ready: false, sentence: `${who}, but: ${first.sentence}`, reasons };
  const sentence = `${who}, and nothing stands against it: ${praiseLive(report)}${whoseWord(report, servers)}`;
  return { ready: true, sentence, reasons: [{ code: 'LIVE', sentence }] };
}

/** Where results differ mostly because one of them failed, the failure is what to say first. */
function bySeverity({ clusters }: Figures): (one: Reason, other: Reason) => number {
  const isFailure = clusters[0]?.path === FAILURE;
  const rank = ({ code }: Reason): number => (code === 'DIFFERENT' && isFailure ? 1 : code === 'TOO_FEW' ? 2 : 0);
  return (one, other) => rank(one) - rank(other);
}

function killed({ killed: kill }: Figures): Reason[] {
  if (!kill) return [];
  const sentence = `it was killed by ${readable(kill.by)} (“${readable(kill.reason)}”). Restore it first, when the reason is over.`;
  return [{ code: 'KILLED', sentence }];
}

function praise({ mismatches, noise, ignored, comparisons, shed: causes, shadows, harm }: Figures): string {
  const [pair] = comparisons.filter(({ operation }) => operation !== 'write');
  const passed = ignored > 0 ? `, and ${percent(ignored / mismatches.of)} only where that is ignored` : '';
  const differ =
    mismatches.count === 0
      ? `none of ${count(mismatches.of)} comparisons differs${passed}`
      : `${percent(mismatches.rate)} of ${count(mismatches.of)} comparisons differ, ${excuse(mismatches.rate, noise)}${passed}`;
  const felt = slightText(harm);
  const without = `${unshadowed(causes, shadows)}${felt ? ` But ${felt}.` : ''}`;
  if (!pair?.candidate.latencyMs) return `${differ}.${without}`;
  const { candidate, control } = pair;
  return `${differ}; errors ${percent(candidate.errors.rate)} against ${percent(control.errors.rate)}, p99 ${ms(candidate.latencyMs?.p99)} against ${ms(control.latencyMs?.p99)}.${without}`;
}

/** Calls without a shadow, on purpose or by lot: nothing is wrong with that, but it ought to be known. */
function unshadowed(causes: Figures['shed'], shadows: number): string {
  const sum = causes.reduce((total, { count: each }) => total + each, 0);
  const [most] = causes;
  if (!most || sum / (sum + shadows) <= MOST_UNKNOWN) return '';
  return ` ${percent(sum / (sum + shadows))} of the calls had no shadow, most of them because: ${most.words} (${most.cause}).`;
}

function excuse(rate: number | null, noise: Figures['noise']): string {
  if ((rate ?? 0) < PASSED_OVER) return `less than the ${percent(PASSED_OVER)} that is passed over`;
  return `no more than control from itself (${percent(noise.rate)} of ${count(noise.of)})`;
}

/** What was seen of it, and what there was to see it beside. */
function praiseLive(report: Figures): string {
  const pair = report.comparisons.find(
    ({ candidate, operation }) =>
      candidate.role === 'answer' && answersByCandidate(candidate.variation) && operation !== 'write',
  );
  if (pair) {
    const { candidate, control, against } = pair;
    const where = { beside: '', elsewhere: ` at ${control.variation}`, before: ' before' }[against];
    return `errors ${percent(candidate.errors.rate)} of ${count(candidate.calls)}, control's ${percent(control.errors.rate)}${where}; p99 ${ms(candidate.latencyMs?.p99)} against ${ms(control.latencyMs?.p99)}.`;
  }
  const [alone] = withoutControl(report).filter(({ operation }) => operation !== 'write');
  if (!alone) return 'it answers.';
  return `errors ${percent(alone.errors.rate)} of ${count(alone.calls)}, p99 ${ms(alone.latencyMs?.p99)}; there is no control to compare that with, now or before.`;
}
