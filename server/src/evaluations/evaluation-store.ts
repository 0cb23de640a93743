/** How often a flag served a variation within one minute. */
export interface EvaluationCount {
  readonly project: string;
  readonly environment: string;
  readonly flag: string;
  /** `null`: the caller's default was served. */
  readonly variation: string | null;
  /** Start of the minute, ms since 1970. */
  readonly minute: number;
  readonly count: number;
}

/** When a flag was last evaluated. Kept when its counts are long gone: it is how stale flags are found. */
export interface LastEvaluation {
  readonly project: string;
  readonly environment: string;
  readonly flag: string;
  /** Ms since 1970, by the clock of this server. */
  readonly at: number;
}

export interface EvaluationQuery {
  readonly project: string;
  readonly environment: string;
  readonly flag: string;
  /** Ms since 1970; minutes that start at or after this. */
  readonly from: number;
  /** Ms since 1970; minutes that start before this. */
  readonly to: number;
}

/** A minute's count goes no further, so that every sum stays a safe integer, whatever clients claim to have counted. */
export const MOST_COUNTED = Number.MAX_SAFE_INTEGER;

/** Where counts of evaluations are kept. Beside the change log, never in it: they are figures, not acts. */
export interface EvaluationStore {
  /** Adds to what is there, up to `MOST_COUNTED`, in one transaction. */
  add(counts: readonly EvaluationCount[], last: readonly LastEvaluation[]): Promise<void>;
  /** Oldest minute first, at most `limit` rows. */
  read(query: EvaluationQuery, limit: number): Promise<readonly EvaluationCount[]>;
  /** Of one flag, or of all; flags that were never evaluated are absent. */
  lastEvaluations(project: string, environment: string, flag?: string): Promise<readonly LastEvaluation[]>;
  /** Forgets the counts of minutes that began before. Returns how many rows went, at most `limit` at once. */
  prune(beforeMs: number, limit: number): Promise<number>;
}
