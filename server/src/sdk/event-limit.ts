import type { MiddlewareHandler } from 'hono';
import { ApiError } from '../http/api-error.ts';
import { networkOf } from '../http/client-address.ts';
import type { SdkEnv, SdkServices } from './sdk-services.ts';

/** As many batches at once as there may be browsers, which each send one in ten seconds; and this share of it a second. */
const SHARE_A_SECOND = 1 / 4;
/** Of those whose address is not known, together: as behind a proxy that nobody has configured. */
const UNKNOWN_TIMES = 20;
const MOST_REMEMBERED = 10_000;

interface Bucket {
  left: number;
  filledAt: number;
}

interface EventLimitOptions {
  /** Browsers that may stream from one address; 0: any number, and any number of batches. */
  readonly browsersPerAddress: number;
  /** Ms, by a clock that nobody sets. Default: `performance.now`. */
  readonly now?: () => number;
}

/**
 * How many batches of events may come with a browser's key, which anybody can have, from one address. Server keys are
 * secret, and one of them is shared by fleets of thousands: they are not limited.
 */
export class EventLimit {
  readonly #burst: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor({ browsersPerAddress, now = () => performance.now() }: EventLimitOptions) {
    this.#burst = browsersPerAddress;
    this.#now = now;
  }

  /** @returns seconds until a batch may come; 0 = now */
  admit(key: string, address: string | null): number {
    if (this.#burst === 0) return 0;
    const burst = this.#burst * (address === null ? UNKNOWN_TIMES : 1);
    const bucket = this.#bucket(`${key} ${address}`, burst);
    if (bucket.left < 1) return Math.ceil((1 - bucket.left) / (burst * SHARE_A_SECOND));
    bucket.left -= 1;
    return 0;
  }

  #bucket(name: string, burst: number): Bucket {
    const now = this.#now();
    const found = this.#buckets.get(name) ?? { left: burst, filledAt: now };
    const gained = ((now - found.filledAt) / 1_000) * burst * SHARE_A_SECOND;
    const bucket = { left: Math.min(burst, found.left + gained), filledAt: now };
    // Those that have not been here for longest are first, and most likely full.
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MOST_REMEMBERED && oldest !== undefined) this.#buckets.delete(oldest);
    return bucket;
  }
}

/** Before anything of a batch is read. */
export function limitEvents({ eventLimit, addressOf }: SdkServices): MiddlewareHandler<SdkEnv> {
  return async function checkLimit(c, next) {
    const { scope, key } = c.get('access');
    const retryAfterS =
      scope.audience === 'browser' ? eventLimit.admit(key.id, networkOf(addressOf(c.env.incoming))) : 0;
    if (retryAfterS > 0) {
      // The batch is not read, so nothing more can come on this connection.
      c.header('Connection', 'close');
      throw new ApiError('EVENTS_CROWDED', 'Too many batches of events come from this address.', {
        fix: 'Send them later, after Retry-After; counts go on counting meanwhile.',
        details: { retryAfterS },
      });
    }
    await next();
  };
}
