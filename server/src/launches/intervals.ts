/** A share of a whole, with the interval in which the true rate lies with 95 % confidence. */
export interface Rate {
  /** How often. */
  readonly count: number;
  /** Out of how many. */
  readonly of: number;
  /** `count / of`, 0–1; null if there were none. */
  readonly rate: number | null;
  /** 95 % interval, 0–1. The whole range if there were none. */
  readonly low: number;
  readonly high: number;
}

/** The difference of two rates, with the interval in which it lies with 95 % confidence. */
export interface RateDifference {
  /** −1 to 1; null if one of the rates is not known. */
  readonly difference: number | null;
  readonly low: number;
  readonly high: number;
}

/** The standard normal deviate of 95 %, two-sided. */
export const Z = 1.959963984540054;
/** The same of one side: what the true value stays below with 95 % confidence. */
const Z_ONE_SIDED = 1.6448536269514722;

/**
 * Wilson's score interval: right also for rates near 0 and small numbers, where the usual one has no width.
 * E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
 */
export function rateOf(count: number, of: number, z: number = Z): Rate {
  if (of <= 0) return { count, of, rate: null, low: 0, high: 1 };
  const rate = count / of;
  const scale = 1 + z ** 2 / of;
  const centre = (rate + z ** 2 / (2 * of)) / scale;
  const half = (z / scale) * Math.sqrt((rate * (1 - rate)) / of + z ** 2 / (4 * of ** 2));
  // Rounding would leave a hair's breadth at the ends.
  return {
    count,
    of,
    rate,
    low: count === 0 ? 0 : Math.max(0, centre - half),
    high: count === of ? 1 : Math.min(1, centre + half),
  };
}

/**
 * `one` less `other`, with Newcombe's hybrid score interval, made of Wilson's two.
 * R. G. Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17
 * (1998), method 10.
 */
export function differenceOf(one: Rate, other: Rate): RateDifference {
  if (one.rate === null || other.rate === null) return { difference: null, low: -1, high: 1 };
  const difference = one.rate - other.rate;
  return {
    difference,
    low: difference - Math.hypot(one.rate - one.low, other.high - other.rate),
    high: difference + Math.hypot(one.high - one.rate, other.rate - other.low),
  };
}

/** What a rate stays below with 95 % confidence, 0–1. Of none it is 1. */
export function mostOf({ count, of }: Rate): number {
  return rateOf(count, of, Z_ONE_SIDED).high;
}

/** What the difference of two rates stays below with 95 % confidence. If one of them is not known it is 1. */
export function mostBetween(one: Rate, other: Rate): number {
  return differenceOf(rateOf(one.count, one.of, Z_ONE_SIDED), rateOf(other.count, other.of, Z_ONE_SIDED)).high;
}
