import type { LaunchDials, MigrationStage } from '@dimmer/core';
import type { CompareOptions, Run } from './launch-options.ts';

/** Old and new code for one kind of access to data. */
interface OldAndNew<Input, Result> {
  /** Against the schema, or the store, of today. */
  readonly old: (run: Run<Input>) => Result | Promise<Result>;
  /** Against the one that is to take over. */
  readonly new: (run: Run<Input>) => Result | Promise<Result>;
}

/** What `migration` is given: how to read and write on either side. Comparison and dials are those of its shadow reads. */
export interface MigrationOptions<ReadInput, ReadResult, WriteInput, WriteResult>
  extends CompareOptions<ReadResult>,
    Omit<LaunchDials, 'ignore'> {
  readonly read: OldAndNew<ReadInput, ReadResult>;
  readonly write: OldAndNew<WriteInput, WriteResult>;
  /**
   * How long the caller of a write waits for the side that is not authoritative, ms. Default 1,000. After one timeout,
   * nobody waits for the rest of the minute.
   */
  readonly writeTimeoutMs?: number | undefined;
  /** Told each write that the other side refused: what has to be copied again. Need not be careful: what it throws is caught. */
  readonly onDiverged?: ((divergence: Divergence<WriteInput>) => unknown) | undefined;
}

/** A write that the authoritative side took and the other did not. */
export interface Divergence<Input> {
  readonly flag: string;
  readonly stage: MigrationStage;
  readonly input: Input;
  readonly error: unknown;
}

/** A migration as one context sees it. The stage is decided once, so that what belongs together is read alike. */
export interface Migration<ReadInput, ReadResult, WriteInput, WriteResult> {
  readonly stage: MigrationStage;
  /** Reads by the authoritative side; rejects only as that side does. */
  read(input: ReadInput): Promise<ReadResult>;
  /** Writes by the authoritative side, then by the other; rejects only as the authoritative side does. */
  write(input: WriteInput): Promise<WriteResult>;
}
