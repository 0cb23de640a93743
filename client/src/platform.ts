/**
 * Ports: what a host gives its client, so that the client knows neither Node nor the browser, and so that a test can hand
 * it a clock that jumps and a die that is loaded. What a host adds to its client beside them is in `parts.ts`.
 * Why: decision 0030, decision 0191.
 */
import type { Snapshot } from '@dimmer/core';
import type { StreamSource } from './stream-source.ts';

export interface Platform {
  /** The wall clock, ms since 1970. */
  readonly now: () => number;
  /** The same, but it runs on evenly when somebody sets the wall clock. Absent: the wall clock has to do. */
  readonly steady?: (() => number) | undefined;
  /** A number in [0, 1). */
  readonly random: () => number;
  /**
   * Runs `run` once after `delayMs`; the answer cancels it. A timer never keeps the process alive, unless `hold` says
   * that somebody is waiting for it.
   */
  readonly after: (delayMs: number, run: () => void, hold?: boolean) => () => void;
  /**
   * Called once, by the client that is made. Absent where there is no way to stream, or the options name no server: then
   * nothing is connected.
   *
   * @param held what this client holds, for a host that passes it on
   */
  readonly connect?: ((held: HeldRules) => Connection) | undefined;
  /** Absent: nothing is kept between two runs. */
  readonly cache?: Cache | undefined;
  readonly log: Log;
}

/** The rules that a client has at this moment. */
export interface HeldRules {
  readonly ruleset: { readonly id: string; readonly snapshot: () => Snapshot };
  /** How many clients have them, as the server reports; 0 if it is not known. */
  readonly clients: number;
  /** The server's present instant as far as it is known, ms since 1970. */
  readonly serverNow: () => number;
}

/** One server, seen with one key. */
export interface Connection {
  readonly stream: StreamSource;
  /**
   * Asks one of the other endpoints. Never rejects: no answer is status 0.
   *
   * @param path `ruleset` or `events`
   * @param body JSON text; makes it a POST
   * @param id what is held already, for a conditional request; the platform may leave it to its HTTP cache
   */
  readonly request: (path: string, body?: string, id?: string) => Promise<Answer>;
  /** Lets go of sockets that are kept for the next request. */
  readonly close?: () => void;
}

export interface Answer {
  /** HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** What `Retry-After` asks, 0 if it asks nothing. */
  readonly retryAfterMs: number;
  readonly text: string;
  /** What `text` says, if it has been parsed already. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever came; what uses it looks at it
  readonly payload?: any;
}

/**
 * Last-known-good rules. Neither function throws, and `write` does not block: it resolves when this and everything before
 * it is written.
 */
export interface Cache {
  readonly read: () => string | null | undefined;
  readonly write: (snapshot: Snapshot) => Promise<void> | void;
}

/** Everything the SDK may say in the log of its host. Each has its sentence in `docs/sdk.md`. */
export type LogCode =
  | 'OPTION_INVALID'
  | 'OPTION_UNKNOWN'
  | 'CACHE_INVALID'
  | 'CACHE_UNWRITABLE'
  | 'BOOTSTRAP_INVALID'
  | 'PROXY_UNUSABLE'
  | 'STREAM_LOST'
  | 'STREAM_REFUSED'
  | 'FLAG_INVALID'
  | 'FLAG_NOT_FOUND'
  | 'TARGETING_KEY_MISSING'
  | 'TYPE_MISMATCH'
  | 'STEPS_EXCEEDED'
  | 'ATTRIBUTE_UNREADABLE'
  | 'SPLIT_KEY_MISSING'
  | 'LISTENER_FAILED'
  | 'REPORTS_DROPPED'
  | 'LAUNCH_UNUSABLE'
  | 'SHADOW_BLOCKED'
  | 'SHADOW_HARMFUL'
  | 'COMPARE_FAILED'
  | 'CANDIDATES_UNCOUNTED'
  | 'HOOK_FAILED'
  | 'UNCOPYABLE'
  | 'IGNORE_UNUSABLE'
  | 'STAGE_ASSUMED'
  | 'SIDES_DIVERGED'
  | 'WRITES_UNORDERED'
  | 'INPUT_SHARED';

export type Log = (code: LogCode, detail: string) => void;
