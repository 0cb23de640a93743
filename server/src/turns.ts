/**
 * Cooperative scheduling: one piece of work in each turn of the event loop, first come, first served. While an
 * in-process database answers, everything else waits; so large reads are done in small pieces, and all large reads
 * share the turns.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isSet = false;

  /** Resolves when it is the caller's turn: what is done at once then is one piece. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#set();
    });
  }

  #set(): void {
    if (this.#isSet || this.#waiting.length === 0) return;
    this.#isSet = true;
    setImmediate(() => {
      this.#isSet = false;
      this.#waiting.shift()?.();
      this.#set();
    });
  }
}
