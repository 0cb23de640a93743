/** What one call may pay for copies, ms. */
const ALLOWED_MS = 0.1;

/** What is known of how large the values of one flag are. */
export interface Copying {
  /** A clock that never goes back, ms. */
  readonly clock: () => number;
  /** What one call may pay, ms. */
  readonly allowedMs: number;
  /** Calls that are to be shed before copying is tried again. */
  skip: number;
  /** How often it has been refused since a result was copied. */
  refusals: number;
  /** How many refusals in a row took far too long. */
  unheld: number;
  /** Copies made, up to where that matters. */
  made: number;
  /** Copies and comparisons made after shadows, up to where that matters. */
  madeAfter: number;
  /** What copying the last input took, ms. */
  inputMs: number;
}

/** @param allowedMs what one call may pay; default: as little as a shadow may cost */
export function newCopying(clock: () => number, allowedMs = ALLOWED_MS): Copying {
  return { clock, allowedMs, skip: 0, refusals: 0, unheld: 0, made: 0, madeAfter: 0, inputMs: 0 };
}
