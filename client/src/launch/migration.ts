/** `migration`: reads and writes by the stage of a flag, as `migration-table.ts` says. */
import {
  type EvaluationContext,
  isErrorOutcome,
  type LaunchPath,
  type MigrationStage,
  type Ruleset,
  slotOf,
} from '@dimmer/core';
import type { LogCode, Platform } from '../platform.ts';
import type { Call } from './call.ts';
import { copyOrShare } from './copies.ts';
import { createKnownStages, type StageFiles } from './known-stages.ts';
import type { Run } from './launch-options.ts';
import { keyOf, type LaunchedFlags } from './launched.ts';
import type { MigratingClient } from './launching-client.ts';
import { LimitedRun } from './limited-run.ts';
import type { Migration, MigrationOptions } from './migration-options.ts';
import { MIGRATION_TABLE } from './migration-table.ts';
import { said } from './said.ts';
import { createSecondWrites, type Failure, type Following, type WriteOrder } from './second-writes.ts';
import type { Calls } from './shadowed-call.ts';
import { isStage } from './stage-of-rules.ts';
import { isThenable } from './thenable.ts';
import { answerWithin } from './time-limit.ts';

const READ_TIMEOUT_MS = 1_000;
const WRITE_TIMEOUT_MS = 1_000;
/** After a write has timed out, nobody waits for the slow side for so long. */
const IMPATIENT_MS = 60_000;

interface MigratingDeps extends Pick<Platform, 'after'> {
  readonly ruleset: Ruleset;
  /** Whether the rules come from the server, and not from a former run or from the application. */
  readonly isHeard: () => boolean;
  readonly inShadow: () => boolean;
  /** Counts a question for a key that no flag has. */
  readonly countUnknown: (key: string) => void;
  readonly flags: LaunchedFlags;
  readonly calls: Calls;
  readonly clock: () => number;
  /** Says something once for each flag. */
  readonly complain: (code: LogCode, flag: string, detail: string) => void;
}

/** The part of `launching.ts` that migrates. */
interface Migrating {
  readonly migration: MigratingClient['migration'];
  /** Notes the stages that the rules name now. To be called before they change. */
  readonly noteStages: () => void;
  /** Resolves when no second write is under way whose time is not up. */
  readonly idle: () => Promise<void>;
  /** The same, and the stages that were noted are kept. */
  readonly settled: () => Promise<unknown>;
}

/** Makes it; handed in, so that browsers, where no data is migrated, have none of it in the bundle. */
export type CreateMigrating = (deps: MigratingDeps) => Migrating;

/** @param files where the last stages are kept between two runs; absent: nowhere */
export function migratingWith(files: StageFiles | undefined): CreateMigrating {
  return (deps) => createMigrating(deps, files);
}

function createMigrating(deps: MigratingDeps, files: StageFiles | undefined): Migrating {
  const { ruleset, isHeard, inShadow, countUnknown, flags, calls, after, clock, complain } = deps;
  const stages = createKnownStages(ruleset, files);
  const secondWrites = createSecondWrites(after);
  /** By flag: until when nobody waits for the side that is not authoritative. */
  const impatientUntil = new Map<string, number>();

  /** The server's word; or, where that is missing, the last that is known; or what the application says. */
  function stageFor(key: string, context: EvaluationContext | undefined, defaultStage: unknown): MigrationStage {
    if (!isStage(defaultStage))
      complain('LAUNCH_UNUSABLE', key, '`defaultStage` has to name a stage; without rules, `off` would stand in');
    const flag = ruleset.get(key);
    let why = ruleset.id ? 'there is no such flag' : 'there are no rules yet';
    if (flag?.type === 'migration') {
      if (isHeard()) stages.note(key);
      const outcome = flag.decide(context);
      // What a shadow asks, nobody is served.
      if (!inShadow()) flag.counts[slotOf(outcome)]!++;
      const word = flag.variation(outcome)?.key;
      // Rules that were kept or handed over may be older than what was last known.
      const isOutdated = !isHeard() && (stages.last(key)?.at ?? 0) > ruleset.at;
      // Who cannot be decided is served what is served when the flag is off: nobody has put them there.
      if (isStage(word) && !isErrorOutcome(outcome) && !isOutdated) return word;
      why = isOutdated ? 'the rules that are held are older than it' : 'its rules name no stage for this context';
    } else if (flag) why = `is a ${flag.type} flag, not a migration`;
    else countUnknown(key);
    const last = stages.last(key)?.stage;
    const stage = last ?? (isStage(defaultStage) ? defaultStage : 'off');
    complain('STAGE_ASSUMED', key, `${why}; at "${stage}", ${last ? 'the last that was known' : 'by `defaultStage`'}`);
    return stage;
  }

  /** Waits for the second write as long as a caller may be made to wait; the write itself goes on. */
  function waitFor(writing: Promise<unknown>, flag: string, timeoutMs: number): Promise<unknown> {
    if (clock() < (impatientUntil.get(flag) ?? 0)) return Promise.resolve();
    return new Promise((resolve) => {
      // Somebody is waiting, so the process goes on.
      const cancel = after(timeoutMs, () => resolve(undefined), true);
      void writing.then(() => {
        cancel();
        resolve(undefined);
      });
    });
  }

  function orderOf(
    flag: string,
    key: ((input: never) => unknown) | false | undefined,
    input: unknown,
    context: EvaluationContext | undefined,
  ): WriteOrder | undefined {
    if (key === false) return undefined;
    if (key !== undefined) {
      try {
        const row = key(input as never);
        if (/^(string|number|bigint)$/.test(typeof row)) return { row: `${flag} row ${row}`, isNamed: true };
        // What an asynchronous one throws is nobody's.
        if (isThenable(row)) Promise.resolve(row).catch(() => {});
        complain('WRITES_UNORDERED', flag, '`key` has to answer a text or a number');
      } catch (error) {
        complain('WRITES_UNORDERED', flag, `\`key\` threw: ${said(error)}`);
      }
    }
    const whose = keyOf(context);
    return whose ? { row: `${flag} of ${whose}`, isNamed: false } : undefined;
  }

  function migration<ReadInput, ReadResult, WriteInput, WriteResult>(
    key: string,
    context: EvaluationContext | undefined,
    options: MigrationOptions<ReadInput, ReadResult, WriteInput, WriteResult>,
  ): Migration<ReadInput, ReadResult, WriteInput, WriteResult> {
    const stage = stageFor(key, context, options?.defaultStage);
    const { reads, other, writes } = MIGRATION_TABLE[stage];
    const flag = ruleset.get(key);
    const definition = flag?.type === 'migration' ? flag.definition : undefined;

    // Reads are verified as long as that is possible, unless somebody says otherwise.
    const verified: object = { verify: true, ...options };

    function callOf<Input, Result>(
      operation: 'read' | 'write',
      { old, new: renewed }: { readonly old: (run: Run<Input>) => Result; readonly new: (run: Run<Input>) => Result },
      input: Input,
    ): Call<Result, Input> {
      return {
        launched: flags.of({ key, definition }),
        context,
        variation: stage,
        operation,
        codes: { control: old, candidate: renewed },
        input,
        options: verified,
        definition,
        // A read changes nothing.
        repeatable: true,
        atOnce: options.parallelReads === true,
      };
    }

    interface SecondWrite {
      readonly call: Call<WriteResult | Promise<WriteResult>, WriteInput>;
      readonly path: LaunchPath;
      readonly order: WriteOrder | undefined;
      /** The input as it was before the first. */
      readonly kept: WriteInput;
      /** How long the caller waits for it. */
      readonly timeoutMs: number;
    }

    /**
     * The second write. What becomes of it is counted, and told to `onDiverged`, which repairs it; never to the caller.
     */
    async function writeOther({ call, path, order, kept, timeoutMs }: SecondWrite): Promise<void> {
      let following: Following | undefined;
      let failure: Failure;
      const follow = async (run: Run<WriteInput>): Promise<WriteResult> => {
        const limited = new LimitedRun(run);
        following = secondWrites.follow({
          order,
          input: kept,
          timeoutMs,
          write: () => call.codes[path](limited),
          late: () => impatientUntil.set(key, clock() + IMPATIENT_MS),
          giveUp: (reason) => limited.giveUp(reason),
        });
        failure = await following.inTime;
        if (failure) throw failure.error;
        return undefined as WriteResult;
      };
      try {
        // The other side may change what it is given; the repair has to know what was written.
        const input = options.onDiverged ? copyOrShare(call.launched.writing, kept, options).value : kept;
        await calls.answer({ ...call, input, codes: { ...call.codes, [path]: follow } }, path, 'shadow');
      } catch (error) {
        const { reason = 'failed' } = failure ?? {};
        complain(
          'SIDES_DIVERGED',
          key,
          options.onDiverged ? said(error) : `${said(error)} There is no \`onDiverged\`.`,
        );
        if (reason === 'late' && !order && options.key !== false)
          complain('WRITES_UNORDERED', key, 'there is neither `key` nor a `targetingKey`');
        try {
          const ended = following?.ended ?? Promise.resolve();
          await options.onDiverged?.({ flag: key, stage, input: kept, reason, error, ended });
        } catch (thrown) {
          complain('LISTENER_FAILED', key, `onDiverged: ${said(thrown)}`);
        }
      }
    }

    return {
      stage,
      async read(input) {
        const call = callOf('read', options.read, input);
        if (other === 'shadow') return calls.answerInDark(call);
        if (other === 'nothing') return calls.answer(call, reads);
        const candidate = answerWithin(options.readTimeoutMs, after, call.codes.candidate, READ_TIMEOUT_MS);
        return calls.answerLive({ ...call, codes: { ...call.codes, candidate } }, true);
      },
      async write(input) {
        const call = callOf('write', options.write, input);
        const [first, second] = writes;
        if (!second) return calls.answer(call, first);
        // Before either side runs: the first may change what it is given, and the caller may meanwhile.
        const kept = copyOrShare(call.launched.writing, input, options);
        if (kept.isShared) complain('INPUT_SHARED', key, kept.isShared);
        const order = orderOf(key, options.key, input, context);
        const result = await calls.answer(call, first);
        const timeoutMs = numberIn(options.writeTimeoutMs) ?? WRITE_TIMEOUT_MS;
        await waitFor(writeOther({ call, path: second, order, kept: kept.value, timeoutMs }), key, timeoutMs);
        return result;
      },
    };
  }

  const { idle } = secondWrites;
  return { migration, noteStages: stages.noteAll, idle, settled: () => Promise.all([idle(), stages.kept()]) };
}

function numberIn(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
