import { parseAddress, parseAddressRange } from './address.ts';
import type { Check } from './compiled-rule.ts';
import { canonical, follow, own, spend } from './context.ts';
import type { Environment, Verdict } from './definition.ts';
import { parseInstant } from './instant.ts';
import type { Condition, EvaluationContext } from './model.ts';
import { createMatcher, type Matcher } from './pattern-program.ts';
import { sortableVersion } from './version.ts';

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

// Not toLocaleLowerCase: a rule must not mean another thing on a Turkish machine.
function parseString(value: unknown, ignoreCase?: boolean): string | undefined {
  if (typeof value !== 'string') return undefined;
  return ignoreCase ? value.toLowerCase() : value;
}

function parseScalar(value: unknown, ignoreCase?: boolean): string | undefined {
  return parseString(canonical(value), ignoreCase);
}

/** A pair `[divisor, remainder]`; undefined if it is none. */
export function parseDivision(value: unknown): readonly [number, number] | undefined {
  const [divisor, remainder] = Array.isArray(value) ? value : [];
  return divisor > 0 && Number.isSafeInteger(divisor) && Number.isSafeInteger(remainder)
    ? [divisor, remainder]
    : undefined;
}

/** When attribute and value match, how the attribute is read, and how the value, if otherwise. Undefined: not at all. */
type Operation = readonly [
  accepts: (attribute: never, value: never) => boolean,
  parseAttribute: (value: unknown, ignoreCase?: boolean) => unknown,
  parseValue?: (value: unknown, ignoreCase?: boolean) => unknown,
];

// Numbers, instants and versions are all parsed to what `<` orders.
const isLess = (a: number, b: number): boolean => a < b;
const isAtMost = (a: number, b: number): boolean => a <= b;
const isMore = (a: number, b: number): boolean => a > b;
const isAtLeast = (a: number, b: number): boolean => a >= b;
const isEqual = (a: unknown, b: unknown): boolean => a === b;

const OPERATIONS: { readonly [operator: string]: Operation } = {
  in: [isEqual, parseScalar],
  startsWith: [(text: string, start: string) => text.startsWith(start), parseString],
  endsWith: [(text: string, end: string) => text.endsWith(end), parseString],
  contains: [(text: string, part: string) => text.includes(part), parseString],
  matches: [(text: string, match: Matcher) => match(text), (value) => parseString(value), createMatcher],
  lt: [isLess, parseNumber],
  lte: [isAtMost, parseNumber],
  gt: [isMore, parseNumber],
  gte: [isAtLeast, parseNumber],
  before: [isLess, parseInstant],
  after: [isMore, parseInstant],
  semverEq: [isEqual, sortableVersion],
  semverLt: [isLess, sortableVersion],
  semverLte: [isAtMost, sortableVersion],
  semverGt: [isMore, sortableVersion],
  semverGte: [isAtLeast, sortableVersion],
  modulo: [
    // The remainder has the divisor's sign, so that −1 modulo 3 is 2.
    (n: number, [divisor, rest]: readonly [number, number]) =>
      ((n % divisor) + (n < 0 ? divisor : 0)) % divisor === rest,
    parseInteger,
    parseDivision,
  ],
  cidr: [(address: string, range: string) => address.startsWith(range), parseAddress, parseAddressRange],
};

/** The test of an operator with its values. Undefined if there is no such operator, or it takes no such value. */
function createTest({ operator, values, ignoreCase }: Condition): Test | undefined {
  if (operator === 'exists') return (value) => canonical(value) !== undefined;
  const operation = own(OPERATIONS, operator) as Operation | undefined;
  if (!operation) return undefined;
  const [accepts, parseAttribute, parseValue = parseAttribute] = operation;
  const parsed = values.map((value) => parseValue(value, ignoreCase));
  // One bad value spoils the condition: dropping it would widen what a negation lets in.
  if (parsed.includes(undefined)) return undefined;
  const isList = accepts === isEqual && parsed.length > 1;
  const known = new Set(isList ? parsed : []);
  return (value) => {
    const attribute = parseAttribute(value, ignoreCase);
    if (attribute === undefined) return undefined;
    // Hot path: one value is compared faster than it is looked up.
    if (isList) return known.has(attribute);
    for (let i = 0; i < parsed.length; i++) if (accepts(attribute as never, parsed[i] as never)) return true;
    return false;
  };
}

function testList(list: readonly unknown[], test: Test): Verdict {
  let budget: number | undefined;
  for (const value of list) {
    budget = spend(value, budget) - 1;
    if (test(value)) return true;
  }
  return false;
}

/** Whether the context is in any of the segments. */
function testSegments(
  keys: readonly unknown[],
  segments: NonNullable<Environment['segments']>,
  context: EvaluationContext,
): Verdict {
  let verdict: Verdict = false;
  for (const key of keys) {
    const one = segments.get(key as string)?.has(context);
    if (one) return true;
    if (one === undefined) verdict = one;
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
  const expected = !not;
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
    return (!Array.isArray(value) ? test(value) : operator === 'exists' || testList(value, test)) === expected;
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
