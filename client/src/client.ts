/**
 * The client that both SDKs hand out: it asks the replica, counts, and tells who listens. Nothing here throws into the
 * host, waits for a network on the way to an answer, or allocates for an `isEnabled`.
 */
import {
  decideTyped,
  describe,
  type EvaluationContext,
  FLAG_NOT_FOUND,
  isEnabledOutcome,
  type LaunchStage,
  type Ruleset,
  servedValue,
  slotOf,
} from '@dimmer/core';
import { Delivery } from './delivery.ts';
import type { ClientEvents, DimmerClient, FlagEvaluation, Readiness, Widened } from './dimmer-client.ts';
import type { Identity } from './identity.ts';
import { Listeners } from './listeners.ts';
import type { DEFAULTS } from './options.ts';
import type { Platform } from './platform.ts';
import { type Count, Reporter } from './reporter.ts';
import type { Change, Status } from './status.ts';

const CLOSE_WITHIN_MS = 2_000;
/** How many keys that no flag has are counted by name. */
const MAX_UNKNOWN = 100;

type Settings = Pick<typeof DEFAULTS, 'bootstrap' | 'initTimeoutMs' | 'maxStaleMs' | 'reporting'>;

type Writable<T> = { -readonly [name in keyof T]: T[name] };

export class Client implements DimmerClient {
  // Not the settings whole: they hold the bootstrap, which may be megabytes and is needed once.
  readonly #initTimeoutMs: number;
  readonly #maxStaleMs: number;
  readonly #platform: Platform;
  readonly #listeners: Listeners<ClientEvents>;
  readonly #delivery: Delivery;
  readonly #ruleset: Ruleset;
  readonly #reporter: Reporter | undefined;
  readonly #unknown = new Map<string, number>();
  readonly #forgetHide: (() => void) | undefined;
  #countingSince: number;
  #waiting: Promise<Readiness> | undefined;
  #settle: ((timedOut: boolean) => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: Settings, identity: Identity, platform: Platform) {
    const { connection } = platform;
    const drain = () => this.#drain();
    this.#initTimeoutMs = settings.initTimeoutMs;
    this.#maxStaleMs = settings.maxStaleMs;
    this.#platform = platform;
    this.#listeners = new Listeners(platform.log);
    this.#countingSince = platform.now();
    this.#delivery = new Delivery(platform, {
      beforeChange: drain,
      changed: (change) => this.#changed(change),
      stateChanged: () => this.#stateChanged(),
    });
    this.#ruleset = this.#delivery.replica.ruleset;
    if (connection && settings.reporting) {
      this.#reporter = new Reporter(connection, platform, identity, drain);
      this.#forgetHide = platform.onHide?.(this.#reporter.flush);
    }
    this.#delivery.start(settings.bootstrap);
  }

  ready(): Promise<Readiness> {
    this.#waiting ??= new Promise((resolve) => {
      const cancel = this.#platform.after(this.#initTimeoutMs, () => this.#settle!(true), true);
      this.#settle = (timedOut) => {
        cancel();
        this.#waiting = undefined;
        resolve({ ready: this.#delivery.isReady, timedOut });
      };
    });
    const waiting = this.#waiting;
    if (this.#delivery.isReady || !this.#platform.connection || this.#closing) this.#settle!(false);
    return waiting;
  }

  isEnabled(key: string, context?: EvaluationContext): boolean {
    try {
      const flag = this.#ruleset.get(key);
      if (flag === undefined) return this.#countUnknown(key);
      const outcome = flag.decide(context);
      flag.counts[slotOf(outcome)]!++;
      return isEnabledOutcome(outcome);
    } catch {
      return false;
    }
  }

  value<Value>(key: string, defaultValue: Value, context?: EvaluationContext): Widened<Value> {
    try {
      const flag = this.#ruleset.get(key);
      if (flag !== undefined) {
        const outcome = decideTyped(flag, defaultValue, context);
        flag.counts[slotOf(outcome)]!++;
        return servedValue(flag, outcome, defaultValue) as Widened<Value>;
      }
      this.#countUnknown(key);
    } catch {
      // The default, as for everything that goes wrong.
    }
    return defaultValue as Widened<Value>;
  }

  evaluate<Value>(key: string, defaultValue: Value, context?: EvaluationContext): FlagEvaluation<Widened<Value>> {
    const { source, silentMs } = this.#delivery;
    const flag = this.#ruleset.get(key);
    const outcome = flag ? decideTyped(flag, defaultValue, context) : FLAG_NOT_FOUND;
    if (flag) flag.counts[slotOf(outcome)]!++;
    else this.#countUnknown(key);
    // Written into the object that `describe` has just made: spreading it into another took ten times as long.
    const evaluation = describe(this.#ruleset, flag, outcome, defaultValue) as Writable<FlagEvaluation<Widened<Value>>>;
    evaluation.source = source;
    if (source === 'default') {
      evaluation.errorCode = 'PROVIDER_NOT_READY';
      evaluation.errorMessage = 'there are no rules yet';
    } else if (silentMs >= this.#maxStaleMs) evaluation.reason = 'STALE';
    return evaluation;
  }

  launchStage(key: string, context?: EvaluationContext): LaunchStage {
    const stage = this.value<string>(key, 'off', context);
    return this.#ruleset.get(key)?.type === 'launch' ? (stage as LaunchStage) : 'off';
  }

  on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => unknown): () => void {
    return this.#listeners.add(name, listener);
  }

  status(): Status {
    return this.#delivery.status();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#forgetHide?.();
    const ended = Promise.all([this.#delivery.close(), this.#reporter?.close()]);
    await new Promise<unknown>((resolve) => {
      const cancel = this.#platform.after(CLOSE_WITHIN_MS, () => resolve(undefined), true);
      void ended.then(resolve, resolve).then(cancel);
    });
    this.#settle?.(false);
    this.#platform.connection?.close?.();
    this.#listeners.clear();
  }

  #changed(change: Change): void {
    this.#reporter?.receipt(change.id, change.delayMs ?? undefined);
    if (change.keys.length) this.#listeners.emit('change', change);
  }

  #stateChanged(): void {
    if (this.#delivery.isReady) this.#settle?.(false);
    this.#listeners.emit('status', this.status());
  }

  #countUnknown(key: string): false {
    const count = this.#unknown.get(key) ?? 0;
    if (count || this.#unknown.size < MAX_UNKNOWN) this.#unknown.set(key, count + 1);
    return false;
  }

  /** Hands the counters to the reporter, and begins again at zero. */
  #drain(): void {
    const counts: Count[] = [];
    const add = (flag: string, variation: string | undefined, count: number): void => {
      counts.push({ flag, variation: variation ?? null, count });
    };
    this.#ruleset.drain(add);
    for (const [flag, count] of this.#unknown) add(flag, undefined, count);
    this.#unknown.clear();
    const to = this.#delivery.now();
    // A clock may have been set back in between.
    const from = Math.min(this.#countingSince, to);
    this.#countingSince = to;
    const { id } = this.#ruleset;
    // What is asked before there are rules was decided by none of them.
    if (id) this.#reporter?.summarise({ id, from, to, counts });
  }
}
