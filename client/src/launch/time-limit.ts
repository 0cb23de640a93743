import type { Platform } from '../platform.ts';
import type { Run } from './launch-options.ts';
import { LimitedRun } from './limited-run.ts';
import { isThenable } from './measure.ts';

/**
 * The same code, which is given up after a time: then its promise rejects with a `TimeoutError` and its signal is aborted.
 * What it comes to later goes nowhere. Code that is synchronous is over when it returns.
 */
export function answerWithin<Input, Result>(
  timeoutMs: number,
  after: Platform['after'],
  code: (run: Run<Input>) => Result | Promise<Result>,
): (run: Run<Input>) => Result | Promise<Result> {
  return (run) => {
    const limited = new LimitedRun(run);
    const result = code(limited);
    if (!isThenable(result)) return result;
    return new Promise<Result>((resolve, reject) => {
      // Somebody is waiting, so the process goes on.
      const cancel = after(
        timeoutMs,
        () => {
          const error = new DOMException(`The new side has not answered in ${timeoutMs} ms.`, 'TimeoutError');
          reject(error);
          limited.giveUp(error);
        },
        true,
      );
      Promise.resolve(result).then(
        (value) => {
          cancel();
          resolve(value as Result);
        },
        (error: unknown) => {
          cancel();
          reject(error);
        },
      );
    });
  };
}
