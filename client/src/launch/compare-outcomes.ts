/** Comparing what two runs came to, and counting it. */
import type { DifferenceKind, LaunchDials, Sample } from '@dimmer/core';
import { compareValues, type Verdict } from './compare-values.ts';
import type { Kept } from './copies.ts';
import { ignoring } from './ignored-paths.ts';
import type { CompareOptions } from './launch-options.ts';
import type { Launched } from './launched.ts';
import type { Outcome } from './measure.ts';
import { pointerText, sampleText } from './sample-text.ts';

/** The path of a cluster of failures. */
const ERROR = '(error)';

interface Means {
  /** Ms since 1970, by the server's clock. */
  readonly now: () => number;
  /** A timer that does not keep the process alive; the answer cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Says something of a flag in the log, once for each code. */
  readonly complain: (code: 'COMPARE_FAILED', flag: string, detail: unknown) => void;
}

/** Compares the candidate's outcome to control's, and keeps a sample if they differ. */
export function compareToCandidate(
  { key, observations }: Launched,
  control: Kept,
  candidate: Kept,
  options: CompareOptions<unknown>,
  ignoredByServer: LaunchDials['ignore'],
  { now, complain }: Means,
): void | Promise<void> {
  const { compared, clusters } = observations;
  if (control.failed === undefined) return observations.notCompared(control.cause);
  if (candidate.failed === undefined) return observations.notCompared(candidate.cause);
  try {
    const verdict = judge(control, candidate, options, ignoredByServer);
    if (verdict.kind === 'failed') return observations.notCompared('large');
    compared[verdict.kind]++;
    if (verdict.kind !== 'different') return;
    const { redact, clean } = options;
    const { segments, difference } = verdict;
    const name = segments.findLast((segment) => segment !== '*') ?? '';
    clusters.add(difference === 'error' ? ERROR : pointerText(segments), difference, (): Sample => {
      // What the caller cleans is the whole result: there is no telling where in it the difference went.
      const isCleaned = clean && !control.failed && !candidate.failed;
      const [one, other] = isCleaned
        ? [clean(control.value), clean(candidate.value)]
        : [verdict.control, verdict.candidate];
      const text = (value: unknown) => sampleText(value, isCleaned ? '' : name, redact);
      return { control: text(one), candidate: text(other), at: now() };
    });
  } catch (error) {
    observations.notCompared('threw');
    complain('COMPARE_FAILED', key, error);
  }
}

/** Compares control's outcome to that of its second run: the noise floor. */
export function compareToItself(
  { observations: { noise } }: Launched,
  control: Kept,
  again: Outcome,
  options: CompareOptions<unknown>,
  ignoredByServer: LaunchDials['ignore'],
  _means: Means,
): void | Promise<void> {
  if (control.failed === undefined) return void noise.failed++;
  try {
    noise[judge(control, again, options, ignoredByServer).kind]++;
  } catch {
    noise.failed++;
  }
}

/** @throws what the caller's own `compare` throws */
function judge(
  control: Outcome,
  candidate: Outcome,
  { compare, compareErrors = isSameError, ignore }: CompareOptions<unknown>,
  ignoredByServer: LaunchDials['ignore'],
): Verdict {
  if (control.failed || candidate.failed) {
    if (control.failed && candidate.failed && compareErrors(control.error, candidate.error)) return { kind: 'same' };
    return different('error', said(control), said(candidate));
  }
  const { value: one } = control;
  const { value: other } = candidate;
  if (!compare) return compareValues(one, other, ignoring(ignore, ignoredByServer));
  return compare(one, other) ? { kind: 'same' } : different('compare', one, other);
}

function different(difference: DifferenceKind, control: unknown, candidate: unknown): Verdict {
  return { kind: 'different', difference, segments: [], control, candidate };
}

/** What a sample shows of a run of which at least one failed. */
function said(outcome: Outcome): unknown {
  return outcome.failed ? { error: `${outcome.error}` } : { value: outcome.value };
}

function isSameError(one: unknown, other: unknown): boolean {
  return `${one}` === `${other}`;
}
