import { contains, parseAddress, parseAddressRange } from './address.ts';
import { canonical, follow, own, spend } from './context.ts';
import { type Environment, UNKNOWN, type Verdict } from './definition.ts';
import { parseInstant } from './instant.ts';
import type { Condition, EvaluationContext } from './model.ts';
import { createMatcher } from './pattern-program.ts';
import { compareVersions, parseVersion } from './version.ts';

/** One condition, compiled: true if it matches, `not` included. */
export type Check = (context: EvaluationContext) => boolean;

/** One operator with its values, asked about one value. */
type Test = (value: unknown) => Verdict;

/** The attribute that is the present instant, by the ruleset's clock. A context cannot set it. */
export const NOW = '$now';

/** A finite number, or one written as a plain decimal; undefined for NaN, '', hexadecimal and the like. */
export function parseNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  return Number.isFinite(number) ? (number as number) : undefined;
}

function parseInteger(value: unknown): number | undefined {
  const number = parseNumber(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

function parseString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

// Not toLocaleLowerCase: a rule must not mean another thing on a Turkish machine.
const lower = (text: string | undefined): string | undefined => text?.toLowerCase();

/** A pair `[divisor, remainder]`; undefined if it is none. */
export function parseDivision(value: unknown): readonly [number, number] | undefined {
  const [divisor, remainder] = Array.isArray(value) ? value : [];
  return divisor > 0 && Number.isSafeInteger(divisor) && Number.isSafeInteger(remainder)
    ? [divisor, remainder]
    : undefined;
}

const difference = (a: number, b: number): number => a - b;

// Which signs of `compare(attribute, value)` an ordering accepts.
const BELOW = 1;
const EQUAL = 2;
const ABOVE = 4;

const ORDERINGS: { readonly [operator: string]: number } = {
  lt: BELOW,
  lte: BELOW | EQUAL,
  gt: ABOVE,
  gte: ABOVE | EQUAL,
  before: BELOW,
  after: ABOVE,
  semverEq: EQUAL,
  semverLt: BELOW,
  semverLte: BELOW | EQUAL,
  semverGt: ABOVE,
  semverGte: ABOVE | EQUAL,
};

/** The test of an operator with its values. Undefined if there is no such operator, or it takes no such value. */
function createTest({ operator, values, ignoreCase }: Condition): Test | undefined {
  /** Whether any of the values `accepts` the attribute, both parsed. */
  function anyOf<A, V>(
    parseAttribute: (value: unknown) => A | undefined,
    parseValue: (value: unknown) => V | undefined,
    accepts: (attribute: A, value: V) => boolean,
  ): Test | undefined {
    const parsed = values.map(parseValue);
    // One bad value spoils the condition: dropping it would widen what a negation lets in.
    if (parsed.includes(undefined)) return undefined;
    return (value) => {
      const attribute = parseAttribute(value);
      if (attribute === undefined) return UNKNOWN;
      for (const one of parsed) if (accepts(attribute, one!)) return 1;
      return 0;
    };
  }

  function ordered<T>(parse: (value: unknown) => T | undefined, compare: (a: T, b: T) => number): Test | undefined {
    return anyOf(parse, parse, (attribute, value) => {
      const order = compare(attribute, value);
      return (signs & (order < 0 ? BELOW : order > 0 ? ABOVE : EQUAL)) !== 0;
    });
  }

  const signs = own(ORDERINGS, operator) as number;
  const parseText = ignoreCase ? (value: unknown) => lower(parseString(value)) : parseString;
  switch (operator) {
    case 'in': {
      const parse = ignoreCase ? (value: unknown) => lower(canonical(value)) : canonical;
      const known = new Set(values.map(parse));
      if (known.has(undefined)) return undefined;
      // Hot path: one string is compared faster than it is looked up.
      const [only] = known.size === 1 ? known : [];
      return (value) => {
        const text = ignoreCase || typeof value !== 'string' ? parse(value) : value;
        return text === undefined ? UNKNOWN : (only === undefined ? known.has(text) : text === only) ? 1 : 0;
      };
    }
    case 'startsWith':
    case 'endsWith':
      return anyOf(parseText, parseText, (text, value) => text[operator](value));
    case 'contains':
      return anyOf(parseText, parseText, (text, value) => text.includes(value));
    case 'matches':
      return anyOf(parseString, createMatcher, (text, match) => match(text));
    case 'modulo':
      // The remainder has the divisor's sign, so that −1 modulo 3 is 2.
      return anyOf(
        parseInteger,
        parseDivision,
        (n, [divisor, rest]) => ((n % divisor) + (n < 0 ? divisor : 0)) % divisor === rest,
      );
    case 'cidr':
      return anyOf(parseAddress, parseAddressRange, (address, range) => contains(range, address));
    case 'exists':
      return (value) => Number(canonical(value) !== undefined);
    case 'before':
    case 'after':
      return ordered(parseInstant, difference);
  }
  if (!signs) return undefined;
  return operator.startsWith('semver') ? ordered(parseVersion, compareVersions) : ordered(parseNumber, difference);
}

function testList(list: readonly unknown[], test: Test): Verdict {
  let budget: number | undefined;
  for (const value of list) {
    budget = spend(value, budget) - 1;
    if (test(value) === 1) return 1;
  }
  return 0;
}

/** Whether the context is in any of the segments. */
function testSegments(
  keys: readonly unknown[],
  segments: NonNullable<Environment['segments']>,
  context: EvaluationContext,
): Verdict {
  let verdict: Verdict = 0;
  for (const key of keys) {
    const one = segments.get(key as string)?.has(context) ?? UNKNOWN;
    if (one) verdict = one;
    if (one === 1) break;
  }
  return verdict;
}

/**
 * Compiles one condition. Undefined if it can never match, negated or not: an operator that this version does not
 * know, or a value that the operator does not take. A rule with such a condition never matches.
 *
 * @throws TypeError if it does not have the shape of a condition
 */
export function compileCondition(condition: Condition, { clock, segments }: Environment): Check | undefined {
  const { attribute, operator, values, not } = condition;
  const expected: Verdict = not ? 0 : 1;
  if (operator === 'inSegment') {
    return segments && ((context) => testSegments(values, segments, context) === expected);
  }
  const test = createTest(condition);
  if (!test) return undefined;
  const isPointer = attribute![0] === '/';
  const isNow = attribute === NOW;
  return (context) => {
    let value = isNow ? clock?.() : own(context, attribute!);
    if (isPointer && value === undefined) value = follow(context, attribute!);
    spend(value);
    return (!Array.isArray(value) ? test(value) : operator === 'exists' ? 1 : testList(value, test)) === expected;
  };
}

/** Compiles conditions that must all hold; undefined if one of them never can. `owner`: the flag or segment. */
export function compileConditions(
  when: readonly Condition[],
  environment: Environment,
  owner: string,
): Check[] | undefined {
  const checks: Check[] = [];
  for (const condition of when) {
    const check = compileCondition(condition, environment);
    if (check) checks.push(check);
    else environment.onDiagnostic?.({ code: 'CONDITION_UNKNOWN', key: owner, message: condition.operator });
  }
  return checks.length < when.length ? undefined : checks;
}

/** True if all conditions match; also if there are none. */
export function holdAll(checks: readonly Check[], context: EvaluationContext): boolean {
  for (let i = 0; i < checks.length; i++) if (!checks[i]!(context)) return false;
  return true;
}
