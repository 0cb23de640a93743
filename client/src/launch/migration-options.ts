import type { LaunchDials, MigrationStage } from '@dimmer/core';
import type { CompareOptions, LaunchHooks, Run } from './launch-options.ts';
import type { DivergenceReason } from './second-writes.ts';

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
    Pick<LaunchHooks<ReadResult, ReadInput>, 'onOutcome' | 'metadata'>,
    Omit<LaunchDials, 'ignore'> {
  readonly read: OldAndNew<ReadInput, ReadResult>;
  readonly write: OldAndNew<WriteInput, WriteResult>;
  /**
   * The stage where neither rules nor a stage of before are known: at a first start without the server, or if there is no
   * such flag. Name the stage that the migration is at when this code is deployed, and move it along with the flag. What
   * is no stage is `off`, and the log says so.
   */
  readonly defaultStage: MigrationStage;
  /**
   * Names the row that a write is about: writes of one row reach the side that is not authoritative one after another.
   * `false`: their order does not matter, because both sides refuse what is older than what they have. Default: the
   * context's `targetingKey`, of whose writes the later ones wait only for one that is late.
   */
  readonly key?: ((input: WriteInput) => string | number | bigint) | false | undefined;
  /**
   * How long the new side may take to answer a read at `live`, ms; then the old one is asked. Default 1,000.
   */
  readonly readTimeoutMs?: number | undefined;
  /**
   * Where both sides are read (`shadow`, `live`), the other one begins while the first is on its way, so that they are
   * compared as of one instant. The caller gets the same answer as ever. Default false: it begins when the first has ended.
   */
  readonly parallelReads?: boolean | undefined;
  /**
   * How long the caller of a write waits for the side that is not authoritative, ms. Default 1,000. After one timeout,
   * nobody waits for the rest of the minute. A write that has not ended after so long is late, whether somebody waits or
   * not; its `signal` is aborted a minute later.
   */
  readonly writeTimeoutMs?: number | undefined;
  /**
   * Told once of each write that the other side refused, or has not taken in time: what has to be copied again. Need not
   * be careful: what it throws is caught, and said in the log.
   */
  readonly onDiverged?: ((divergence: Divergence<WriteInput>) => unknown) | undefined;
}

/** A write that the authoritative side took and the other, as far as is known, did not. */
export interface Divergence<Input> {
  readonly flag: string;
  readonly stage: MigrationStage;
  /** As it was given to `write`. */
  readonly input: Input;
  /** `failed`: it threw. `late`: its time is up, and it may still happen. `dropped`: it was not tried, as too many wait. */
  readonly reason: DivergenceReason;
  /** What it threw; or what is said of it, by name `TimeoutError` or `QuotaExceededError`. */
  readonly error: unknown;
  /** Resolves when the write is over, however it went. Of one that is late: perhaps never. What is mended before may be overwritten by it. */
  readonly ended: Promise<void>;
}

/** A migration as one context sees it. The stage is decided once, so that what belongs together is read alike. */
export interface Migration<ReadInput, ReadResult, WriteInput, WriteResult> {
  readonly stage: MigrationStage;
  /** Reads by the authoritative side; rejects only as that side does. */
  read(input: ReadInput): Promise<ReadResult>;
  /** Writes by the authoritative side, then by the other; rejects only as the authoritative side does. */
  write(input: WriteInput): Promise<WriteResult>;
}
