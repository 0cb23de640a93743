/** What an application sees of Dimmer: the same in Node and in browsers. */
import type { Evaluation, EvaluationContext, JsonValue, LaunchStage, Snapshot } from '@dimmer/core';
import type { Change, Source, Status } from './status.ts';

/**
 * The type of a value, given the default: `'blue'` asks for any string, not for `'blue'`. Null and undefined say nothing
 * of the type, so it may be any.
 */
export type Widened<Value> = [Value] extends [null | undefined]
  ? JsonValue | Value
  : Value extends string
    ? string
    : Value extends number
      ? number
      : Value extends boolean
        ? boolean
        : Value;

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

/** Answers from memory, at once, at any time, and never throws. */
export interface DimmerClient {
  /**
   * Waits until the server has said what the rules are, at most `initTimeoutMs`. Nobody has to: every question is
   * answered at once, at any time, by the best rules there are. Never rejects.
   */
  ready(): Promise<Readiness>;

  /** True for a boolean flag's `true` and for a launch that is `live`; false for everything else. */
  isEnabled(key: string, context?: EvaluationContext): boolean;

  /**
   * The value for a context, of the type of `defaultValue`, or of any type if that is null or undefined; the default
   * itself if there is no such flag, its value is of another type, or anything else goes wrong. What the rules serve is
   * frozen: copy it before changing it.
   */
  value<Value>(key: string, defaultValue: Value, context?: EvaluationContext): Widened<Value>;

  /** The same as `value`, with variation, reason, rule, and the id and source of the rules that decided. */
  evaluate<Value>(key: string, defaultValue: Value, context?: EvaluationContext): FlagEvaluation<Widened<Value>>;

  /** The stage of a launch for a context; `off` if there is no such launch. */
  launchStage(key: string, context?: EvaluationContext): LaunchStage;

  /** Calls `listener` at each change of the rules (`change`) or the connection (`status`). The answer unsubscribes. */
  on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => unknown): () => void;

  /** How the client is doing: connection, rules, the last error. */
  status(): Status;

  /**
   * The rules that decide now, frozen, as another client takes them for its `bootstrap`; undefined while there are none. They
   * say all that this client's key may see: for a page, ask a client that has a browser key.
   */
  snapshot(): Snapshot | undefined;

  /**
   * Sends what is counted and observed by now, and goes on; within 2 s, of which at most one waits for shadows that are
   * under way. For whoever may be frozen or ended at any time, such as a function in the cloud after its answer. Sends
   * nothing where nothing is new, nor while the server has asked for a pause; what could not be sent is kept for the next
   * time. Never rejects.
   */
  flush(): Promise<void>;

  /** Sends what is counted, keeps the rules for the next start, and ends; within 2 s. Never rejects. */
  close(): Promise<void>;
}
