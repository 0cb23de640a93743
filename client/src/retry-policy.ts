/**
 * Exponential backoff with jitter: the one retry policy, for stream, polling and reports. Pure; the die is handed in.
 *
 * Full or half jitter everywhere, because a whole fleet loses its server at the same instant. The cap is applied before
 * the jitter: the other way round, every client that has reached the cap is in step again.
 * Why: decision 0031, decision 0070.
 */
import type { StreamFailure } from './stream-source.ts';

const FIRST_SPREAD_MS = 5_000;
const RESYNC_SPREAD_MS = 2_500;
const BASE_MS = 1_000;
const CAP_MS = 30_000;
const REFUSED_MS = 300_000;
const RETRY_AFTER_CAP_MS = 300_000;
const PROBE_MS = 60_000;
const PROBE_SPREAD_MS = 240_000;

/** What the policy looks at. */
export interface Trouble extends Pick<StreamFailure, 'status' | 'retryAfterMs' | 'refused'> {
  /** Failures in a row before this one. */
  readonly failures: number;
  /** The connection had worked: the whole fleet is likely to have lost it together. */
  readonly delivered?: boolean;
  /** It works still, but what it said does not fit what is held: a snapshot is wanted soon. */
  readonly resync?: boolean;
}

/**
 * True if trying soon is pointless: the key is refused, nothing like a stream is at this address, or something between
 * answers in place of the server (a captive portal's page with status 200). Then the SDK asks rarely, but for ever.
 */
export function isRefusal({ status, refused = false }: Pick<Trouble, 'status' | 'refused'>): boolean {
  return refused || /^([123]|40[1345]|410)/.test(`${status}`);
}

/** True if it is the key that is refused, so that asking another endpoint is pointless too. */
export function isKeyRefused(status: number | undefined): boolean {
  return /^40[13]$/.test(`${status}`);
}

/**
 * The time to wait before the next attempt, in ms.
 *
 * - refused: [150, 300] s
 * - the first failure of a connection that had worked: [0, 5] s; [0, 2.5] s if only a snapshot is wanted
 * - otherwise: min(30 s, 1 s · 2^failures) · [0.5, 1]
 *
 * What `Retry-After` asks, at most 300 s, comes on top of it.
 */
export function retryDelayMs(trouble: Trouble, random: () => number): number {
  const { failures, retryAfterMs = 0 } = trouble;
  let most = Math.min(CAP_MS, BASE_MS * 2 ** failures);
  let least = most / 2;
  if (isRefusal(trouble)) {
    most = REFUSED_MS;
    least = REFUSED_MS / 2;
  } else if (trouble.delivered && failures === 0) {
    most = trouble.resync ? RESYNC_SPREAD_MS : FIRST_SPREAD_MS;
    least = 0;
  }
  return Math.min(RETRY_AFTER_CAP_MS, retryAfterMs) + least + random() * (most - least);
}

/** How long to wait, in ms, before a stream is tried again where polling works and streams do not: [60, 300] s. */
export function probeDelayMs(random: () => number): number {
  return PROBE_MS + random() * PROBE_SPREAD_MS;
}
