/**
 * What an application holds: it asks, and is answered from memory. Nothing here throws into the host, waits for a
 * network on the way to an answer, or allocates for an `isEnabled`.
 */
import {
  decideTyped,
  describe,
  type Evaluation,
  type EvaluationContext,
  FLAG_NOT_FOUND,
  isEnabledOutcome,
  type JsonValue,
  type LaunchStage,
  type Ruleset,
  servedValue,
  slotOf,
} from '@dimmer/core';
import { Delivery } from './delivery.ts';
import type { Identity } from './identity.ts';
import { Listeners } from './listeners.ts';
import type { ClientOptions } from './options.ts';
import type { Platform } from './platform.ts';
import type { Source } from './replica.ts';
import { type Count, Reporter } from './reporter.ts';
import type { Change, Status } from './status.ts';

const INIT_TIMEOUT_MS = 5_000;
const CLOSE_WITHIN_MS = 2_000;
/** How many keys that no flag has are counted by name. */
const MAX_UNKNOWN = 100;

/** The type of a value, given the default: `'blue'` asks for any string, not for `'blue'`. */
export type Widened<T> = T extends string ? string : T extends number ? number : T extends boolean ? boolean : T;

/** What `ready()` resolves with. */
export interface Readiness {
  /** True if the server has said what the rules are. If not, cache, bootstrap or defaults decide meanwhile. */
  readonly ready: boolean;
  /** True if it was not ready within `initTimeoutMs`. Connecting goes on all the same. */
  readonly timedOut: boolean;
}

/** The answer of `evaluate()`: value, reason, and where the rules came from that decided. */
export interface FlagEvaluation<Value> extends Evaluation<Value> {
  readonly source: Source;
}

/** What can be listened to. */
export interface ClientEvents {
  /** Rules have changed. */
  readonly change: Change;
  /** The state of the connection has changed. */
  readonly status: Status;
}

export class DimmerClient {
  readonly #platform: Platform;
  readonly #initTimeoutMs: number;
  readonly #maxStaleMs: number;
  readonly #listeners: Listeners<ClientEvents>;
  readonly #delivery: Delivery;
  readonly #ruleset: Ruleset;
  readonly #reporter: Reporter | undefined;
  readonly #unknown = new Map<string, number>();
  readonly #stopHiding: (() => void) | undefined;
  #countingSince: number;
  #waiting: Promise<Readiness> | undefined;
  #settle: ((timedOut: boolean) => void) | undefined;
  #closing: Promise<void> | undefined;

  /** For the SDKs, which bring the platform; applications call `createClient`. */
  constructor(options: Partial<ClientOptions>, identity: Identity, platform: Platform) {
    const { connection } = platform;
    this.#platform = platform;
    this.#initTimeoutMs = options.initTimeoutMs ?? INIT_TIMEOUT_MS;
    this.#maxStaleMs = options.maxStaleMs ?? Number.POSITIVE_INFINITY;
    this.#listeners = new Listeners(platform.log);
    this.#countingSince = platform.now();
    this.#delivery = new Delivery(options, platform, {
      beforeChange: () => this.#drain(),
      changed: (change) => this.#changed(change),
      stateChanged: () => this.#stateChanged(),
    });
    this.#ruleset = this.#delivery.replica.ruleset;
    if (connection && options.reporting !== false) {
      this.#reporter = new Reporter(connection, platform, identity, () => this.#drain());
      this.#stopHiding = platform.onHide?.(() => void this.#reporter!.flush());
    }
    this.#delivery.start();
  }

  /**
   * Waits until the server has said what the rules are, at most `initTimeoutMs`. Nobody has to: every question is
   * answered at once, at any time, by the best rules there are. Never rejects.
   */
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

  /** True for a boolean flag's `true` and for a launch that is `live`; false for everything else. */
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

  /**
   * The value for a context, of the type of `defaultValue`; the default itself if there is no such flag, its value is
   * of another type, or anything else goes wrong. What is returned belongs to the rules: copy before changing it.
   */
  value<Value extends JsonValue>(key: string, defaultValue: Value, context?: EvaluationContext): Widened<Value> {
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

  /** The same as `value`, with variation, reason, rule, and the id and source of the rules that decided. */
  evaluate<Value extends JsonValue>(
    key: string,
    defaultValue: Value,
    context?: EvaluationContext,
  ): FlagEvaluation<Widened<Value>> {
    const flag = this.#ruleset.get(key);
    const outcome = flag ? decideTyped(flag, defaultValue, context) : FLAG_NOT_FOUND;
    if (flag) flag.counts[slotOf(outcome)]!++;
    else this.#countUnknown(key);
    const { source, silentMs } = this.#delivery;
    const { value, variation, reason, ruleId, id, errorCode, errorMessage } = describe(
      this.#ruleset,
      flag,
      outcome,
      defaultValue as Widened<Value>,
    );
    return {
      value,
      variation,
      reason: silentMs >= this.#maxStaleMs ? 'STALE' : reason,
      ruleId,
      id,
      source,
      errorCode: source === 'default' ? 'PROVIDER_NOT_READY' : errorCode,
      errorMessage: source === 'default' ? 'there are no rules yet' : errorMessage,
    };
  }

  /** The stage of a launch for a context; `off` if there is no such launch. */
  launchStage(key: string, context?: EvaluationContext): LaunchStage {
    const isLaunch = this.#ruleset.get(key)?.type === 'launch';
    return isLaunch ? (this.value(key, 'off', context) as LaunchStage) : 'off';
  }

  /** Calls `listener` at each change of the rules (`change`) or the connection (`status`). The answer unsubscribes. */
  on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => unknown): () => void {
    return this.#listeners.add(name, listener);
  }

  /** How the client is doing: connection, rules, the last error. */
  status(): Status {
    return this.#delivery.status();
  }

  /** Sends what is counted, keeps the rules for the next start, and ends; within 2 s. Never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stopHiding?.();
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
    this.#ruleset.drain((flag, variation, count) => counts.push({ flag, variation: variation ?? null, count }));
    for (const [flag, count] of this.#unknown) counts.push({ flag, variation: null, count });
    this.#unknown.clear();
    const to = this.#delivery.now();
    if (counts.length) this.#reporter?.summarise({ id: this.#ruleset.id, from: this.#countingSince, to, counts });
    this.#countingSince = to;
  }
}
