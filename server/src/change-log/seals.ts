import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Change, Head } from '../changes/change.ts';

// Why: decision 0104.
/** Domain separation: an HMAC that the same key made for another purpose is no seal. */
const PURPOSE = 'dimmer change log';

/**
 * HMAC over each change's hash, and so over all changes before it, with a key that is not in the database. The owner of
 * the database can write another history with hashes that fit, but cannot make the seals.
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
