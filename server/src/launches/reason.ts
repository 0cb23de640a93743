import type { LaunchReport } from './report.ts';

type ReasonCode =
  | 'KILLED'
  | 'NOTHING_OBSERVED'
  | 'DIFFERENT'
  | 'FAILING'
  | 'DIVERGED'
  | 'HANGING'
  | 'SLOWER'
  | 'HARM'
  | 'NOT_COMPARED'
  | 'IGNORED'
  | 'SHED'
  | 'TOO_FEW'
  | 'LIVE';

/** One thing that stands against it, or speaks for it. */
export interface Reason {
  readonly code: ReasonCode;
  readonly sentence: string;
}

/** A report before it is judged. */
export type Figures = Omit<LaunchReport, 'verdict'>;
