// Why: decision 0176.
/** Running code that is the caller's: timed and counted, and otherwise as if nobody had been there. */
import type { LaunchPath, LaunchRole } from '@dimmer/core';
import type { Call } from './call.ts';
import type { Run } from './launch-options.ts';
import { type Subject, type UnderWay, unitOf } from './launched.ts';
import type { PathStats } from './observations.ts';
import type { Outcome } from './outcome.ts';
import { AnswerRun } from './run.ts';
import type { ShadowWorld } from './shadow-world.ts';
import { isThenable } from './thenable.ts';

/** Told what a run came to, and how long it took, ms; must not throw. */
export type Ended = (outcome: Outcome, tookMs: number) => void;

/**
 * Runs code whose result is the caller's. Synchronous code is over when this returns. Of a promise like any other, another
 * is answered that settles alike: then the host still says of one that rejects, and that nobody handles, what it would say
 * otherwise. What is more than that, by its class or by methods of its own, is answered itself and only listened to, and
 * a query that has not been run is answered as it is, for to listen to it would be to run it.
 *
 * Neither closure nor object is made for what returns at once, but the run itself: launches are called where every
 * microsecond counts.
 *
 * @param ended told what it came to, before the caller is
 */
export type RunMeasured = <Result, Input>(
  call: Call<Result, Input>,
  path: LaunchPath,
  role: LaunchRole,
  ended?: Ended,
) => Result;

export function createRunMeasured({ clock, inShadow }: Pick<ShadowWorld, 'clock' | 'inShadow'>): RunMeasured {
  return (subject, path, role, ended) => {
    type Result = ReturnType<(typeof subject.codes)[typeof path]>;
    const run = new AnswerRun(subject.input, inShadow);
    const began = clock();
    let result: Result;
    try {
      result = call(subject.codes[path], run);
    } catch (error) {
      const tookMs = clock() - began;
      noteFailure(subject, role, note(subject, path, role, tookMs), error);
      ended?.({ failed: true, error }, tookMs);
      throw error;
    }
    if (isThenable(result)) {
      const followed = follow({ subject, path, role, began }, result, ended);
      if (followed) return followed as Result;
    }
    const tookMs = clock() - began;
    note(subject, path, role, tookMs);
    ended?.({ failed: false, value: result }, tookMs);
    return result;
  };

  /** Answers what the caller gets of a promise; undefined if it is none, but looks like one. */
  function follow(
    one: UnderWay,
    result: PromiseLike<unknown>,
    ended: Ended | undefined,
  ): PromiseLike<unknown> | undefined {
    const { subject, path, role, began } = one;
    const { underWay } = subject.launched;
    const fulfilled = (value: unknown) => {
      underWay.delete(one);
      const tookMs = clock() - began;
      note(subject, path, role, tookMs);
      ended?.({ failed: false, value }, tookMs);
      return value;
    };
    const rejected = (error: unknown) => {
      underWay.delete(one);
      const tookMs = clock() - began;
      noteFailure(subject, role, note(subject, path, role, tookMs), error);
      ended?.({ failed: true, error }, tookMs);
    };
    const answered = isPlainPromise(result)
      ? result.then(fulfilled, (error) => {
          rejected(error);
          throw error;
        })
      : listen(result, fulfilled, rejected) && result;
    if (!answered) return undefined;
    underWay.add(one);
    return answered;
  }
}

/**
 * Calls code of the host's so that the engine does not take it into the function that calls it: what it makes of the same
 * code may else differ by half between control and the candidate.
 */
export function call<Result, Input>(code: (run: Run<Input>) => Result, run: Run<Input>): Result {
  return Reflect.apply(code, undefined, [run]) as Result;
}

/** Nothing distinguishes it from any other promise but its identity. */
function isPlainPromise(value: PromiseLike<unknown>): value is Promise<unknown> {
  return (
    Object.getPrototypeOf(value) === Promise.prototype &&
    value instanceof Promise &&
    Object.getOwnPropertyNames(value).length === 0
  );
}

/**
 * Listens to a native promise, also one of another realm or of a subclass, without calling a `then` of its own.
 *
 * @returns false, and nothing has happened, if it is no native promise
 */
function listen(value: unknown, fulfilled: (value: unknown) => unknown, rejected: (error: unknown) => unknown) {
  try {
    void Promise.prototype.then.call(value, fulfilled, rejected);
    return true;
  } catch {
    return false;
  }
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

function noteFailure({ launched, context }: Subject, role: LaunchRole, stats: PathStats, error: unknown): void {
  const unit = role === 'answer' ? unitOf(launched, context) : undefined;
  launched.observations.failed(stats, error, unit);
}
