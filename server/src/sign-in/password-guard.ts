import { ApiError } from '../http/api-error.ts';
import { networkOf } from '../http/client-address.ts';
import { FailedAttempts } from './failed-attempts.ts';

const MOST_BY_ACCOUNT = 5;
/** An office comes from one address, so this is wider than the five tries of one account. */
const MOST_BY_ADDRESS = 30;

/** The outcome of checking a password. */
export type Verdict = 'right' | 'wrong' | 'not looked at';

/**
 * Brute-force protection for passwords: guessing at one account from a thousand addresses, or at a thousand from one.
 */
export class PasswordGuard {
  readonly #accounts: FailedAttempts;
  readonly #addresses: FailedAttempts;

  constructor(now: () => number) {
    this.#accounts = new FailedAttempts(MOST_BY_ACCOUNT, now);
    this.#addresses = new FailedAttempts(MOST_BY_ADDRESS, now);
  }

  /**
   * Lets a password be looked at.
   *
   * @param look looks, and says what it found
   * @throws ApiError `SIGN_IN_CROWDED`, with `Retry-After`, if too many were wrong
   */
  async watch<Found extends { readonly verdict: Verdict }>(
    { account, address }: { readonly account: string; readonly address: string },
    look: () => Promise<Found>,
  ): Promise<Found> {
    const from = networkOf(address);
    const byAccount = this.#accounts.begin(account);
    if (byAccount > 0) throw tooMany('Too many wrong passwords for this account.', byAccount);
    const byAddress = this.#addresses.begin(from);
    if (byAddress > 0) {
      this.#accounts.takeBack(account);
      throw tooMany('Too many wrong passwords from this address.', byAddress);
    }
    let verdict: Verdict = 'not looked at';
    try {
      const found = await look();
      verdict = found.verdict;
      return found;
    } finally {
      if (verdict === 'right') this.#accounts.forget(account);
      if (verdict === 'not looked at') this.#accounts.takeBack(account);
      if (verdict !== 'wrong') this.#addresses.takeBack(from);
    }
  }
}

function tooMany(message: string, seconds: number): ApiError {
  return new ApiError('SIGN_IN_CROWDED', message, {
    fix: `Try again in ${Math.ceil(seconds / 60)} minutes, or ask an administrator for a link.`,
    details: { retryAfterS: seconds },
  });
}
