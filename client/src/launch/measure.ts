/** Running code that is the caller's: timed and counted, and otherwise as if nobody had been there. */
import type { Run } from './launch-options.ts';
import type { Observations, PathStats } from './observations.ts';

/** What code came to. */
export type Outcome =
  | { readonly failed: false; readonly value: unknown }
  | { readonly failed: true; readonly error: unknown };

/** Where figures go. Asked when the call is over: what was reported in between is not added to. */
export interface Account {
  readonly observations: Observations;
  readonly stats: () => PathStats;
  /** The hash of who called, if known; asked only if the call failed. */
  readonly unit: () => string | undefined;
}

/**
 * Runs code whose result is the caller's. Synchronous code is over when this returns; of a promise another is returned
 * that settles alike, so that one which nobody handles is still reported by the host as unhandled.
 *
 * @param ended told what it came to, before the caller is; must not throw
 */
export function runMeasured<Result, Input>(
  clock: () => number,
  account: Account,
  code: (run: Run<Input>) => Result,
  run: Run<Input>,
  ended?: (outcome: Outcome) => void,
): Result {
  const began = clock();
  let result: Result;
  try {
    result = code(run);
  } catch (error) {
    failed(error, clock() - began, account, ended);
    throw error;
  }
  if (isThenable(result)) {
    return Promise.resolve(result).then(
      (value) => {
        const { latency } = succeeded(account);
        latency.record(clock() - began);
        ended?.({ failed: false, value });
        return value;
      },
      (error: unknown) => {
        failed(error, clock() - began, account, ended);
        throw error;
      },
    ) as Result;
  }
  succeeded(account).latency.record(clock() - began);
  ended?.({ failed: false, value: result });
  return result;
}

function succeeded({ stats }: Account): PathStats {
  const counted = stats();
  counted.calls++;
  return counted;
}

function failed(
  error: unknown,
  tookMs: number,
  { observations, stats, unit }: Account,
  ended?: (outcome: Outcome) => void,
) {
  const counted = stats();
  counted.calls++;
  counted.latency.record(tookMs);
  observations.failed(counted, error, unit());
  ended?.({ failed: true, error });
}

/** A promise, or what behaves like one. A getter that throws makes it none. */
export function isThenable(value: unknown): value is Promise<unknown> {
  try {
    return typeof value === 'object' && value !== null && typeof (value as Promise<unknown>).then === 'function';
  } catch {
    return false;
  }
}
