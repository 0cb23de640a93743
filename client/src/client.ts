/**
 * The client that both SDKs export: it asks the replica, counts, and calls listeners. Nothing here throws into the
 * host, waits for a network on the way to an answer, or allocates for an `isEnabled`.
 */
import {
  asStale,
  decideTyped,
  describe,
  type EvaluationContext,
  FLAG_NOT_FOUND,
  type Flag,
  isEnabledOutcome,
  isErrorOutcome,
  type LaunchStage,
  NOT_READY,
  servedValue,
  slotOf,
} from '@dimmer/core';
import { freezeDeep } from '@dimmer/core/freeze-deep';
import { createCounters } from './counters.ts';
import type { ClientEvents, DimmerClient, FlagEvaluation, Readiness, Widened } from './dimmer-client.ts';
import type { Identity } from './identity.ts';
import { createListeners } from './listeners.ts';
import { createMistakes } from './mistakes.ts';
import type { DEFAULTS } from './options.ts';
import type { ClientParts } from './parts.ts';
import type { Platform } from './platform.ts';
import { createReplica } from './replica.ts';
import { createReporter, type Reporter, type Summary } from './reporter.ts';
import type { ReportingLimits } from './reporting-limits.ts';
import type { Signals } from './signals.ts';
import type { Source, Status } from './status.ts';
import { createStream } from './stream.ts';

/** Longest wait of `close()` and `flush()`. */
const END_WITHIN_MS = 2_000;
/** Part of that wait which is for running shadows to end. */
const SHADOWS_WITHIN_MS = 1_000;

/** What a caller says, of which `options.ts` has made sense. */
export type ClientSettings = Pick<typeof DEFAULTS, 'bootstrap' | 'initTimeoutMs' | 'maxStaleMs' | 'reporting'>;

/** What the host's SDK wires: ports, parts, and who it is. */
export interface ClientDeps extends Platform, ClientParts {
  readonly identity: Identity;
  readonly limits: ReportingLimits;
}

/**
 * Creates a client and connects it. Throws nothing. Whatever is made here is made of what stands above it; who wants to
 * know of something that comes later subscribes to it.
 */
export function createDimmerClient(
  // The options object is not kept: its bootstrap may be megabytes, and is needed once.
  { bootstrap, initTimeoutMs, maxStaleMs, reporting }: ClientSettings,
  deps: ClientDeps,
): DimmerClient {
  const { now, after, log } = deps;
  const signals = createListeners<Signals>(log);
  const listeners = createListeners<ClientEvents>(log);
  let waiting: Promise<Readiness> | undefined;
  let settle: ((timedOut: boolean) => void) | undefined;
  let closing: Promise<void> | undefined;

  const wired = { ...deps, emit: signals.emit };
  const replica = createReplica(wired);
  const { ruleset } = replica;
  const connection = deps.connect?.(replica);
  const mistakes = createMistakes(log, ruleset);
  const counters = createCounters(replica);
  const launching = deps.launching?.({ ...deps, ...counters, replica });
  const reporter =
    connection && reporting ? createReporter({ ...deps, connection, drain, more: launching?.next }) : undefined;
  const stream = createStream({ ...wired, connection, replica });

  signals.add('replacing', reporter ? reporter.collect : drain);
  signals.add('applied', (change) => {
    launching?.changed();
    reporter?.receipt(change.id, change.delayMs, replica.clients);
    if (change.keys.length) listeners.emit('change', change);
  });
  signals.add('heard', () => settle?.(false));
  signals.add('refused', (why) => reporter?.failed(why));
  signals.add('state', () => {
    if (stream.isFinal()) settle?.(false);
    listeners.emit('status', status());
  });

  replica.load(bootstrap);
  const leaveHost = connection && deps.lifecycle?.({ stream, replica, reporter });
  if (!leaveHost) stream.connect();

  /** What was counted since the last time; what was observed of launches is put aside. */
  function drain(): readonly Summary[] {
    const summary = counters.drain();
    launching?.collect(summary);
    // What is asked before there are rules was decided by none of them.
    return summary.id ? [summary] : [];
  }

  function isUnknown(key: string): false {
    counters.countUnknown(key);
    // Kept rules may be older than the flag.
    if (ruleset.id && (replica.heardAt || !connection)) mistakes.notFound(key);
    return false;
  }

  function count(flag: Flag, outcome: number, context: EvaluationContext | undefined, given: unknown): void {
    flag.counts[slotOf(outcome)]!++;
    if (isErrorOutcome(outcome)) mistakes.failed(flag, outcome, context, given);
  }

  function value<Value>(key: string, defaultValue: Value, context?: EvaluationContext) {
    const flag = ruleset.get(key);
    const outcome = flag ? decideTyped(flag, defaultValue, context) : NOT_READY;
    if (flag) count(flag, outcome, context, defaultValue);
    else isUnknown(key);
    return servedValue(flag, outcome, defaultValue) as Widened<Value>;
  }

  function status(): Status {
    return {
      ...stream.status(),
      id: ruleset.id,
      at: ruleset.at,
      source: replica.source,
      lastEventAgeMs: replica.heardAt ? now() - replica.heardAt : null,
    };
  }

  /** Resolves when that has settled, or the time is up; the process is kept alive for as long. */
  function within(ms: number, ending: Promise<unknown>): Promise<unknown> {
    return new Promise<unknown>((resolve) => {
      const cancel = after(ms, resolve as () => void, true);
      void ending.then(resolve, resolve).then(cancel);
    });
  }

  /** Shadows first, so that their results are sent as well. */
  async function flush({ flushAll }: Reporter): Promise<void> {
    if (launching) await within(SHADOWS_WITHIN_MS, launching.idle());
    await flushAll();
  }

  async function close(): Promise<void> {
    leaveHost?.();
    stream.close();
    await within(END_WITHIN_MS, Promise.all([launching?.close(), replica.close(), reporter?.close()]));
    settle?.(false);
    connection?.close?.();
  }

  return {
    ...launching?.methods,
    ready() {
      waiting ??= new Promise((resolve) => {
        const cancel = after(initTimeoutMs, () => settle!(true), true);
        settle = (timedOut) => {
          cancel();
          waiting = undefined;
          resolve({ ready: replica.heardAt > 0, timedOut });
        };
      });
      const answer = waiting;
      if (replica.heardAt || !connection || closing || stream.isFinal()) settle!(false);
      return answer;
    },

    isEnabled(key, context) {
      const flag = ruleset.get(key);
      if (flag === undefined) return isUnknown(key);
      const outcome = flag.decide(context);
      // Written out: the call of `count` made the shortest evaluations half as slow again.
      // Of the counts since the last report, the first is when there is time to look whether the question makes sense.
      if (!flag.counts[slotOf(outcome)]!++) mistakes.askedIfEnabled(flag);
      if (isErrorOutcome(outcome)) mistakes.failed(flag, outcome, context);
      return isEnabledOutcome(outcome);
    },

    value,

    evaluate<Value>(key: string, defaultValue: Value, context?: EvaluationContext) {
      const { source, heardAt } = replica;
      const flag = ruleset.get(key);
      let outcome = flag ? decideTyped(flag, defaultValue, context) : source === 'default' ? NOT_READY : FLAG_NOT_FOUND;
      if (flag) count(flag, outcome, context, defaultValue);
      else isUnknown(key);
      if (flag && now() - heardAt >= maxStaleMs) outcome = asStale(outcome);
      // Written into the object that `describe` has just made: spreading it into another took ten times as long.
      const evaluation = describe(ruleset, flag, outcome, defaultValue, deps.messages) as { source?: Source };
      evaluation.source = source;
      return evaluation as FlagEvaluation<Widened<Value>>;
    },

    launchStage(key, context) {
      const stage = value<string>(key, 'off', context);
      return ruleset.get(key)?.type === 'launch' ? (stage as LaunchStage) : 'off';
    },

    on: listeners.add,

    status,

    snapshot() {
      if (!ruleset.id) return undefined;
      const held = ruleset.snapshot();
      // These are the rules that decide, not a copy: readers must not change them.
      freezeDeep(held);
      return held;
    },

    async flush() {
      if (reporter && !closing) await within(END_WITHIN_MS, flush(reporter));
      else await closing;
    },

    close() {
      closing ??= close();
      return closing;
    },
  };
}
