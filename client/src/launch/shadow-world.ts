import type { ShedCause } from '@dimmer/core';

/**
 * Ports: what shadows need of the world besides what every client needs. Node and the browser each have theirs; what they
 * add beside them is in `launch-parts.ts`.
 */
export interface ShadowWorld {
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
  /**
   * A further reason against a shadow now. Asked last, because a yes may count.
   *
   * @param callsPerSecond this client's part of the fleet's ceiling; 0 while it is not known
   */
  readonly refuses?: ((callsPerSecond: number) => ShedCause | undefined) | undefined;
  /** Shadows of all flags under way at once. */
  readonly maxShadows: number;
}
