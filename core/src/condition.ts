import { asJson, isInexact, isScalar, MAX_VALUE_UNITS, namesOf, OVERSIZED, own, read, spend } from './context.ts';
import { createIndex, type Environment, malformed, tell, type Verdict } from './definition.ts';
import type { Condition, EvaluationContext } from './model.ts';
import { OPERATIONS, type Operation, parseScalar } from './operators.ts';
import { MAX_FLAG_INSTRUCTIONS, sizeOfProgram } from './pattern-program.ts';
import { afford, takeExceeded } from './steps.ts';

// Why: decision 0003, decision 0008.
/** One condition, compiled: true if it matches, `not` included; undefined if that cannot be said. */
export type Check = (context: EvaluationContext) => Verdict;

/** One operator with its values, asked about one value. */
type Test = (value: unknown) => Verdict;

/** The attribute that is the present instant, by the ruleset's clock. A context cannot set it. */
export const NOW = '$now';

/** The longest text, in UTF-16 units, that rules may be found by without asking them, because equality with it is free. */
export const MAX_INDEXED_UNITS = 1024;

/** What it costs to ask a condition at all, and to compile it before the first time. */
const STEPS_PER_CONDITION = 32;

/** Units of what is no text: a number is written out to be compared. */
const NUMBER_UNITS = 24;

/** The test of an operator with its values. Undefined if there is no such operator, or it takes no such value. */
function createTest({ operator, values, ignoreCase }: Condition, environment: Environment): Test | undefined {
  if (operator === 'exists') return isScalar;
  const operation = own(OPERATIONS, operator) as Operation | undefined;
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
  const index = values.length === 1 ? undefined : createIndex(environment, [[compared, true]]);
  const only = parseScalar(values[0], ignoreCase);
  return (value) => {
    let attribute: string | undefined;
    if (typeof value === 'string') {
      // A short text costs nothing: whether the index has asked already (`rule-index.ts`) must make no difference.
      if ((ignoreCase || value.length > MAX_INDEXED_UNITS) && !afford(value.length)) return undefined;
      attribute = ignoreCase ? value.toLowerCase() : value;
    } else attribute = parseScalar(value, ignoreCase);
    if (attribute === undefined) return undefined;
    // Hot path: one value is compared faster than it is looked up.
    if (index ? index.get(attribute) : attribute === only) return true;
    return isInexact(value) ? undefined : false;
  };
}

function testList(list: readonly unknown[], test: Test): Verdict {
  if (list.length > MAX_VALUE_UNITS) throw OVERSIZED;
  let budget: number | undefined;
  let verdict: Verdict = false;
  for (let value of list) {
    value = asJson(value);
    budget = spend(value, budget) - 1;
    const units = typeof value === 'string' ? value.length >> 3 : NUMBER_UNITS;
    if (!afford(4 + units)) return undefined;
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

/**
 * What a condition costs that is asked at all, in steps; what it reads costs more.
 *
 * @throws TypeError if it does not have the shape of a condition
 */
function costOf({ attribute, operator, values }: Condition): number {
  if (!Array.isArray(values)) malformed('values');
  const names = namesOf(attribute ?? (isOperator(operator) ? malformed('attribute') : ''));
  return STEPS_PER_CONDITION + 2 * ((names?.length ?? 0) + (values.length >> 2));
}

/**
 * What it costs to ask rules, in steps, paid before the first is asked: whether an index spares asking some of them
 * (`rule-index.ts`), and whether they are compiled already, must make no difference.
 *
 * @throws TypeError if one of them does not have the shape of a rule
 */
export function costOfRules(rules: readonly { readonly when: readonly Condition[] }[]): number {
  return rules.reduce((sum, { when }) => when.reduce((each, condition) => each + costOf(condition), sum + 8), 0);
}

function isOperator(operator: string): boolean {
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
    return segments && ((context) => turn(testSegments(values, segments, context), not));
  }
  if (!isOperator(operator)) return undefined;
  const names = namesOf(attribute!);
  const isNow = attribute === NOW;
  const isExists = operator === 'exists';
  const toRead = isExists ? 0 : values.length * (ignoreCase ? 4 : OPERATIONS[operator]!.base >> 2);
  let test: Test | undefined;
  let isTold = false;
  return (context) => {
    let value = isNow ? clock?.() : names ? read(context, attribute!, names) : own(context, attribute!);
    if (typeof value === 'object') value = asJson(value);
    // Hot path: nearly all are texts and numbers.
    spend(value);
    // Of what is missing nothing can be said, so that nothing need be read.
    if (!isExists && (value === undefined || value === null)) return undefined;
    if (afford(toRead)) {
      if (!test) {
        test = createTest(condition, environment) ?? NEVER;
        if (test === NEVER) tellUnknown(environment, owner, operator);
      }
      const verdict =
        typeof value === 'object' && Array.isArray(value) ? isExists || testList(value, test) : test(value);
      if (verdict !== undefined) return turn(verdict, not);
    }
    const isExceeded = takeExceeded();
    if (!isTold && test !== NEVER) {
      const code = isExceeded ? 'STEPS_EXCEEDED' : 'ATTRIBUTE_UNREADABLE';
      const why = isExceeded ? 'costs too much' : `cannot read this ${typeof value}`;
      tell(environment, code, owner, attribute!, `${attribute}: ${operator} ${why}`);
      isTold = true;
    }
    return undefined;
  };
}

function tellUnknown({ onDiagnostic }: Environment, key: string, operator: string): void {
  onDiagnostic?.({ code: 'CONDITION_UNKNOWN', key, message: operator });
}

/**
 * Compiles conditions that must all hold; undefined if one of them never can.
 *
 * @param owner the flag or segment
 * @param room how many instructions the patterns of its rules may still have; what is taken is taken off
 */
export function compileConditions(
  when: readonly Condition[],
  environment: Environment,
  owner: string,
  room: { instructions: number },
): Check[] | undefined {
  const patterns = when.filter(({ operator }) => operator === 'matches').flatMap(({ values }) => values);
  for (const program of patterns) room.instructions -= sizeOfProgram(program);
  if (patterns.length > 0 && room.instructions < 0) {
    const message = `more than ${MAX_FLAG_INSTRUCTIONS} instructions`;
    environment.onDiagnostic?.({ code: 'PATTERNS_TOO_LARGE', key: owner, message });
    return undefined;
  }
  const checks: Check[] = [];
  for (const condition of when) {
    const check = compileCondition(condition, environment, owner);
    if (check) checks.push(check);
    else tellUnknown(environment, owner, condition.operator);
  }
  return checks.length < when.length ? undefined : checks;
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
