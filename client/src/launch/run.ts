import type { Run } from './launch-options.ts';

/** What an answer is told of its run. Code that does not ask for the signal does not pay for it. */
export class AnswerRun<Input> implements Run<Input> {
  readonly input: Input;
  readonly #inShadow: () => boolean;
  #signal: AbortSignal | undefined;

  constructor(input: Input, inShadow: () => boolean) {
    this.input = input;
    this.#inShadow = inShadow;
  }

  /** An answer may be asked for by code that is a shadow itself. */
  get inShadow(): boolean {
    return this.#inShadow();
  }

  /** One for each run: listeners would gather at one that all share. */
  get signal(): AbortSignal {
    this.#signal ??= new AbortController().signal;
    return this.#signal;
  }
}
