/** What some figures of one environment have taken up in one day, by UTC. */
export interface DayTotal {
  /** Days since 1970. */
  readonly day: number;
  /** `<project>/<environment>/<audience>` */
  readonly place: string;
  readonly figures: 'evaluations' | 'launches';
  readonly amount: number;
}

/** Keeps what has been taken up, in one sum of all servers on a database and across their starts. */
export interface DayTotalStore {
  /**
   * Adds to the sums.
   *
   * @returns these sums as they are now
   */
  add(amounts: readonly DayTotal[]): Promise<readonly DayTotal[]>;
  /** Forgets days before this one. */
  forget(day: number): Promise<void>;
}
