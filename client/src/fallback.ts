import type { Connection, Platform } from './platform.ts';
import type { Replica } from './replica.ts';
import type { ConnectionState } from './status.ts';
import type { StreamFailure } from './stream-source.ts';

/** What gets the rules another way while no stream works. */
interface Fallback {
  /** A stream is being opened. */
  readonly opening: () => void;
  /**
   * The stream is lost, for the `failures`th time in a row. If rules come this way already: the time until a stream is
   * to be tried again, ms; 0 leaves it to the retry policy.
   */
  readonly lost: (failure: StreamFailure, failures: number) => number | undefined;
  /** The stream works, or nobody wants rules any more. */
  readonly stop: () => void;
}

/** Where rules go that came another way: a replica, or what of one this needs. */
export interface FallbackReceiver extends Pick<Replica, 'heardAt' | 'replace' | 'confirm'> {
  readonly ruleset: { readonly id: string };
}

/**
 * Says how the connection is from now on.
 *
 * @param error why, if something is wrong
 * @param isFinal whether waiting for rules is pointless: the key is refused
 */
type EnterState = (state: ConnectionState, error?: string, isFinal?: boolean) => void;

interface FallbackDeps extends Pick<Platform, 'after' | 'random'> {
  readonly connection: Pick<Connection, 'request'>;
  readonly replica: FallbackReceiver;
  readonly enter: EnterState;
}

export type CreateFallback = (deps: FallbackDeps) => Fallback;
