/** The caller's own functions around a shadow: what they are given, and what becomes of it if they fail. */
import type { ShedCause } from '@dimmer/core';
import type { Platform } from '../platform.ts';
import { handOut, type Lost } from './copies.ts';
import type { LaunchHooks, LaunchOptions } from './launch-options.ts';
import type { LaunchOutcome, SideOutcome } from './launch-outcome.ts';
import type { Outcome } from './outcome.ts';
import { pointerText } from './sample-text.ts';
import { isThenable } from './thenable.ts';
import type { Verdict } from './verdict.ts';

/** The caller's own functions are waited for so long, ms. */
const HOOK_MS = 5_000;
/** What SDKs give as the place of a difference where one of the two failed. */
const ERROR = '(error)';

type Said = (detail: unknown) => void;

/** Whether the caller wants this call to have a shadow. One that throws wants none. */
export function isWanted(runIf: (context: never) => unknown, context: unknown, fail: Said): boolean {
  try {
    return runIf(context as never) === true;
  } catch (error) {
    fail(error);
    return false;
  }
}

/**
 * What is compared instead of a result.
 *
 * @returns the outcome itself where there is nothing to prepare; a promise that never rejects if it takes time;
 * `failed: undefined` if the caller's function failed
 */
export function prepared(
  outcome: Outcome,
  { prepare }: Pick<LaunchHooks<unknown, never>, 'prepare'>,
  after: Platform['after'],
  fail: Said,
): Outcome | Lost | Promise<Outcome | Lost> {
  if (!prepare || outcome.failed) return outcome;
  const failed = (error: unknown): Lost => {
    fail(error);
    return { failed: undefined, cause: 'threw', detail: '' };
  };
  try {
    const value = prepare(outcome.value);
    if (!isThenable(value)) return { failed: false, value };
    return inTime(value, after).then((made): Outcome => ({ failed: false, value: made }), failed);
  } catch (error) {
    return failed(error);
  }
}

/** Settles as a promise of the caller's does, or rejects when it takes too long. */
export function inTime<Value>(promise: PromiseLike<Value>, after: Platform['after']): Promise<Value> {
  return new Promise<Value>((resolve, reject) => {
    const cancel = after(HOOK_MS, () => reject(new Error(`it has not settled after ${HOOK_MS / 1_000} s`)));
    Promise.resolve(promise).finally(cancel).then(resolve, reject);
  });
}

/** What is the same of all that is told of one call. */
export type Told = Pick<LaunchOutcome<unknown>, 'flag' | 'stage' | 'context' | 'candidateName' | 'control'> & {
  readonly candidate: SideOutcome<unknown> | undefined;
};

/** Tells the caller what came of a call. Never throws, and answers a promise that never rejects if that takes time. */
export function tell(
  { onOutcome, metadata, clone }: Pick<LaunchOptions<unknown>, 'onOutcome' | 'metadata' | 'clone'>,
  { candidate, ...told }: Told,
  what: Verdict | ShedCause | 'timeout',
  fail: Said,
): void | Promise<void> {
  if (!onOutcome) return undefined;
  const give = <Side extends SideOutcome<unknown>>(side: Side): Side =>
    side.failed ? side : { ...side, value: handOut(side.value, { clone }) };
  try {
    const came = typeof what === 'string' ? { shed: what } : comparedAs(what);
    const outcome: LaunchOutcome<unknown> = {
      ...told,
      metadata,
      control: give(told.control),
      ...(candidate && { candidate: give(candidate) }),
      ...came,
    };
    const telling = onOutcome(outcome);
    return isThenable(telling) ? Promise.resolve(telling).then(() => {}, fail) : undefined;
  } catch (error) {
    fail(error);
    return undefined;
  }
}

function comparedAs(verdict: Verdict): Partial<LaunchOutcome<unknown>> {
  if (verdict.kind === 'failed') return { compared: 'failed', notCompared: verdict.cause };
  if (verdict.kind !== 'different') return { compared: verdict.kind };
  const { difference, segments, control, candidate } = verdict;
  const path = difference === 'error' ? ERROR : pointerText(segments.map(String));
  return { compared: 'different', difference: { path, kind: difference, control, candidate } };
}
