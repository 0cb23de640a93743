import type { ShedCause } from '@dimmer/core';
import type { Holds } from './holds.ts';
import type { CreateShadowing } from './shadowing.ts';
import type { Switchback, SwitchbackMeans } from './switchback.ts';
import type { answerWithin } from './time-limit.ts';
import type { warmCopies } from './warm-copies.ts';

/** What shadows need of the world besides what every client needs: Node and the browser each have theirs. */
export interface ShadowWorld {
  /** Makes what runs and compares shadows; in browsers that is loaded when it is needed. */
  readonly shadowing: CreateShadowing;
  /** A clock that never goes back, ms. */
  readonly clock: () => number;
  /** Runs `run` once the caller has gone on: in Node after what is waiting, in browsers when the page is idle. */
  readonly defer: (run: () => void) => void;
  /**
   * Runs `code` so that all below it, also what it awaits, is known to be in a shadow, where that can be had.
   *
   * @param charge told of each stretch of a millisecond or more for which it has blocked the event loop after an `await`,
   * ms, where that can be known
   */
  readonly shadowed: <Result>(code: () => Result, charge?: (blockedMs: number) => void) => Result;
  /** An asynchronous shadow has begun, and stretches of it are charged until the answer is called. */
  readonly watch?: (() => () => void) | undefined;
  /** True if the running code is in a shadow. */
  readonly inShadow: () => boolean;
  /** True if being late after `defer` says that the event loop lags; a browser is late because the page is not idle. */
  readonly defersAtOnce: boolean;
  /** CPU time of this process, ms. Absent where there is none to be had. */
  readonly cpu?: (() => number) | undefined;
  /** Percent of the heap's limit in use. Absent where it cannot be known. */
  readonly heapPercent?: (() => number) | undefined;
  /** Makes code that is given up after a time. Absent in browsers, whose bundle is spared it. */
  readonly limit?: typeof answerWithin | undefined;
  /**
   * A further reason against a shadow now. Asked last, because a yes may count.
   *
   * @param callsPerSecond this client's part of the fleet's ceiling; 0 while it is not known
   */
  readonly refuses?: ((callsPerSecond: number) => ShedCause | undefined) | undefined;
  /** Makes the experiment whether callers feel the shadows of a flag. Absent where there are no callers: in pages. */
  readonly switchback?: ((means: SwitchbackMeans) => Switchback) | undefined;
  /** What the server says of flags whose shadows are felt. Absent where there is no experiment. */
  readonly holds?: Pick<Holds, 'percentOf'> | undefined;
  /** Runs code that callers wait for in advance, so that the engine has compiled it. Absent in pages: they are open for minutes. */
  readonly warmUp?: typeof warmCopies | undefined;
  /** Shadows of all flags under way at once. */
  readonly maxShadows: number;
}
