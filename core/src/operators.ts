/** What each operator compares, how it reads what is compared, and what that costs: docs/decisions/0117. */
import { parseAddress, parseAddressRange } from './address.ts';
import { canonical, isInexact } from './context.ts';
import type { Verdict } from './definition.ts';
import { parseInstant } from './instant.ts';
import { createMatcher, type Matcher } from './pattern-program.ts';
import { sortableVersion } from './version.ts';

/**
 * A finite number, or one written as a plain decimal; undefined for NaN, '', hexadecimal and the like. A whole number
 * that a number cannot hold is a `bigint`, and compares exactly with either.
 */
export function parseNumber(value: unknown): number | bigint | undefined {
  if (typeof value === 'bigint') return value;
  const isText = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value);
  const number = isText ? Number(value) : value;
  if (!Number.isFinite(number)) return undefined;
  return isText && !value.includes('.') && isInexact(number) ? BigInt(value) : (number as number);
}

/** A whole number that is exact. */
function parseInteger(value: unknown): number | bigint | undefined {
  const number = parseNumber(value);
  return Number.isSafeInteger(number) || typeof number === 'bigint' ? number : undefined;
}

// Not toLocaleLowerCase: a rule must not mean another thing on a Turkish machine.
function parseString(value: unknown, ignoreCase?: boolean): string | undefined {
  if (typeof value !== 'string') return undefined;
  return ignoreCase ? value.toLowerCase() : value;
}

export function parseScalar(value: unknown, ignoreCase?: boolean): string | undefined {
  return parseString(canonical(value), ignoreCase);
}

/** A pair `[divisor, remainder]`; undefined if it is none. */
export function parseDivision(value: unknown): readonly [number, number] | undefined {
  const [divisor, remainder] = Array.isArray(value) ? value : [];
  return divisor > 0 && Number.isSafeInteger(divisor) && Number.isSafeInteger(remainder)
    ? [divisor, remainder]
    : undefined;
}

/** What an operator does, and what that costs. */
export interface Operation {
  /** Whether attribute and value match. */
  readonly accepts: (attribute: never, value: never) => Verdict;
  /** How the attribute is read; undefined if it cannot be. */
  readonly parse: (value: unknown, ignoreCase?: boolean) => unknown;
  /** How a value is read, if otherwise. */
  readonly parseValue?: (value: unknown, ignoreCase?: boolean) => unknown;
  /** Steps of reading an attribute: once, and for each of its units. Of reading one of the values: a quarter of `base`. */
  readonly base: number;
  readonly perUnit: number;
  /** Steps for each unit of the attribute and each value. */
  readonly perUnitAndValue?: number;
}

// Numbers, instants and versions are all parsed to what `<` orders.
const isLess = (a: number, b: number): boolean => a < b;
const isAtMost = (a: number, b: number): boolean => a <= b;
const isMore = (a: number, b: number): boolean => a > b;
const isAtLeast = (a: number, b: number): boolean => a >= b;
const isEqual = (a: unknown, b: unknown): boolean => a === b;

const TEXT = { parse: parseString, base: 2, perUnit: 1 };
const NUMBER = { parse: parseNumber, base: 8, perUnit: 1 };
const INSTANT = { parse: parseInstant, base: 400, perUnit: 0 };
const VERSION = { parse: sortableVersion, base: 200, perUnit: 8 };

export const OPERATIONS: { readonly [operator: string]: Operation } = {
  in: { accepts: isEqual, parse: parseScalar, base: 0, perUnit: 1 },
  startsWith: { accepts: (text: string, start: string) => text.startsWith(start), ...TEXT },
  endsWith: { accepts: (text: string, end: string) => text.endsWith(end), ...TEXT },
  contains: { accepts: (text: string, part: string) => text.includes(part), ...TEXT, perUnitAndValue: 1 / 4 },
  matches: {
    accepts: (text: string, match: Matcher) => match(text),
    parse: (value) => parseString(value),
    parseValue: createMatcher,
    ...{ base: 2, perUnit: 0 },
  },
  lt: { accepts: isLess, ...NUMBER },
  lte: { accepts: isAtMost, ...NUMBER },
  gt: { accepts: isMore, ...NUMBER },
  gte: { accepts: isAtLeast, ...NUMBER },
  before: { accepts: isLess, ...INSTANT },
  after: { accepts: isMore, ...INSTANT },
  semverEq: { accepts: isEqual, ...VERSION },
  semverLt: { accepts: isLess, ...VERSION },
  semverLte: { accepts: isAtMost, ...VERSION },
  semverGt: { accepts: isMore, ...VERSION },
  semverGte: { accepts: isAtLeast, ...VERSION },
  modulo: {
    accepts: (number: number | bigint, [divisor, remainder]: readonly [number, number]) => {
      const rest = typeof number === 'bigint' ? Number(number % BigInt(divisor)) : number % divisor;
      // The remainder has the divisor's sign, so that −1 modulo 3 is 2.
      return (rest + (rest < 0 ? divisor : 0)) % divisor === remainder;
    },
    parse: parseInteger,
    parseValue: parseDivision,
    ...{ base: 8, perUnit: 1 },
  },
  cidr: {
    accepts: (address: string, range: string) => address.startsWith(range),
    parse: parseAddress,
    parseValue: parseAddressRange,
    ...{ base: 400, perUnit: 0 },
  },
};
