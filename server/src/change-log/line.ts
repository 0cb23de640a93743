// Why: decision 0129.
/**
 * Serial queue with priority: work runs one after another; urgent work goes before all that waits, after what is
 * running.
 */
export class Line {
  readonly #urgent: (() => Promise<unknown>)[] = [];
  readonly #waiting: (() => Promise<unknown>)[] = [];
  #running: Promise<void> | null = null;

  /** Runs `work` when it is its turn, and answers as it does. */
  run<Result>(work: () => Promise<Result>, options: { readonly isUrgent?: boolean } = {}): Promise<Result> {
    const result = new Promise<Result>((resolve, reject) => {
      const { isUrgent = false } = options;
      (isUrgent ? this.#urgent : this.#waiting).push(() => work().then(resolve, reject));
    });
    this.#running ??= this.#run();
    return result;
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Later, so that everybody who asks at the same moment is in the queue before the first begins.
    await Promise.resolve();
    for (;;) {
      const next = this.#urgent.shift() ?? this.#waiting.shift();
      if (next === undefined) break;
      await next();
    }
    this.#running = null;
  }
}
