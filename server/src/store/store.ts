import type { Change, Head } from '../change-log/change.ts';
import type { Document } from '../documents/document.ts';

/** Which changes to read. Everything given must hold. */
export interface ChangeQuery {
  readonly project?: string;
  /** Changes that touch what this environment serves, those of all environments included. Needs `project`. */
  readonly environment?: string;
  /** Changes that wrote this flag or its targeting (in `environment`, if given). Needs `project`. */
  readonly flag?: string;
  /** Needs `project`. */
  readonly segment?: string;
  /** Revisions greater than this. */
  readonly after?: number;
  /** Revisions less than this. */
  readonly before?: number;
  /** Committed at or after this instant, ms since 1970. */
  readonly sinceMs?: number;
  /** Committed before this instant, ms since 1970. */
  readonly untilMs?: number;
  /** A part of the name of who did it; upper and lower case are alike. */
  readonly by?: string;
  readonly order: 'oldest first' | 'newest first';
  readonly limit: number;
}

/** Who made a change, and when. */
export type Commit = Pick<Change, 'revision' | 'at' | 'actor'>;

/** A document as one revision left it. `version: 0`, `body: null`: it was not there yet. */
export type DocumentAt = Pick<Document, 'kind' | 'id' | 'version' | 'body'>;

/**
 * What a database must do. Asynchronous, so that a database across a network fits as well as one in the process.
 * `server/test/store-contract.ts` says the same as tests, for any implementation.
 */
export interface Store {
  /** Everything that is current, tombstones (`body: null`) included, and the head it belongs to. */
  load(): Promise<{ readonly head: Head; readonly documents: readonly Document[] }>;

  head(): Promise<Head>;

  /**
   * Appends one change and puts its documents in place, in ONE transaction, durable when it resolves.
   * `conflict`: the head is not `{ revision: change.revision - 1, hash: change.prevHash }`, or a document is not at
   * the version before the one written; nothing is written then. Rejects with a `StoreError` if the database fails.
   */
  commit(change: Change): Promise<'committed' | 'conflict'>;

  /**
   * Lets nobody else commit while `work` decides, for a server that has lost too many races. `work` may read, and commit
   * one change by what it is handed; that is durable when the whole resolves, and undone if `work` rejects.
   */
  inTurn<Result>(work: (commit: Store['commit']) => Promise<Result>): Promise<Result>;

  changes(query: ChangeQuery): Promise<readonly Change[]>;

  change(revision: number): Promise<Change | undefined>;

  /** Who made some changes, and when, in any order; those that are not there are left out. */
  commits(revisions: readonly number[]): Promise<readonly Commit[]>;

  /** A document as it stood right after `revision`. */
  documentAt(kind: Document['kind'], id: string, revision: number): Promise<DocumentAt>;

  /** All documents of one project as they stood right after `revision`, without those not yet there or deleted. */
  projectAt(project: string, revision: number): Promise<readonly Document[]>;

  /** The last revision that was committed at or before an instant; 0 if there is none. */
  revisionAt(atMs: number): Promise<number>;

  close(): Promise<void>;
}

/**
 * - `STORE_LOCKED`, `STORE_NEWER`: it cannot be opened by this server
 * - `STORE_FULL`: there is no room left; what is there can be read
 * - `STORE_MOVED`: its file is no longer where it was
 * - `STORE_UNAVAILABLE`: anything else
 */
export type StoreErrorCode = 'STORE_LOCKED' | 'STORE_NEWER' | 'STORE_FULL' | 'STORE_MOVED' | 'STORE_UNAVAILABLE';

/** The database cannot be used. The message says the fix. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
