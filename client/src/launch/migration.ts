/** `migration`: reads and writes by the stage of a flag, as `migration-table.ts` says. */
import type { EvaluationContext, Flag, FlagType, LaunchPath, MigrationStage } from '@dimmer/core';
import type { Platform } from '../platform.ts';
import { copyValue } from './copy-value.ts';
import type { Run } from './launch-options.ts';
import type { LaunchedFlags } from './launched.ts';
import type { MigratingClient } from './launching-client.ts';
import type { Migration, MigrationOptions } from './migration-options.ts';
import { MIGRATION_TABLE } from './migration-table.ts';
import type { Call, Calls } from './shadowed-call.ts';

const WRITE_TIMEOUT_MS = 1_000;
/** After a write has timed out, nobody waits for the slow side for so long. */
const IMPATIENT_MS = 60_000;

interface Means extends Pick<Platform, 'after'> {
  readonly find: (key: string, type: FlagType) => Flag | undefined;
  readonly decide: (flag: Flag, context: EvaluationContext | undefined) => { readonly variation: string | undefined };
  readonly flags: LaunchedFlags;
  readonly calls: Calls;
  readonly clock: () => number;
}

/** Makes the method of the client. */
export function createMigration({ find, decide, flags, calls, after, clock }: Means): MigratingClient['migration'] {
  /** By flag: until when nobody waits for the side that is not authoritative. */
  const impatientUntil = new Map<string, number>();

  /** Waits for the second write as long as a caller may be made to wait; the write itself goes on. */
  function waitFor(writing: Promise<unknown>, flag: string, timeoutMs: number): Promise<unknown> {
    if (clock() < (impatientUntil.get(flag) ?? 0)) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = after(timeoutMs, () => {
        impatientUntil.set(flag, clock() + IMPATIENT_MS);
        resolve(undefined);
      });
      void writing.then(() => {
        cancel();
        resolve(undefined);
      });
    });
  }

  return function migration<ReadInput, ReadResult, WriteInput, WriteResult>(
    key: string,
    context: EvaluationContext | undefined,
    options: MigrationOptions<ReadInput, ReadResult, WriteInput, WriteResult>,
  ): Migration<ReadInput, ReadResult, WriteInput, WriteResult> {
    const flag = find(key, 'migration');
    const stage = stageOf(flag && decide(flag, context).variation);
    const { reads, other, writes } = MIGRATION_TABLE[stage];

    // Reads are verified as long as that is possible, unless somebody says otherwise.
    const verified: object = { verify: true, ...options };

    function callOf<Input, Result>(
      operation: 'read' | 'write',
      { old, new: renewed }: { readonly old: (run: Run<Input>) => Result; readonly new: (run: Run<Input>) => Result },
      input: Input,
    ): Call<Result, Input> | undefined {
      if (!flag) return undefined;
      return {
        launched: flags.of(flag),
        context,
        variation: stage,
        operation,
        codes: { control: old, candidate: renewed },
        input,
        options: verified,
        definition: flag.definition,
        // A read changes nothing, whoever asks for it.
        repeatable: true,
      };
    }

    /** The second write. What becomes of it is counted, and told to whoever has to repair it; never to the caller. */
    async function writeOther(
      call: Call<WriteResult | Promise<WriteResult>, WriteInput>,
      path: LaunchPath,
      input: WriteInput,
    ): Promise<void> {
      try {
        await calls.answer({ ...call, input }, path, 'shadow');
      } catch (error) {
        try {
          await options.onDiverged?.({ flag: key, stage, input, error });
        } catch {
          // Whoever is told has been told.
        }
      }
    }

    return {
      stage,
      async read(input) {
        const call = callOf('read', options.read, input);
        if (!call) return options.read.old({ input, inShadow: false, signal: new AbortController().signal });
        if (other === 'shadow') return calls.answerInDark(call);
        if (other === 'nothing') return calls.answer(call, reads);
        return calls.answerLive(call, true);
      },
      async write(input) {
        const call = callOf('write', options.write, input);
        if (!call) return options.write.old({ input, inShadow: false, signal: new AbortController().signal });
        const [first, second] = writes;
        const kept = second && keep(input, options.clone);
        const result = await calls.answer(call, first);
        if (second) {
          await waitFor(writeOther(call, second, kept as WriteInput), key, options.writeTimeoutMs ?? WRITE_TIMEOUT_MS);
        }
        return result;
      },
    };
  };
}

function stageOf(variation: string | undefined): MigrationStage {
  return variation !== undefined && Object.hasOwn(MIGRATION_TABLE, variation) ? (variation as MigrationStage) : 'off';
}

/** A copy for the second write: the first may change what it is given. What cannot be copied is handed on as it is: no write is left out. */
function keep<Input>(input: Input, clone: MigrationOptions<never, never, Input, never>['clone']): Input {
  try {
    if (clone === false) return input;
    if (clone) return clone(input);
    const copied = copyValue(input);
    return copied.copied ? (copied.value as Input) : input;
  } catch {
    return input;
  }
}
