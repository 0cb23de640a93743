import type { Replica } from './replica.ts';
import type { ConnectionState } from './status.ts';
import type { StreamFailure } from './stream-source.ts';

/** What gets the rules another way while no stream works. */
export interface Fallback {
  /**
   * The stream is lost, for the `failures`th time in a row. If rules come this way already: the time until a stream is
   * to be tried again, ms; 0 leaves it to the retry policy.
   */
  readonly lost: (failure: StreamFailure, failures: number) => number | undefined;
  /** The stream works, or nobody wants rules any more. */
  readonly stop: () => void;
}

/**
 * @param replica where the rules go
 * @param enter says how the connection is from now on
 */
export type CreateFallback = (replica: Replica, enter: (state: ConnectionState, error?: string) => void) => Fallback;
