/** What one SDK counted between two instants, all at one id. */
export interface Summary {
  /** The id that these evaluations were made at. */
  readonly id: string;
  /** Ms since 1970, by the corrected clock of the SDK. */
  readonly from: number;
  readonly to: number;
  readonly counts: readonly SummaryCount[];
}

interface SummaryCount {
  readonly flag: string;
  /** `null`: the caller's default was served. */
  readonly variation: string | null;
  readonly count: number;
}
