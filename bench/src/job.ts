import type { Pace } from './measure.ts';
import type { ScenarioKey } from './scenarios.ts';

/** What a child process is asked to do. */
export type Job =
  /** Time one scenario, or, with `bytes`, measure what a call allocates. */
  | {
      readonly kind: 'evaluate';
      readonly participant: string;
      readonly scenario: ScenarioKey;
      readonly sinkUrl: string;
      readonly pace: Pace;
      readonly bytes: boolean;
    }
  /** Write a large ruleset in the participant's own format. */
  | { readonly kind: 'write'; readonly participant: string; readonly flags: number; readonly path: string }
  /** Load that ruleset. */
  | {
      readonly kind: 'load';
      readonly participant: string;
      readonly flags: number;
      readonly path: string;
      readonly sinkUrl: string;
    }
  /** `JSON.parse` the same text. */
  | { readonly kind: 'parse'; readonly participant: string; readonly path: string };

/** Nanoseconds, bytes or milliseconds, by the job. */
export interface RunResult {
  readonly value: number;
}

export interface LoadResult {
  /** From the text to the first answer, CPU time. */
  readonly readyMs: number;
  /** What is retained then, without the text itself, megabytes (10^6 bytes). */
  readonly readyMb: number;
  /** To ask once for every flag after that, for one person, CPU time: what lazy work was put off. */
  readonly allMs: number;
  /** What is retained after that. */
  readonly allMb: number;
}
