import type { LaunchPath, RulesetFlag } from '@dimmer/core';
import type { LogCode } from '../platform.ts';
import type { Brakes } from './brakes.ts';
import type { CompareOptions, LaunchHooks, LaunchOptions, Run } from './launch-options.ts';
import type { Subject } from './launched.ts';
import type { ShadowWorld } from './shadow-world.ts';
import type { warmCopies } from './warm-copies.ts';

/** One call of a launch, or one read or write of a migration. */
export interface Call<Result, Input> extends Subject {
  readonly codes: { readonly [path in LaunchPath]: (run: Run<Input>) => Result };
  readonly input: Input;
  readonly options: CompareOptions<Result> &
    LaunchHooks<Result, Input> &
    Pick<LaunchOptions<Result, Input>, 'verify' | 'candidates'>;
  /** The rules by which it was decided. What they say of dials overrides what the options say. */
  readonly definition: RulesetFlag | undefined;
  /** Control may run without being the answer. */
  readonly repeatable: boolean;
  /** The other path begins while an asynchronous answer is on its way, and not when it is there. */
  readonly atOnce?: boolean | undefined;
}

/** Where the rules had put a context when it was decided. */
interface Placed extends Pick<Subject, 'launched' | 'context' | 'variation'> {
  readonly definition: RulesetFlag | undefined;
}

/** What calls are made with. */
export interface CallDeps {
  readonly world: ShadowWorld;
  readonly brakes: Brakes;
  /** Whether the rules still put the context of a shadow at its stage. */
  readonly isStill: (placed: Placed) => boolean;
  /** Runs code that callers wait for in advance, where that pays. */
  readonly warmUp?: typeof warmCopies | undefined;
  readonly random: () => number;
  /** Ms since 1970, by the server's clock. */
  readonly now: () => number;
  /** A timer that does not keep the process alive; the answer cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Says something of a flag in the log, once for each code. */
  readonly complain: (code: LogCode, flag: string, detail: unknown) => void;
}
