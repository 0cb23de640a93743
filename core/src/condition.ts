import { contains, parseAddress, parseAddressRange } from './address.ts';
import { canonical, follow, OVERSIZED, own, pointerPath, spend, VALUE_BUDGET } from './context.ts';
import { type Environment, malformed, UNKNOWN, type Verdict } from './definition.ts';
import { parseInstant } from './instant.ts';
import type { Condition, EvaluationContext } from './model.ts';
import { createMatcher } from './pattern-program.ts';
import { compareVersions, parseVersion } from './version.ts';

/** One condition, compiled: true if it matches, `not` included. */
export type Check = (context: EvaluationContext) => boolean;

/** One operator with its values, asked about one value that is neither null nor an object. */
type Test = (value: unknown) => Verdict;

/** The attribute that is the present instant, by the ruleset's clock. A context cannot set it. */
export const NOW = '$now';

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** A finite number, or one written as a plain decimal; undefined for NaN, '', hexadecimal and the like. */
export function parseNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && DECIMAL.test(value) ? Number(value) : value;
  return Number.isFinite(number) ? (number as number) : undefined;
}

function parseInteger(value: unknown): number | undefined {
  const number = parseNumber(value);
  return Number.isSafeInteger(number) ? number : undefined;
}

function parseString(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parseLowerCase(value: unknown): string | undefined {
  // Not toLocaleLowerCase: a rule must not mean another thing on a Turkish machine.
  return parseString(value)?.toLowerCase();
}

export function parseDivision(value: unknown): readonly [number, number] | undefined {
  const [divisor, remainder] = Array.isArray(value) ? value : [];
  return divisor > 0 && Number.isSafeInteger(divisor) && Number.isSafeInteger(remainder)
    ? [divisor, remainder]
    : undefined;
}

/** Tests whether any of the condition's values `accepts` the attribute, both parsed. */
function anyOf<A, V>(
  values: readonly unknown[],
  parseValue: (value: unknown) => V | undefined,
  parseAttribute: (value: unknown) => A | undefined,
  accepts: (attribute: A, value: V) => boolean | undefined,
): Test | undefined {
  const parsed: V[] = [];
  for (const value of values) {
    const one = parseValue(value);
    // One bad value spoils the condition: dropping it would widen what a negation lets in.
    if (one === undefined) return undefined;
    parsed.push(one);
  }
  return (value) => {
    const attribute = parseAttribute(value);
    if (attribute === undefined) return UNKNOWN;
    for (let i = 0; i < parsed.length; i++) if (accepts(attribute, parsed[i]!)) return 1;
    return 0;
  };
}

const difference = (a: number, b: number): number => a - b;

/** Which signs of `compare(attribute, value)` an ordering accepts. */
const BELOW = 1;
const EQUAL = 2;
const ABOVE = 4;

function ordering<T>(
  values: readonly unknown[],
  parse: (value: unknown) => T | undefined,
  compare: (a: T, b: T) => number,
  signs: number,
): Test | undefined {
  return anyOf(values, parse, parse, (attribute, value) => {
    const order = compare(attribute, value);
    return (signs & (order < 0 ? BELOW : order > 0 ? ABOVE : EQUAL)) !== 0;
  });
}

function equality(values: readonly unknown[], ignoreCase: boolean): Test | undefined {
  const known = new Set<string>();
  for (const value of values) {
    const text = canonical(value);
    if (text === undefined) return undefined;
    known.add(ignoreCase ? text.toLowerCase() : text);
  }
  if (ignoreCase) {
    return (value) => {
      const text = canonical(value);
      return text === undefined ? UNKNOWN : Number(known.has(text.toLowerCase()));
    };
  }
  // Hot path: one string is compared faster than it is looked up.
  const [only] = known.size === 1 ? known : [];
  return (value) => {
    const text = typeof value === 'string' ? value : canonical(value);
    if (text === undefined) return UNKNOWN;
    return (only === undefined ? known.has(text) : text === only) ? 1 : 0;
  };
}

/** Undefined if a value is not one that the operator takes; null if there is no such operator. */
function createTest({ operator, values, ignoreCase }: Condition): Test | undefined | null {
  const parseText = ignoreCase ? parseLowerCase : parseString;
  switch (operator) {
    case 'in':
      return equality(values, ignoreCase === true);
    case 'startsWith':
      return anyOf(values, parseText, parseText, (text, value) => text.startsWith(value));
    case 'endsWith':
      return anyOf(values, parseText, parseText, (text, value) => text.endsWith(value));
    case 'contains':
      return anyOf(values, parseText, parseText, (text, value) => text.includes(value));
    case 'matches':
      return anyOf(values, createMatcher, parseString, (text, match) => {
        const answer = match(text);
        if (answer === undefined) throw OVERSIZED;
        return answer;
      });
    case 'lt':
      return ordering(values, parseNumber, difference, BELOW);
    case 'lte':
      return ordering(values, parseNumber, difference, BELOW | EQUAL);
    case 'gt':
      return ordering(values, parseNumber, difference, ABOVE);
    case 'gte':
      return ordering(values, parseNumber, difference, ABOVE | EQUAL);
    case 'before':
      return ordering(values, parseInstant, difference, BELOW);
    case 'after':
      return ordering(values, parseInstant, difference, ABOVE);
    case 'semverEq':
      return ordering(values, parseVersion, compareVersions, EQUAL);
    case 'semverLt':
      return ordering(values, parseVersion, compareVersions, BELOW);
    case 'semverLte':
      return ordering(values, parseVersion, compareVersions, BELOW | EQUAL);
    case 'semverGt':
      return ordering(values, parseVersion, compareVersions, ABOVE);
    case 'semverGte':
      return ordering(values, parseVersion, compareVersions, ABOVE | EQUAL);
    case 'modulo':
      // The remainder has the divisor's sign, so that −1 modulo 3 is 2.
      return anyOf(values, parseDivision, parseInteger, (n, [divisor, remainder]) => {
        const rest = n % divisor;
        return (rest < 0 ? rest + divisor : rest) === remainder;
      });
    case 'cidr':
      return anyOf(values, parseAddressRange, parseAddress, (address, range) => contains(range, address));
    case 'exists':
      return (value) => Number(canonical(value) !== undefined);
    default:
      return null;
  }
}

function testList(list: readonly unknown[], test: Test): Verdict {
  let budget = VALUE_BUDGET;
  for (const value of list) {
    budget = spend(budget - 1, value);
    if (typeof value !== 'object' && test(value) === 1) return 1;
  }
  return 0;
}

function segmentCheck(condition: Condition, environment: Environment): Check {
  const expected = condition.not === true ? 0 : 1;
  const { values } = condition;
  return (context) => {
    let verdict: Verdict = 0;
    for (const key of values) {
      const one = environment.inSegment(String(key), context);
      if (one === 1) return expected === 1;
      if (one === UNKNOWN) verdict = UNKNOWN;
    }
    return verdict === expected;
  };
}

/**
 * Compiles one condition. Undefined if it can never match, negated or not: an operator that this version does not
 * know, or a value that the operator does not take. A rule with such a condition never matches.
 *
 * @param owner key of the flag or segment, for diagnostics
 * @throws TypeError if it does not have the shape of a condition
 */
export function compileCondition(condition: Condition, environment: Environment, owner: string): Check | undefined {
  const { attribute, operator, values } = condition;
  if (!Array.isArray(values) || typeof operator !== 'string') malformed('a condition needs operator and values');
  if (operator === 'inSegment') return segmentCheck(condition, environment);
  const test = createTest(condition);
  if (!test) {
    const code = test === null ? 'OPERATOR_UNKNOWN' : 'CONDITION_INVALID';
    environment.diagnose(code, owner, operator);
    return undefined;
  }
  if (typeof attribute !== 'string') malformed('a condition needs an attribute');
  const expected = condition.not === true ? 0 : 1;
  const path = pointerPath(attribute);
  const { clock } = environment;
  const isClock = attribute === NOW;
  const isExists = operator === 'exists';
  return (context) => {
    let value = own(context, attribute);
    if (isClock) value = clock?.();
    else if (path !== undefined && value === undefined) value = follow(context, path);
    if (typeof value === 'object') {
      if (!Array.isArray(value)) return isExists && expected === 0;
      return (isExists ? 1 : testList(value, test)) === expected;
    }
    spend(VALUE_BUDGET, value);
    return test(value) === expected;
  };
}

/** Compiles conditions that must all hold; undefined if one of them never can. */
export function compileConditions(
  when: readonly Condition[],
  environment: Environment,
  owner: string,
): Check[] | undefined {
  if (!Array.isArray(when)) malformed('a rule needs `when`');
  const checks = (when as readonly Condition[]).map((condition) => compileCondition(condition, environment, owner));
  return checks.every((check) => check !== undefined) ? checks : undefined;
}

/** True if all conditions match; also if there are none. */
export function holdAll(checks: readonly Check[], context: EvaluationContext): boolean {
  for (let i = 0; i < checks.length; i++) if (!checks[i]!(context)) return false;
  return true;
}
