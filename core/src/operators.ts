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
  readonly perUnitAndValue?: number | undefined;
}

// Numbers, instants and versions are all parsed to what `<` orders.
const isLess = (a: number, b: number): boolean => a < b;
const isAtMost = (a: number, b: number): boolean => a <= b;
const isMore = (a: number, b: number): boolean => a > b;
const isAtLeast = (a: number, b: number): boolean => a >= b;
const isEqual = (a: unknown, b: unknown): boolean => a === b;

/** Operators that read attribute and values alike. */
function reading(parse: Operation['parse'], base: number, perUnit: number) {
  return (accepts: (attribute: never, value: never) => Verdict, perUnitAndValue?: number): Operation => {
    return { accepts, parse, base, perUnit, perUnitAndValue };
  };
}

const text = reading(parseString, 2, 1);
const number = reading(parseNumber, 8, 2);
const instant = reading(parseInstant, 400, 0);
const version = reading(sortableVersion, 200, 8);

export const OPERATIONS: { readonly [operator: string]: Operation } = {
  in: reading(parseScalar, 0, 1)(isEqual),
  startsWith: text((whole: string, start: string) => whole.startsWith(start)),
  endsWith: text((whole: string, end: string) => whole.endsWith(end)),
  contains: text((whole: string, part: string) => whole.includes(part), 1 / 4),
  matches: {
    ...reading((value) => parseString(value), 2, 0)((whole: string, match: Matcher) => match(whole)),
    parseValue: createMatcher,
  },
  lt: number(isLess),
  lte: number(isAtMost),
  gt: number(isMore),
  gte: number(isAtLeast),
  before: instant(isLess),
  after: instant(isMore),
  semverEq: version(isEqual),
  semverLt: version(isLess),
  semverLte: version(isAtMost),
  semverGt: version(isMore),
  semverGte: version(isAtLeast),
  modulo: {
    ...reading(
      parseInteger,
      8,
      2,
    )((whole: number | bigint, [divisor, remainder]: readonly [number, number]) => {
      const rest = typeof whole === 'bigint' ? Number(whole % BigInt(divisor)) : whole % divisor;
      // The remainder has the divisor's sign, so that −1 modulo 3 is 2.
      return rest + (rest < 0 ? divisor : 0) === remainder;
    }, 1 / 16),
    parseValue: parseDivision,
  },
  cidr: {
    ...reading(parseAddress, 400, 0)((address: string, range: string) => address.startsWith(range)),
    parseValue: parseAddressRange,
  },
};
