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
import type { ClientEvents, DimmerClient, FlagEvaluation, Readiness, Widened } from './dimmer-client.ts';
import type { Identity } from './identity.ts';
import { createListeners } from './listeners.ts';
import { createMistakes } from './mistakes.ts';
import type { DEFAULTS } from './options.ts';
import type { Platform } from './platform.ts';
import { createReplica } from './replica.ts';
import { type Count, createReporter, type Reporter } from './reporter.ts';
import type { Source } from './status.ts';
import { createStream } from './stream.ts';

/** Longest wait of `close()` and `flush()`. */
const END_WITHIN_MS = 2_000;
/** Part of that wait which is for running shadows to end. */
const SHADOWS_WITHIN_MS = 1_000;
/** Unknown flag keys that are counted; further ones are not. */
const MAX_UNKNOWN = 100;

type Settings = Pick<typeof DEFAULTS, 'bootstrap' | 'initTimeoutMs' | 'maxStaleMs' | 'reporting'>;

/** Creates a client and connects it. Throws nothing. */
export function createDimmerClient(
  // The options object is not kept: its bootstrap may be megabytes, and is needed once.
  { bootstrap, initTimeoutMs, maxStaleMs, reporting }: Settings,
  identity: Identity,
  platform: Platform,
): DimmerClient {
  const { connection, now, after, messages } = platform;
  const listeners = createListeners<ClientEvents>(platform.log);
  /** Evaluations by flag key, for keys that no flag has. */
  const unknown = new Map<string, number>();
  let countingSince = now();
  let waiting: Promise<Readiness> | undefined;
  let settle: ((timedOut: boolean) => void) | undefined;
  let closing: Promise<void> | undefined;

  const replica = createReplica(
    platform,
    drain,
    (change) => {
      launching?.changed();
      reporter?.receipt(change.id, change.delayMs, replica.clients);
      if (change.keys.length) listeners.emit('change', change);
    },
    () => settle?.(false),
    cannotTake,
  );
  const { ruleset } = replica;
  const mistakes = createMistakes(platform.log, ruleset);
  const { fallback } = platform;
  const stream = createStream(
    platform,
    replica,
    () => {
      if (stream.isFinal()) settle?.(false);
      listeners.emit('status', client.status());
    },
    cannotTake,
    fallback && ((enter) => fallback(replica, enter)),
  );
  const launching = platform.launching?.({ ...platform, replica, countUnknown });
  const reporter =
    connection && reporting ? createReporter(connection, platform, identity, drain, launching?.next) : undefined;
  let leaveHost: (() => void) | undefined;

  function cannotTake(why: string): void {
    reporter?.failed(why);
  }

  /** Hands the counters to the reporter, and begins again at zero. */
  function drain(): void {
    const counts: Count[] = [];
    const add = (flag: string, variation: string | undefined, count: number): void => {
      counts.push({ flag, variation: variation ?? null, count });
    };
    ruleset.drain(add);
    for (const [flag, count] of unknown) add(flag, undefined, count);
    unknown.clear();
    const to = replica.serverNow();
    // A clock may have been set back in between.
    const from = Math.min(countingSince, to);
    countingSince = to;
    const { id } = ruleset;
    // What is asked before there are rules was decided by none of them.
    if (id) reporter?.summarise({ id, from, to, counts });
    launching?.collect({ id, from, to });
  }

  function countUnknown(key: string): void {
    if (unknown.size < MAX_UNKNOWN || unknown.has(key)) unknown.set(key, (unknown.get(key) ?? 0) + 1);
  }

  function isUnknown(key: string): false {
    countUnknown(key);
    // Kept rules may be older than the flag.
    if (ruleset.id && (replica.heardAt || !connection)) mistakes.notFound(key);
    return false;
  }

  function count(
    flag: Flag | undefined,
    key: string,
    outcome: number,
    context: EvaluationContext | undefined,
    given: unknown,
  ): void {
    if (flag) {
      flag.counts[slotOf(outcome)]!++;
      if (isErrorOutcome(outcome)) mistakes.failed(flag, outcome, context, given);
    } else isUnknown(key);
  }

  /** Resolves when that has settled, or the time is up; the process is kept alive for as long. */
  function within(ms: number, ending: Promise<unknown>): Promise<unknown> {
    return new Promise<unknown>((resolve) => {
      const cancel = after(ms, () => resolve(undefined), true);
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

  const client: DimmerClient = {
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

    value<Value>(key: string, defaultValue: Value, context?: EvaluationContext) {
      const flag = ruleset.get(key);
      const outcome = flag ? decideTyped(flag, defaultValue, context) : NOT_READY;
      count(flag, key, outcome, context, defaultValue);
      return servedValue(flag, outcome, defaultValue) as Widened<Value>;
    },

    evaluate<Value>(key: string, defaultValue: Value, context?: EvaluationContext) {
      const { source, heardAt } = replica;
      const flag = ruleset.get(key);
      let outcome = flag ? decideTyped(flag, defaultValue, context) : source === 'default' ? NOT_READY : FLAG_NOT_FOUND;
      count(flag, key, outcome, context, defaultValue);
      if (flag && now() - heardAt >= maxStaleMs) outcome = asStale(outcome);
      // Written into the object that `describe` has just made: spreading it into another took ten times as long.
      const evaluation = describe(ruleset, flag, outcome, defaultValue, messages) as { source?: Source };
      evaluation.source = source;
      return evaluation as FlagEvaluation<Widened<Value>>;
    },

    launchStage(key, context) {
      const stage = client.value<string>(key, 'off', context);
      return ruleset.get(key)?.type === 'launch' ? (stage as LaunchStage) : 'off';
    },

    on: listeners.add,

    status: () => ({
      ...stream.status(),
      id: ruleset.id,
      at: ruleset.at,
      source: replica.source,
      lastEventAgeMs: replica.heardAt ? now() - replica.heardAt : null,
    }),

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

  replica.load(bootstrap);
  if (connection && platform.lifecycle) leaveHost = platform.lifecycle(stream, replica, reporter?.flushNow);
  else stream.connect();
  return client;
}
