/** Comparing what two runs came to, and counting it. */
import type { DifferenceKind, LaunchDials, NotComparedCause, Sample } from '@dimmer/core';
import { createClusters } from './clusters.ts';
import { compareValues } from './compare-values.ts';
import { handOut, type Kept, keepShadows, type Lost, shadowLimit, whatIs } from './copies.ts';
import { type IsIgnored, ignoring, unusablePath } from './ignored-paths.ts';
import type { CompareOptions } from './launch-options.ts';
import type { Launched } from './launched.ts';
import type { Outcome } from './outcome.ts';
import { inTime } from './outcome-hooks.ts';
import { failureText, sampleText } from './sample-text.ts';
import { isThenable } from './thenable.ts';
import type { Verdict } from './verdict.ts';

/** The path of a cluster of failures. */
const ERROR = '(error)';

interface Comparison {
  /** Whose. */
  readonly launched: Launched;
  readonly options: Options;
  /** What the rules say is not to be compared. */
  readonly ignored: LaunchDials['ignore'];
  /** Ms since 1970, by the server's clock. */
  readonly now: () => number;
  /** A timer that does not keep the process alive; the answer cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Says something of a flag in the log, once for each code. */
  readonly complain: (code: 'COMPARE_FAILED' | 'UNCOPYABLE' | 'IGNORE_UNUSABLE', flag: string, detail: unknown) => void;
  /** Told what came of it, besides its being counted; must not throw. What it answers is waited for. */
  readonly judged?: ((verdict: Verdict) => void | Promise<void>) | undefined;
}

type Options = CompareOptions<unknown>;
type Settled = Exclude<Kept, Lost>;

/**
 * Compares the candidate's outcome to control's, and keeps a sample if they differ.
 *
 * @param control what was kept of the answer, or what the shadow came to just now; so is `candidate`
 * @returns a promise if a function of the caller's is asynchronous: the call is over when it settles; it never rejects
 */
export function compareToCandidate(
  control: Kept | Outcome,
  candidate: Kept | Outcome,
  comparison: Comparison,
): void | Promise<void> {
  const { launched, options, after, complain, judged } = comparison;
  const { key, observations } = launched;

  function notCompared(cause: NotComparedCause): void | Promise<void> {
    observations.notCompared(cause);
    return judged?.({ kind: 'failed', cause });
  }

  function conclude(verdict: Verdict, one: Settled, other: Settled): void | Promise<void> {
    if (verdict.kind === 'failed') {
      const shared = !one.failed && (one.shares ?? (other.failed ? undefined : other.shares));
      if (shared && verdict.cause === shared.why) complain('UNCOPYABLE', key, whatIs('result', shared));
      return notCompared(verdict.cause);
    }
    observations.compared[verdict.kind]++;
    if (verdict.kind === 'ignored' && verdict.isWhole) observations.ignoredWhole++;
    const telling = judged?.(verdict);
    if (verdict.kind !== 'different') return telling;
    const { segments, difference } = verdict;
    const path = difference === 'error' ? ERROR : segments;
    const keepSample = (observations.clusters ??= createClusters()).add(path, difference);
    if (!keepSample) return telling;
    const fail = (error: unknown) => complain('COMPARE_FAILED', key, error);
    try {
      const keeping = whenKnown(sampleOf(verdict, one, other, comparison), after, keepSample, fail);
      return telling && keeping ? telling.then(() => keeping) : (telling ?? keeping);
    } catch (error) {
      fail(error);
      return telling;
    }
  }

  const unusable = unusablePath(options.ignore);
  if (unusable) complain('IGNORE_UNUSABLE', key, unusable);
  function fail(error: unknown): void | Promise<void> {
    complain('COMPARE_FAILED', key, error);
    return notCompared('threw');
  }
  try {
    const [one, other] = [ended(launched, control, options), ended(launched, candidate, options)];
    if (one.failed === undefined || other.failed === undefined) {
      const lost = one.failed === undefined ? one : (other as Lost);
      if (lost.detail) complain('UNCOPYABLE', key, lost.detail);
      return notCompared(lost.cause);
    }
    const verdict = judge(one, other, comparison);
    return whenKnown(verdict, after, (known) => conclude(known, one, other), fail);
  } catch (error) {
    return fail(error);
  }
}

/**
 * Compares control's outcome to that of its second run: the noise floor.
 *
 * @returns as `compareToCandidate` does
 */
export function compareToItself(control: Kept | Outcome, again: Outcome, comparison: Comparison): void | Promise<void> {
  const { launched, options, after } = comparison;
  const { noise } = launched.observations;
  const fail = () => void noise.failed++;
  try {
    const [one, other] = [ended(launched, control, options), ended(launched, again, options)];
    if (one.failed === undefined || other.failed === undefined) return fail();
    const verdict = judge(one, other, comparison);
    return whenKnown(verdict, after, ({ kind }) => void noise[kind]++, fail);
  } catch {
    fail();
  }
}

/** One of the two has just ended, and may go on to change what it has returned. */
function ended(launched: Launched, outcome: Kept | Outcome, options: Options): Kept {
  return outcome.failed === undefined || 'kept' in outcome ? outcome : keepShadows(launched, outcome, options);
}

/** Goes on at once with what is known, and with a promise's value when it is there. */
function whenKnown<Value>(
  value: Value | PromiseLike<Value>,
  after: Comparison['after'],
  then: (value: Value) => void | Promise<void>,
  fail: (error: unknown) => void,
): void | Promise<void> {
  if (!isThenable(value)) return then(value as Value);
  return inTime(value, after).then(then, fail);
}

/** @throws what the caller's own `compare` throws */
function judge(
  control: Settled,
  candidate: Settled,
  { launched: { copying }, options, ignored }: Comparison,
): Verdict | Promise<Verdict> {
  const { compare, compareErrors, ignore, clone } = options;
  const give = (value: unknown) => handOut(value, { clone });
  const isIgnored = ignoring(ignore, ignored);
  if (control.failed && candidate.failed) {
    const [one, other] = [control.error, candidate.error];
    const verdict = compareErrors
      ? asVerdict(compareErrors(give(one), give(other)), 'error', control, candidate)
      : compareValues(one, other, undefined, shadowLimit(copying));
    return isThenable(verdict) || verdict.kind !== 'different'
      ? verdict
      : different('error', said(control), said(candidate));
  }
  if (control.failed || candidate.failed) return different('error', said(control), said(candidate));
  if (!compare) return compareValues(control.value, candidate.value, isIgnored as IsIgnored, shadowLimit(copying));
  const shared = control.shares ?? candidate.shares;
  if (shared) return { kind: 'failed', cause: shared.why };
  return asVerdict(compare(give(control.value), give(candidate.value)), 'compare', control, candidate);
}

/** What the caller's own function says; it may say it later. */
function asVerdict(
  isAlike: boolean | PromiseLike<boolean>,
  difference: 'compare' | 'error',
  control: Settled,
  candidate: Settled,
): Verdict | Promise<Verdict> {
  const verdict = (alike: boolean): Verdict => {
    if (alike) return { kind: 'same' };
    return control.failed || candidate.failed
      ? different(difference, said(control), said(candidate))
      : different(difference, control.value, candidate.value);
  };
  return isThenable(isAlike) ? Promise.resolve(isAlike).then(verdict) : verdict(isAlike);
}

function different(difference: DifferenceKind, control: unknown, candidate: unknown): Verdict {
  return { kind: 'different', difference, segments: [], control, candidate };
}

/** What a sample shows of a run of which at least one failed. */
function said(outcome: Settled): unknown {
  return outcome.failed ? { error: failureText(outcome.error) } : { value: outcome.value };
}

/** @throws what the caller's own `clean` throws */
function sampleOf(
  verdict: Extract<Verdict, { readonly kind: 'different' }>,
  control: Settled,
  candidate: Settled,
  { options: { redact, clean, clone }, now }: Comparison,
): Sample | Promise<Sample> {
  const names = verdict.segments.filter((segment) => typeof segment === 'string');
  const text = (value: unknown, under: readonly string[]) => sampleText(value, under, redact);
  const shown = (one: unknown, other: unknown, under: readonly string[]): Sample => ({
    control: text(one, under),
    candidate: text(other, under),
    at: now(),
  });
  // What the caller cleans is the whole result: there is no telling where in it the difference went.
  if (!clean || control.failed || candidate.failed) return shown(verdict.control, verdict.candidate, names);
  const cleaned = (settled: typeof control) =>
    settled.shares ? 'it cannot be copied for `clean`' : clean(handOut(settled.value, { clone }));
  const [one, other] = [cleaned(control), cleaned(candidate)];
  return isThenable(one) || isThenable(other)
    ? Promise.all([one, other]).then(([ours, theirs]) => shown(ours, theirs, []))
    : shown(one, other, []);
}
