import type { EvaluationContext, LaunchDials } from '@dimmer/core';
import type { LaunchOutcome } from './launch-outcome.ts';

/** What code is told of the run that it is part of. */
export interface Run<Input> {
  /** What the caller gave as `input`; in a shadow, a copy. */
  readonly input: Input;
  /** True in a shadow: then nothing may be sent, charged or written that a customer could notice. */
  readonly inShadow: boolean;
  /** Aborted when a shadow has run for too long, and when an answer is given up for which another stands in: hand it on to `fetch` and the like. */
  readonly signal: AbortSignal;
}

/** How results are compared, and what is kept of those that differ. */
export interface CompareOptions<Result, Prepared = Awaited<Result>> {
  /**
   * True if the two are alike; it may be asynchronous, and is waited for 5 s. It is given what control and candidate
   * returned, awaited; they are copies that nobody else sees, and results that cannot be copied are not compared.
   * Default: structural equality, except at the paths that may differ.
   */
  readonly compare?: ((control: Prepared, candidate: Prepared) => boolean | PromiseLike<boolean>) | undefined;
  /** True if two failures are alike; may be asynchronous. Default: the same class, message and code. */
  readonly compareErrors?: ((control: unknown, candidate: unknown) => boolean | PromiseLike<boolean>) | undefined;
  // A path may hold `*/`, which would end a comment of the other kind.
  // Paths that may differ, with all that is below them, as JSON pointers: `/updatedAt`, `/items/*/id`, `/items/0`.
  readonly ignore?: readonly string[] | undefined;
  /**
   * What is kept of a result in a sample: leave out or shorten what nobody may read; may be asynchronous. It is given a
   * copy. Default: all, with secrets redacted.
   */
  readonly clean?: ((result: Prepared) => unknown) | undefined;
  /** Names that are redacted in samples, also within texts, besides the usual (password, token, authorization, email, …). */
  readonly redact?: readonly (string | RegExp)[] | undefined;
  /**
   * How input and control's result are copied, so that the shadow and the comparison see what was, whatever the caller
   * does with it afterwards. Default: a structural copy, where there can be a true one: not of functions, instances with
   * private fields, streams, sockets. `false`: nothing is copied, for values that nobody changes.
   */
  readonly clone?: (<Value>(value: Value) => Value) | false | undefined;
}

/** The caller's own functions around a shadow. What they throw is caught, and said once in the log (`HOOK_FAILED`). */
export interface LaunchHooks<Result, Input, Prepared = Awaited<Result>> {
  /** Whether a call may have a shadow; asked on the caller's path, after the stage. Default: it may. */
  readonly runIf?: ((context: EvaluationContext | undefined) => boolean) | undefined;
  /**
   * Runs in the shadow before its code: set-up that the answer does not need. It may be asynchronous, and is not counted
   * in the latency. If it fails, the code does not run.
   */
  readonly before?: ((run: Run<Input>) => unknown) | undefined;
  /**
   * Makes of a result what is compared, copied and shown in samples: reads a body (of a clone, on control's side: the
   * caller reads the body itself), leaves out what is noise. May be asynchronous, and is waited for 5 s. Control's is
   * called on the caller's path, before the caller has the result, because afterwards the caller may change it.
   */
  readonly prepare?: ((result: Awaited<Result>) => Prepared | PromiseLike<Prepared>) | undefined;
  /** Told what came of a call that was to have a shadow, when that is known. Runs in the shadow; may be asynchronous. */
  readonly onOutcome?: ((outcome: LaunchOutcome<Prepared>) => unknown) | undefined;
  /** Handed on to `onOutcome`. */
  readonly metadata?: unknown;
}

/** What `launch` is given: old and new code for the same purpose, and how far to go. */
export interface LaunchOptions<Result, Input = undefined, Prepared = Awaited<Result>>
  extends CompareOptions<Result, Prepared>,
    LaunchHooks<Result, Input, Prepared>,
    Omit<LaunchDials, 'ignore'> {
  /** The code that serves today. */
  readonly control: (run: Run<Input>) => Result;
  /** The code that is to take over. */
  readonly candidate: (run: Run<Input>) => Result;
  /**
   * Further candidates, by name: in `dark` each runs in a shadow of its own and is compared. Only `onOutcome` is told of
   * them: the report, the noise floor and `live` are about `candidate`.
   */
  readonly candidates?: { readonly [name: string]: (run: Run<Input>) => Result } | undefined;
  /** Handed to both; a shadow gets a copy. */
  readonly input?: Input;
  /**
   * Control only reads, or may for another reason run without being the answer. Only then does it ever: a second time in
   * `dark`, for the noise floor, and in `live` as `verifyPercent` says. Default false: control is today's code, and knows
   * nothing of shadows.
   */
  readonly repeatable?: boolean | undefined;
  /** In `live`: control runs as the shadow of the candidate, so that the comparison goes on. Says `repeatable`. Default false. */
  readonly verify?: boolean | undefined;
  /** In `live`: if the candidate throws or rejects, control's result is the answer. Default false. */
  readonly fallback?: boolean | undefined;
  /**
   * In `live` with `fallback`: how long an asynchronous candidate may take, ms; then its signal is aborted, and control's
   * result is the answer. Default 5,000. In browsers there is no limit: hand `AbortSignal.timeout(…)` to `fetch` there.
   */
  readonly liveTimeoutMs?: number | undefined;
}
