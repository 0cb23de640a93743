import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Change, Head } from './change.ts';

// Why: decision 0104.
/** Tells a seal from whatever else somebody may have an HMAC of with this key. */
const PURPOSE = 'dimmer change log';

/**
 * Seals changes with a key that is not in the database: an HMAC of each change's hash, and so of all changes before it.
 * Whoever owns the database can write another history with hashes that fit, but not the seals.
 */
export class Seals {
  readonly #key: string;

  constructor(key: string) {
    this.#key = key;
  }

  /** SHA-256, hex, over revision and hash. */
  of({ revision, hash }: Head): string {
    return createHmac('sha256', this.#key).update(`${PURPOSE}\n${revision}\n${hash}`).digest('hex');
  }

  /** Whether a change's seal is the one that we would give it. */
  fits(change: Change): boolean {
    const [given, own] = [Buffer.from(change.seal ?? ''), Buffer.from(this.of(change))];
    return given.length === own.length && timingSafeEqual(given, own);
  }
}
