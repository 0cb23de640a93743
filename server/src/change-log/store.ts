import type { Change, Head, Write } from '../changes/change.ts';
import type { Document, Place } from '../documents/document.ts';

/** Which changes to read whole. Everything given must hold. */
export interface ChangeQuery {
  /** Revisions greater than this. */
  readonly after?: number;
  readonly order: 'oldest first' | 'newest first';
  readonly limit: number;
}

/** Which changes to find in the history, newest first. Everything given must hold. */
export interface HistoryQuery {
  readonly project?: string | undefined;
  /** Changes that touch what this environment serves, those of all environments included. Needs `project`. */
  readonly environment?: string | undefined;
  /** Changes that wrote this flag or its targeting (in `environment`, if given). Needs `project`. */
  readonly flag?: string | undefined;
  /** Needs `project`. */
  readonly segment?: string | undefined;
  /** Changes that wrote the key or token with this selector. */
  readonly key?: string | undefined;
  /** Revisions greater than this. */
  readonly after?: number | undefined;
  /** Revisions less than this. */
  readonly before?: number | undefined;
  /** Committed at or after this instant, ms since 1970. */
  readonly sinceMs?: number | undefined;
  /** Committed before this instant, ms since 1970. */
  readonly untilMs?: number | undefined;
  /** A part of the name of who did it; upper and lower case are alike. */
  readonly by?: string | undefined;
  readonly limit: number;
}

/** What a change wrote, without the body. */
export type EntryWrite = Pick<Write, 'kind' | 'id' | 'project' | 'environment' | 'version'> & {
  readonly isDeleted: boolean;
};

/** A change as a list has it: without the bodies that it wrote. */
export type ChangeEntry = Omit<Change, 'writes' | 'prevHash' | 'seal'> & { readonly writes: readonly EntryWrite[] };

/** A part of the history; it may be shorter than was asked for although there is more. */
export interface HistoryPage {
  readonly entries: readonly ChangeEntry[];
  /** There are more before the last of them. */
  readonly hasMore: boolean;
}

/** Who made a change, and when. */
export type Commit = Pick<Change, 'revision' | 'at' | 'actor'>;

/** How a change is committed. */
export interface CommitOptions {
  /** Somebody is on call: worth waiting for a lock of somebody else, however long others have waited in vain. */
  readonly isUrgent?: boolean;
}

/**
 * What a database must do. Asynchronous, so that a database across a network fits as well as one in the process.
 * `server/test/store-contract.ts` says the same as tests, for any implementation.
 */
export interface Store {
  /** Everything that is current, tombstones (`body: null`) included, and the head it belongs to. */
  load(): Promise<{ readonly head: Head; readonly documents: readonly Document[] }>;

  /** Some of what is current, by kind and id, from one document on (itself included, if it is there). */
  documentsFrom(from: Pick<Place, 'kind' | 'id'> | null, limit: number): Promise<readonly Document[]>;

  head(): Promise<Head>;

  /**
   * Appends one change and puts its documents in place, in ONE transaction, durable when it resolves.
   * `conflict`: the head is not `{ revision: change.revision - 1, hash: change.prevHash }`, or a document is not at
   * the version before the one written; nothing is written then. Rejects with a `StoreError` if the database fails.
   */
  commit(change: Change, options?: CommitOptions): Promise<'committed' | 'conflict'>;

  /**
   * Lets nobody else commit while `work` decides, for a server that has lost too many races. `work` may read, and commit
   * one change by what it is handed; that is durable when the whole resolves, and undone if `work` rejects.
   */
  inTurn<Result>(work: (commit: Store['commit']) => Promise<Result>): Promise<Result>;

  changes(query: ChangeQuery): Promise<readonly Change[]>;

  /** Finds changes without reading the whole log. In pieces: what is committed meanwhile may be missing. */
  history(query: HistoryQuery): Promise<HistoryPage>;

  change(revision: number): Promise<Change | undefined>;

  /** Who made some changes, and when, in any order; those that are not there are left out. */
  commits(revisions: readonly number[]): Promise<readonly Commit[]>;

  /** Documents as they stood right after `revision`, in their order. `version: 0`, `body: null`: not there yet. */
  documentsAt(places: readonly Place[], revision: number): Promise<readonly Document[]>;

  /** The last revision that was committed at or before an instant; 0 if there is none. */
  revisionAt(atMs: number): Promise<number>;

  close(): Promise<void>;
}

/**
 * - `STORE_LOCKED`, `STORE_NEWER`: it cannot be opened by this server
 * - `STORE_FULL`: there is no room left; what is there can be read
 * - `STORE_MOVED`: its file is no longer where it was
 * - `STORE_OVERWRITTEN`: another file was copied into it
 * - `STORE_HELD`: somebody else holds a lock on what was to be written
 * - `STORE_UNAVAILABLE`: anything else
 */
export type StoreErrorCode =
  | 'STORE_LOCKED'
  | 'STORE_NEWER'
  | 'STORE_FULL'
  | 'STORE_MOVED'
  | 'STORE_OVERWRITTEN'
  | 'STORE_HELD'
  | 'STORE_UNAVAILABLE';

/** The database cannot be used. The message says the fix. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  /** What else is known, for callers who may write. */
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: StoreErrorCode,
    message: string,
    { details, ...options }: ErrorOptions & { readonly details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}
