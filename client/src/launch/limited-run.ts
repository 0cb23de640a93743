import type { Run } from './launch-options.ts';

/**
 * What code is told of a run that is given up after a time: its signal is one of its own. Code that does not ask for it
 * does not pay for it.
 */
export class LimitedRun<Input> implements Run<Input> {
  readonly #run: Run<Input>;
  #abort: AbortController | undefined;
  #reason: Error | undefined;

  constructor(run: Run<Input>) {
    this.#run = run;
  }

  get input(): Input {
    return this.#run.input;
  }

  get inShadow(): boolean {
    return this.#run.inShadow;
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    if (this.#reason) this.#abort.abort(this.#reason);
    return this.#abort.signal;
  }

  /** A listener of the code's own may throw; then the host reports it as it reports any listener's. */
  giveUp(reason: Error): void {
    this.#reason = reason;
    this.#abort?.abort(reason);
  }
}
