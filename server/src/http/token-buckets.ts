/**
 * Most names remembered (LRU): beyond it the name that was used least recently is forgotten; its bucket is most likely
 * full.
 */
const MOST_REMEMBERED = 10_000;

interface Bucket {
  left: number;
  filledAt: number;
}

interface TokenBucketsOptions {
  /** What a bucket holds. */
  readonly burst: number;
  /** What flows into it. */
  readonly perSecond: number;
  /** Ms, by a clock that nobody sets. */
  readonly now: () => number;
}

/**
 * Token bucket, one for each name. More may be taken than is left: then the bucket is in debt, and refuses until it is
 * paid.
 */
export class TokenBuckets {
  readonly #options: TokenBucketsOptions;
  /** Who has not been here for longest is first. */
  readonly #buckets = new Map<string, Bucket>();
  /** Who is last. */
  #newest: string | null = null;

  constructor(options: TokenBucketsOptions) {
    this.#options = options;
  }

  /** Seconds until something may be taken, in whole; 0 = now. */
  waitS(name: string): number {
    const { left } = this.#filled(name);
    return left >= 1 ? 0 : Math.ceil((1 - left) / this.#options.perSecond);
  }

  /** @param amount less than 0 gives back */
  take(name: string, amount: number): void {
    const bucket = this.#filled(name);
    bucket.left = Math.min(this.#options.burst, bucket.left - amount);
  }

  #filled(name: string): Bucket {
    const { burst, perSecond, now } = this.#options;
    const at = now();
    const bucket = this.#buckets.get(name) ?? { left: burst, filledAt: at };
    bucket.left = Math.min(burst, bucket.left + ((at - bucket.filledAt) / 1_000) * perSecond);
    bucket.filledAt = at;
    // One name in a flood stays where it is: each move is a piece of a new table, see `Roster`.
    if (name === this.#newest) return bucket;
    this.#newest = name;
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MOST_REMEMBERED && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}
