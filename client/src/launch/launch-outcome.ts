import type { DifferenceKind, EvaluationContext, NotComparedCause, ShedCause } from '@dimmer/core';

/** What one of the two came to, and how long it took, ms. */
export type SideOutcome<Result> =
  | { readonly failed: false; readonly value: Awaited<Result>; readonly tookMs: number }
  | { readonly failed: true; readonly error: unknown; readonly tookMs: number };

/** What `onOutcome` is told of one call, when its shadow is over and has been compared. */
export interface LaunchOutcome<Result> {
  readonly flag: string;
  /** The stage that the context was at. */
  readonly stage: string;
  readonly context: EvaluationContext | undefined;
  /** What the options gave as `metadata`. */
  readonly metadata: unknown;
  /** `candidate`, or the name under `candidates`. */
  readonly candidateName: string;
  /** Copies: the hook may change them. What cannot be copied is there as it is. */
  readonly control: SideOutcome<Result>;
  /** Absent if its shadow did not run, or not to its end: then `shed` says why. */
  readonly candidate?: SideOutcome<Result>;
  readonly shed?: ShedCause | 'timeout';
  /** `ignored`: different only where that is allowed. `failed`: not compared, for the cause that is given. */
  readonly compared?: 'same' | 'different' | 'ignored' | 'failed';
  readonly notCompared?: NotComparedCause;
  readonly difference?: LaunchDifference;
}

/** Where two results differ first. */
export interface LaunchDifference {
  /** JSON pointer; indexes are `*`. '' is the whole. `(error)` if one of the two failed. */
  readonly path: string;
  readonly kind: DifferenceKind;
  /** What each has there. */
  readonly control: unknown;
  readonly candidate: unknown;
}
