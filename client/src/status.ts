/** Where the rules come from that decide now; from best to worst. */
export type Source = 'stream' | 'poll' | 'cache' | 'bootstrap' | 'default';

/**
 * - `connecting`: the first attempt is on its way
 * - `live`: the stream works; what is held is what the server has
 * - `polling`: no stream, but the rules are fetched from time to time
 * - `reconnecting`: neither; the next attempt comes within half a minute, or when the server has asked for it
 * - `refused`: the same, but the server refuses the key, or something else answers in its place: tried rarely
 * - `paused`: the page is hidden or frozen, or the browser offline: nothing is tried until that changes
 * - `offline`: nothing to connect to, because `url` or `key` is missing, or there is no `EventSource`
 * - `closed`: after `close()`
 */
export type ConnectionState =
  | 'connecting'
  | 'live'
  | 'polling'
  | 'reconnecting'
  | 'refused'
  | 'paused'
  | 'offline'
  | 'closed';

/** How the client is doing. */
export interface Status {
  readonly state: ConnectionState;
  /** When this state began, ms since 1970. */
  readonly since: number;
  /** The id of the rules that decide now; '' while there are none. */
  readonly id: string;
  /** When those rules were made, ms since 1970 by the server's clock; 0 while there are none. Tells how old a cache is. */
  readonly at: number;
  /** Where those rules come from. */
  readonly source: Source;
  /** How long ago the server was last heard of, ms; null if never. */
  readonly lastEventAgeMs: number | null;
  /** Why the last connection was lost; null if none was. */
  readonly lastError: string | null;
}

/** The rules have changed. */
export interface Change {
  /** Flags that were added, removed, or decide by other rules than before. */
  readonly keys: readonly string[];
  /** The id of the rules that decide from now on. */
  readonly id: string;
  /**
   * How long after the change was committed, ms by the server's clock; null if it did not come live. The server's clock
   * is estimated from its pings. Where ours is ahead by less than a second, that much too long is reported; where the
   * two are further apart, a ping's time on the way too little.
   */
  readonly delayMs: number | null;
}
