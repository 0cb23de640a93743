import type { Platform } from '../platform.ts';
import type { Run } from './launch-options.ts';
import { LimitedRun } from './limited-run.ts';
import { isThenable } from './thenable.ts';

/** How long a candidate may take where control can answer instead. */
const LIVE_TIMEOUT_MS = 5_000;

/**
 * The same code, which is given up after a time: then its promise rejects with a `TimeoutError` and its signal is aborted.
 * What it comes to later goes nowhere. Code that is synchronous is over when it returns.
 *
 * @param given in ms; what is no time is `byDefault`, 5,000
 */
export function answerWithin<Input, Result>(
  given: unknown,
  after: Platform['after'],
  code: (run: Run<Input>) => Result,
  byDefault = LIVE_TIMEOUT_MS,
): (run: Run<Input>) => Result {
  const timeoutMs = typeof given === 'number' && given >= 0 ? given : byDefault;
  return (run) => {
    const limited = new LimitedRun(run);
    const result = code(limited);
    if (!isThenable(result)) return result;
    return new Promise<unknown>((resolve, reject) => {
      // Somebody is waiting, so the process goes on.
      const cancel = after(
        timeoutMs,
        () => {
          const error = new DOMException(`There is no answer after ${timeoutMs} ms.`, 'TimeoutError');
          reject(error);
          limited.giveUp(error);
        },
        true,
      );
      Promise.resolve(result).then(
        (value) => {
          cancel();
          resolve(value);
        },
        (error: unknown) => {
          cancel();
          reject(error);
        },
      );
    }) as Result;
  };
}
