import type { Audience } from '@dimmer/core';
import { TokenBuckets } from '../http/token-buckets.ts';

// Why: decision 0123.
/** What one batch may be. */
export interface BatchLimits {
  readonly bytes: number;
  /** About as many values: see `shapeOf`. */
  readonly elements: number;
}

/**
 * A key of browsers is public, and the SDK in a page sends a few kilobytes. What a server may send takes a core for some
 * hundredths of a second, and changes wait for no longer.
 */
export const BATCH_LIMITS: Readonly<Record<Audience, BatchLimits>> = {
  browser: { bytes: 128 * 1024, elements: 20_000 },
  server: { bytes: 1024 * 1024, elements: 100_000 },
};

/** A batch weighs its bytes, and so much for each of its values: what it costs to take in goes by both. */
const WEIGHT_OF_ELEMENT = 16;

/** Batches a second for each browser that there may be: each sends one in ten seconds. The burst is one of each. */
const BATCHES_A_SECOND = 1 / 4;
/** Weight a second for each browser that there may be, and at once. A page sends some 300 bytes a second. */
const BROWSER_WEIGHT = { perSecond: 1_024, burst: 10 * 1_024 } as const;
/** Weight by one key, from all addresses together: about a quarter of a core. */
const KEY_WEIGHT: Readonly<Record<Audience, { readonly perSecond: number; readonly burst: number }>> = {
  browser: { perSecond: 1024 * 1024, burst: 16 * 1024 * 1024 },
  server: { perSecond: 8 * 1024 * 1024, burst: 64 * 1024 * 1024 },
};

/** Who sends a batch. */
export interface Sender {
  readonly audience: Audience;
  /** The id of the key. */
  readonly key: string;
  /** Where it comes from, as limits count. */
  readonly network: string;
}

interface EventLimitOptions {
  /** Browsers that may stream from one address; 0: any number, and as much from one address as by one key. */
  readonly browsersPerAddress: number;
  /** Ms, by a clock that nobody sets. Default: `performance.now`. */
  readonly now?: () => number;
}

/**
 * Rate limit of events (token buckets): by number and weight of batches for a browser key from one address, by weight
 * for one key of any kind from everywhere. A fleet of thousands shares one secret key, so its batches are not counted.
 */
export class EventLimit {
  readonly #isLimited: boolean;
  readonly #batches: TokenBuckets;
  readonly #weights: TokenBuckets;
  readonly #keys: Readonly<Record<Audience, TokenBuckets>>;

  constructor({ browsersPerAddress, now = () => performance.now() }: EventLimitOptions) {
    const browsers = Math.max(1, browsersPerAddress);
    this.#isLimited = browsersPerAddress > 0;
    this.#batches = new TokenBuckets({ burst: browsers, perSecond: browsers * BATCHES_A_SECOND, now });
    this.#weights = new TokenBuckets({
      burst: browsers * BROWSER_WEIGHT.burst,
      perSecond: browsers * BROWSER_WEIGHT.perSecond,
      now,
    });
    this.#keys = {
      server: new TokenBuckets({ ...KEY_WEIGHT.server, now }),
      browser: new TokenBuckets({ ...KEY_WEIGHT.browser, now }),
    };
  }

  /**
   * Lets a batch come that has not been read.
   *
   * @param bytes as many as it says to have, or as it may have if it does not say
   * @returns seconds until it may come; 0 = now
   */
  admit({ audience, key, network }: Sender, bytes: number): number {
    const isCounted = audience === 'browser' && this.#isLimited;
    const name = `${key} ${network}`;
    const waitS = Math.max(
      this.#keys[audience].waitS(key),
      isCounted ? Math.max(this.#batches.waitS(name), this.#weights.waitS(network)) : 0,
    );
    if (waitS > 0) return waitS;
    if (isCounted) this.#batches.take(name, 1);
    this.#weigh({ audience, key, network }, bytes);
    return 0;
  }

  /** Adds what became known of a batch when it was read. @param moreBytes less than 0 where it was shorter than it might be */
  read(sender: Sender, moreBytes: number, elements: number): void {
    this.#weigh(sender, moreBytes + elements * WEIGHT_OF_ELEMENT);
  }

  #weigh({ audience, key, network }: Sender, weight: number): void {
    this.#keys[audience].take(key, weight);
    if (audience === 'browser' && this.#isLimited) this.#weights.take(network, weight);
  }
}
