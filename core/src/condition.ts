import { asJson, isInexact, isScalar, MAX_VALUE_UNITS, namesOf, OVERSIZED, own, read, spend } from './context.ts';
import { costOfSearch, createIndex, type Environment, tell, type Verdict } from './definition.ts';
import type { Condition, EvaluationContext } from './model.ts';
import { OPERATIONS, type Operation, parseScalar } from './operators.ts';
import { MAX_FLAG_INSTRUCTIONS, sizeOfProgram } from './pattern-program.ts';
import { addIndexable, afford, MAX_SEARCHES, NUMBER_UNITS, takeExceeded } from './steps.ts';

// Why: decision 0003, decision 0008.
/** One condition, compiled: true if it matches, `not` included; undefined if that cannot be said. */
export type Check = (context: EvaluationContext) => Verdict;

/** One operator with its values, or a condition, asked about one value. */
export type Test = (value: unknown) => Verdict;

/** The attribute that is the present instant, by the ruleset's clock. A context cannot set it. */
export const NOW = '$now';

/** The longest text, in UTF-16 units, that rules may be found by without asking them, because equality with it is free. */
export const MAX_INDEXED_UNITS = 64;

/** The test of an operator with its values. Undefined if there is no such operator, or it takes no such value. */
function createTest({ operator, values, ignoreCase }: Condition, environment: Environment): Test | undefined {
  if (operator === 'exists') return isScalar;
  const operation = own(environment.speed?.operations ?? OPERATIONS, operator) as Operation | undefined;
  if (!operation) return undefined;
  // One bad value spoils the condition: dropping it would widen what a negation lets in.
  if (operator === 'in') return values.every(isScalar) ? testEquality(values, ignoreCase, environment) : undefined;
  const { accepts, parse, parseValue = parse, base, perUnit, perUnitAndValue = 0 } = operation;
  const parsed = values.map((value) => parseValue(value, ignoreCase));
  if (parsed.includes(undefined)) return undefined;
  // Each value costs a comparison, of a text as far as the two may be the same.
  const fixed = parsed.reduce<number>(
    (sum, value) => sum + 2 + (typeof value === 'string' ? value.length >> 2 : 0),
    base,
  );
  const perEach = perUnit + Math.ceil(perUnitAndValue * parsed.length);
  return (value) => {
    if (!afford(fixed + perEach * (typeof value === 'string' ? value.length : NUMBER_UNITS))) return undefined;
    const attribute = parse(value, ignoreCase);
    if (attribute === undefined) return undefined;
    let verdict: Verdict = false;
    for (let i = 0; i < parsed.length; i++) {
      const one = accepts(attribute as never, parsed[i] as never);
      if (one) return true;
      if (one === undefined) verdict = one;
    }
    return verdict;
  };
}

/** Whether this version knows the operator of a condition, and it takes the values. */
export function isUnderstood(condition: Condition): boolean {
  return createTest(condition, {}) !== undefined;
}

/** Equality with any of the values. Those that are compared as they are need not be copied, however many they are. */
function testEquality(values: readonly unknown[], ignoreCase: boolean | undefined, environment: Environment): Test {
  const compared = ignoreCase ? values.map((value) => parseScalar(value, true)) : values;
  const index = createIndex(environment, [[compared, true]]);
  return (value) => {
    // A short text costs nothing: whether the index has asked already (`rule-index.ts`) must make no difference.
    if (
      typeof value === 'string' &&
      (ignoreCase || value.length > MAX_INDEXED_UNITS) &&
      !afford(value.length + costOfSearch(values.length, value))
    ) {
      return undefined;
    }
    const attribute = parseScalar(value, ignoreCase);
    if (attribute === undefined) return undefined;
    if (index.get(attribute)) return true;
    return isInexact(value) ? undefined : false;
  };
}

/** @param sought among how many values each element is looked for, by equality */
function testList(list: readonly unknown[], test: Test, sought: number): Verdict {
  if (list.length > MAX_VALUE_UNITS) throw OVERSIZED;
  let budget: number | undefined;
  let verdict: Verdict = false;
  for (let i = 0; i < list.length; i++) {
    const value = asJson(list[i]);
    budget = spend(value, budget) - 1;
    const text = typeof value === 'string' ? value : '';
    const units = text === value ? text.length >> 3 : NUMBER_UNITS;
    // Whoever has looked for so many has paid for an index of the values, and looks there from then on.
    if (i === MAX_SEARCHES) addIndexable(sought);
    if (!afford(4 + units + (i < MAX_SEARCHES ? costOfSearch(sought, text) : 0))) return undefined;
    const one = test(value);
    if (one) return true;
    // What JSON knows no single value for is none of them.
    if (one === undefined && isScalar(value)) verdict = one;
  }
  return verdict;
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

/** Whether there is an operator of this name that looks at an attribute. */
export function isOperator(operator: string): boolean {
  return operator === 'exists' || own(OPERATIONS, operator) !== undefined;
}

/** The test of values that are not understood. */
const NEVER: Test = () => undefined;

function turn(verdict: Verdict, not: boolean | undefined): Verdict {
  return verdict === undefined ? verdict : verdict !== (not === true);
}

/**
 * Compiles one condition. Its values are read when it is first asked, and paid for each time. Undefined if it can never
 * match, negated or not, because this version does not know the operator.
 *
 * @param owner the flag or segment that it belongs to
 */
export function compileCondition(condition: Condition, environment: Environment, owner = ''): Check | undefined {
  const { attribute, operator, values, not, ignoreCase } = condition;
  const { clock, segments } = environment;
  if (operator === 'inSegment') {
    const [key] = values as readonly string[];
    // Hot path: nearly all name one.
    if (values.length === 1 && !not) return segments && ((context) => segments.get(key!)?.has(context));
    return segments && ((context) => turn(testSegments(values, segments, context), not));
  }
  if (!isOperator(operator)) return undefined;
  const names = namesOf(attribute!);
  const isNow = attribute === NOW;
  const isExists = operator === 'exists';
  const toRead = isExists ? 0 : values.length * (ignoreCase ? 4 : OPERATIONS[operator]!.base >> 2);
  const sought = operator === 'in' && values.length > 1 ? values.length : 0;
  let test: Test | undefined;
  let isTold = false;
  const judge: Test = (value) => {
    if (typeof value === 'object') value = asJson(value);
    // Hot path: nearly all are texts and numbers.
    spend(value);
    // Of what is missing nothing can be said, so that nothing need be read.
    if (!isExists && (value === undefined || value === null)) return undefined;
    if (afford(toRead)) {
      test ??= createTest(condition, environment) ?? tellUnknown(environment, owner, operator) ?? NEVER;
      const verdict =
        typeof value === 'object' && Array.isArray(value) ? isExists || testList(value, test, sought) : test(value);
      if (verdict !== undefined) return turn(verdict, not);
    }
    const isExceeded = takeExceeded();
    if (!isTold && test !== NEVER) {
      const code = isExceeded ? 'STEPS_EXCEEDED' : 'ATTRIBUTE_UNREADABLE';
      tell(environment, code, owner, `${attribute}: ${operator} on this ${typeof value}`);
      isTold = true;
    }
    return undefined;
  };
  return (
    environment.speed?.hasten(condition, judge, () => test, !!segments) ??
    ((context) => judge(isNow ? clock?.() : read(context, attribute!, names)))
  );
}

function tellUnknown({ onDiagnostic }: Environment, key: string, operator: string): undefined {
  onDiagnostic?.({ code: 'CONDITION_UNKNOWN', key, message: operator });
}

/**
 * Compiles the conditions of rules: of each rule those that must all hold, undefined if one of them never can.
 *
 * @param owner the flag or segment
 */
export function compileConditions(
  rules: readonly { readonly when: readonly Condition[] }[],
  environment: Environment,
  owner: string,
): (Check[] | undefined)[] {
  let taken = 0;
  return rules.map(({ when }) => {
    const before = taken;
    for (const { operator, values } of when) {
      if (operator === 'matches') for (const program of values) taken += sizeOfProgram(program);
    }
    if (taken > before && taken > MAX_FLAG_INSTRUCTIONS) {
      const message = `patterns over ${MAX_FLAG_INSTRUCTIONS}`;
      environment.onDiagnostic?.({ code: 'PATTERNS_TOO_LARGE', key: owner, message });
      return undefined;
    }
    const checks = when.map((condition) => {
      return compileCondition(condition, environment, owner) ?? tellUnknown(environment, owner, condition.operator);
    });
    return checks.includes(undefined) ? undefined : (checks as Check[]);
  });
}

/** True if all conditions match; also if there are none. */
export function holdAll(checks: readonly Check[], context: EvaluationContext): boolean {
  for (let i = 0; i < checks.length; i++) if (!checks[i]!(context)) return false;
  return true;
}

/** The same in three values: false if one of them does not match, or else undefined if it cannot be said of one. */
export function judgeAll(checks: readonly Check[], context: EvaluationContext): Verdict {
  let verdict: Verdict = true;
  for (const check of checks) {
    const one = check(context);
    if (one === false) return false;
    if (one === undefined) verdict = one;
  }
  return verdict;
}
