/** Windows of the experiment whether callers feel shadows, and what two of them say of each other. */

/** Calls are longer on average if they are so many times as long, as a logarithm, and so many ms longer. */
const LONGER = Math.log(1.05);
const LONGER_MS = 0.1;

/** A stretch of time, and how control did in it. */
export interface Window {
  readonly isWith: boolean;
  readonly countsFrom: number;
  /** Control's p90 from before the pair, ms: what is longer is in excess. */
  readonly p90: number;
  /** Shadows that ran in it. */
  shadows: number;
  calls: number;
  ended: number;
  /** Sum over calls of how much longer than p90 they took, as a logarithm. */
  excess: number;
  /** The most of any call that has ended. */
  longest: number;
  /** Sum over calls that have ended of the logarithms of their times in ms. */
  logs: number;
}

export interface Pair {
  readonly first: Window;
  second: Window | undefined;
}

/** How much longer than p90 calls took, on average; calls that are under way count as they stand. */
export function excessOf({ countsFrom, p90, calls, ended, excess }: Window, now: number, windowMs: number): number {
  const ratio = calls > ended ? (now - countsFrom - windowMs / 2) / p90 : 1;
  return (excess + (calls - ended) * (ratio > 1 ? Math.log(ratio) : 0)) / calls;
}

/** How much longer than p90 the longest call took or has been under way since the window ended, as a logarithm. */
export function longestOf({ countsFrom, p90, calls, ended, longest }: Window, now: number, windowMs: number): number {
  const ratio = calls > ended ? (now - countsFrom - windowMs) / p90 : 1;
  return Math.max(longest, ratio > 1 ? Math.log(ratio) : 0);
}

/**
 * Whether calls with shadows were longer on average by more than is passed over: 5 %, and a tenth of a millisecond. If
 * they are not in truth, fewer than half of the pairs say so, whatever the noise: the order was drawn.
 */
export function isLonger(treated: Window, untreated: Window): boolean {
  const [one, other] = [treated.logs / treated.ended, untreated.logs / untreated.ended];
  return one - other > LONGER && Math.exp(one) - Math.exp(other) > LONGER_MS;
}
