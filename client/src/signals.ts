/**
 * Signals: what replica and stream tell the rest of the client. Both are made before those that want to know, which
 * subscribe; so nothing in a client is used before it is there.
 */
import type { Listeners } from './listeners.ts';
import type { Change } from './status.ts';

export interface Signals {
  /** Another id is about to take over: the last moment to collect counts for the present one. */
  readonly replacing: undefined;
  /** Another id has taken over; its `keys` may be empty. */
  readonly applied: Change;
  /** The server has been heard of for the first time. */
  readonly heard: undefined;
  /** Why something that came cannot be taken: an event, or a flag or segment that this version does not understand. */
  readonly refused: string;
  /** The state of the connection has changed. */
  readonly state: undefined;
}

export type Emit = Listeners<Signals>['emit'];
