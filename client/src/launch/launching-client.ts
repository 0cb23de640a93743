import type { EvaluationContext } from '@dimmer/core';
import type { DimmerClient } from '../dimmer-client.ts';
import type { LaunchOptions } from './launch-options.ts';
import type { Migration, MigrationOptions } from './migration-options.ts';

/** A client that also runs old and new code side by side. */
export interface LaunchingClient extends DimmerClient {
  /**
   * Runs the code that the context's stage says, and answers what it returns or throws.
   *
   * - `off`: control
   * - `dark`: control; the candidate then runs after it, in the shadow, where it can hurt nobody
   * - `live`: the candidate; with `verify` control as its shadow, with `fallback` control's result if it fails
   *
   * Without a candidate, such a flag, or one of this type, control runs and the log says so once. Throws nothing of its
   * own. Synchronous code stays synchronous.
   */
  launch<Result, Input = undefined, Prepared = Awaited<Result>>(
    key: string,
    context: EvaluationContext | undefined,
    options: LaunchOptions<Result, Input, Prepared>,
  ): Result;

  /**
   * Resolves when no shadow is under way, nor waits for its turn, and all of them have been compared: for tests, and for
   * a job before it ends. Shadows of answers that are not known yet are not waited for.
   */
  shadowsSettled(): Promise<void>;

  /**
   * True for code that runs in a shadow, however deep below: then send no mail, charge no card, write nothing that
   * matters. In browsers only until the shadow's first `await`; there, hand `run.inShadow` down.
   */
  inShadow(): boolean;
}

/** One that also migrates data: in Node, where data is. */
export interface MigratingClient extends LaunchingClient {
  /**
   * Reads and writes by the stage of a migration: off → dual-write → shadow → live → ramp-down → complete. See
   * `migration-table.ts` for who is authoritative when.
   */
  migration<ReadInput, ReadResult, WriteInput, WriteResult>(
    key: string,
    context: EvaluationContext | undefined,
    options: MigrationOptions<ReadInput, ReadResult, WriteInput, WriteResult>,
  ): Migration<ReadInput, ReadResult, WriteInput, WriteResult>;
}
