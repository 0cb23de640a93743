/**
 * All that the client needs from the world, so that it knows neither Node nor the browser, and so that a test can hand
 * it a clock that jumps and a die that is loaded. Why: decision 0030.
 */
import type { ErrorMessages, Snapshot, Speed } from '@dimmer/core';
import type { CreateFallback } from './fallback.ts';
import type { CreateLaunching } from './launch/launching.ts';
import type { Replica } from './replica.ts';
import type { Stream } from './stream.ts';
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
  /** Absent where there is no way to stream, or the options name no server: then nothing is connected. */
  readonly connection?: Connection | undefined;
  /** Makes what gets the rules while no stream works. Absent: nothing does. */
  readonly fallback?: CreateFallback | undefined;
  /** Absent: nothing is kept between two runs. */
  readonly cache?: Cache | undefined;
  readonly log: Log;
  /** What only makes deciding faster. */
  readonly speed?: Speed | undefined;
  /** The words for `errorMessage`. Absent: there are none, only the code. */
  readonly messages?: ErrorMessages | undefined;
  readonly reporting: ReportingLimits;
  /** Makes what runs old and new code side by side. Absent: the client cannot. */
  readonly launching?: CreateLaunching | undefined;
  /** Decides when the stream is open, on a host that comes and goes. Absent: always. */
  readonly lifecycle?: Lifecycle | undefined;
}

/**
 * Connects the stream and lets it rest by what becomes of the host; the answer ends that.
 *
 * @param flush sends what is counted, at once, because the host may stop at any moment; absent where nothing is
 */
export type Lifecycle = (
  stream: Pick<Stream, 'connect' | 'rest'>,
  replica: Replica,
  flush: (() => unknown) | undefined,
) => () => void;

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

interface ReportingLimits {
  /** Share of the clients that send receipts. */
  readonly receiptShare: number;
  /** A receipt is sent at a random instant in at most this time after a change, so that a fleet does not answer at once. */
  readonly receiptSpreadMs: number;
  /** Counts in one batch. The server takes 1,000; from a browser 128 KiB, and a browser sends 64 KiB when its page closes. */
  readonly maxCounts: number;
  /** Characters of launches in one batch, beside counts. The server takes 1 MiB of bytes; from a browser 128 KiB. */
  readonly maxLaunchLength: number;
  /** How many summaries of former ids may wait for the server to come back. More are dropped, the newest first. */
  readonly maxPending: number;
  /** Makes two batches of one that was too large (413). Absent, or where it makes none: such a batch is dropped. */
  readonly halve?: ((batch: string) => readonly string[]) | undefined;
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
