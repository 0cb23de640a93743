/** Running code that is the caller's: timed and counted, and otherwise as if nobody had been there. */
import type { EvaluationContext, LaunchPath, LaunchRole } from '@dimmer/core';
import type { Run } from './launch-options.ts';
import { type Launched, unitOf } from './launched.ts';
import type { PathStats } from './observations.ts';

/** What code came to. */
export type Outcome =
  | { readonly failed: false; readonly value: unknown }
  | { readonly failed: true; readonly error: unknown };

/** Whose figures they are. */
export interface Subject {
  readonly launched: Launched;
  readonly context: EvaluationContext | undefined;
  readonly variation: string;
  readonly operation: 'read' | 'write' | undefined;
}

/**
 * Runs code whose result is the caller's. Synchronous code is over when this returns; of a promise another is returned
 * that settles alike, so that one which nobody handles is still reported by the host as unhandled.
 *
 * No closure is made for what returns at once: launches are called where every microsecond counts.
 *
 * @param ended told what it came to, before the caller is; must not throw
 */
export function runMeasured<Result, Input>(
  clock: () => number,
  subject: Subject,
  path: LaunchPath,
  role: LaunchRole,
  code: (run: Run<Input>) => Result,
  run: Run<Input>,
  ended?: (outcome: Outcome) => void,
): Result {
  const began = clock();
  let result: Result;
  try {
    result = code(run);
  } catch (error) {
    noteFailure(subject, path, role, clock() - began, error);
    ended?.({ failed: true, error });
    throw error;
  }
  if (isThenable(result)) return followMeasured(clock, began, subject, path, role, result, ended) as Result;
  note(subject, path, role, clock() - began);
  ended?.({ failed: false, value: result });
  return result;
}

function followMeasured(
  clock: () => number,
  began: number,
  subject: Subject,
  path: LaunchPath,
  role: LaunchRole,
  result: PromiseLike<unknown>,
  ended?: (outcome: Outcome) => void,
): Promise<unknown> {
  return Promise.resolve(result).then(
    (value) => {
      note(subject, path, role, clock() - began);
      ended?.({ failed: false, value });
      return value;
    },
    (error: unknown) => {
      noteFailure(subject, path, role, clock() - began, error);
      ended?.({ failed: true, error });
      throw error;
    },
  );
}

/** The path is looked up when the call is over: what was reported in between is not added to. */
function note(
  { launched, variation, operation }: Subject,
  path: LaunchPath,
  role: LaunchRole,
  tookMs: number,
): PathStats {
  const stats = launched.observations.path(variation, path, role, operation);
  stats.calls++;
  stats.latency.record(tookMs);
  return stats;
}

function noteFailure(subject: Subject, path: LaunchPath, role: LaunchRole, tookMs: number, error: unknown): void {
  const { launched, context } = subject;
  const unit = role === 'answer' ? unitOf(launched, context) : undefined;
  launched.observations.failed(note(subject, path, role, tookMs), error, unit);
}

/** A promise, or what behaves like one. A getter that throws makes it none. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
  } catch {
    return false;
  }
}
