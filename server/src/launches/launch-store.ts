import type { Audience } from '@dimmer/core';
import type { Observation } from './observed.ts';

/** What was observed of one launch within one minute, as one server process has merged it. */
export interface LaunchMinute {
  readonly project: string;
  readonly environment: string;
  readonly flag: string;
  /** Start of the minute, ms since 1970. */
  readonly minute: number;
  /** Browsers may say anything: their key is public. */
  readonly audience: Audience;
  readonly observation: Observation;
}

/** The same with whose row it is: a new name each time that a process begins to merge a minute. */
export interface WrittenMinute extends LaunchMinute {
  readonly writer: string;
}

export interface LaunchQuery extends Pick<LaunchMinute, 'project' | 'environment' | 'flag'> {
  /** Minutes that start at or after this, ms since 1970. */
  readonly from: number;
  /** Minutes that start before this. */
  readonly to: number;
}

/** Where a page of minutes ended; the next begins after it. */
export interface LaunchCursor {
  readonly minute: number;
  readonly audience: string;
  readonly writer: string;
}

/** Where observations are kept. Beside the change log, never in it: they are figures, not acts. */
export interface LaunchStore {
  /**
   * Writes minutes over what the same writer wrote of them before, in one transaction. Each writer has rows of its own, so
   * that several processes on one database need not read before they write; who reads adds them up.
   */
  put(minutes: readonly WrittenMinute[]): Promise<void>;
  /** Oldest first, at most `limit`. */
  read(
    query: LaunchQuery,
    limit: number,
    after?: LaunchCursor,
  ): Promise<{ readonly minutes: readonly LaunchMinute[]; readonly next: LaunchCursor | undefined }>;
  /** Forgets minutes that began before. Returns how many rows went, at most `limit` at once. */
  prune(beforeMs: number, limit: number): Promise<number>;
}
