import type { Reception, Replica, Source } from './replica.ts';
import type { ConnectionState } from './status.ts';
import type { StreamFailure } from './stream-source.ts';

/** What gets the rules another way while no stream works. */
export interface Fallback {
  /** The stream is lost, for the `failures`th time in a row. True if rules come this way already. */
  readonly lost: (failure: StreamFailure, failures: number) => boolean;
  /** The stream works, or nobody wants rules any more. */
  readonly stop: () => void;
}

/** What a fallback may do with the delivery that it helps. */
export interface Helped {
  readonly replica: Replica;
  /** Says what became of a payload that came from elsewhere than the stream. Answers what is wrong with it, if so. */
  readonly accept: (reception: Reception, source: Source) => string | undefined;
  /** Says how the connection is from now on. */
  readonly enter: (state: ConnectionState, error?: string) => void;
}
