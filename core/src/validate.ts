/**
 * What is wrong with rules as a person wrote them, in the words of the language itself: values that an operator does
 * not take, conditions that nobody can meet, rules that nobody reaches. An entry of its own: it is used where rules are
 * written, and no SDK carries it. Whether variations, segments and flags exist is for those to check who know them.
 */
import { parseAddressRange } from './address.ts';
import { NOW } from './condition.ts';
import { canonical, isInexact } from './context.ts';
import { parseInstant } from './instant.ts';
import { isLikelySeconds, likelyAttribute } from './likely.ts';
import type { Condition, Rule, Serve } from './model.ts';
import { parseDivision, parseNumber } from './operators.ts';
import { compilePattern, PatternError } from './pattern.ts';
import { MAX_FLAG_INSTRUCTIONS, MAX_INSTRUCTIONS, sizeOfProgram } from './pattern-program.ts';
import { parseVersion } from './version.ts';

/** One thing that is wrong (error), or probably not meant (warning). */
export interface Problem {
  readonly code:
    | 'OPERATOR_UNKNOWN'
    | 'ATTRIBUTE_MISSING'
    | 'ATTRIBUTE_UNUSED'
    | 'VALUE_INVALID'
    | 'PATTERN_INVALID'
    | 'PATTERNS_TOO_LARGE'
    | 'ATTRIBUTE_UNLIKELY'
    | 'SPLIT_KEY_UNREADABLE'
    | 'VALUE_INEXACT'
    | 'INSTANT_UNLIKELY'
    | 'VALUES_EMPTY'
    | 'VALUES_UNUSED'
    | 'IGNORE_CASE_UNUSED'
    | 'RULE_NEVER_MATCHES'
    | 'RULE_UNREACHABLE';
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** E.g. `rules[2].when[0].values[1]`. */
  readonly path: string;
  readonly fix: string;
}

interface ValueRule {
  readonly accepts: (value: unknown) => boolean;
  readonly fix: string;
}

const isString = (value: unknown): boolean => typeof value === 'string';

const TEXT: ValueRule = { accepts: isString, fix: 'Write a string.' };
const NUMBER: ValueRule = {
  accepts: (value) => parseNumber(value) !== undefined,
  fix: 'Write a number, or a string like "12.5".',
};
const INSTANT: ValueRule = {
  accepts: (value) => parseInstant(value) !== undefined,
  fix: 'Write a date-time with a zone, like "2026-03-01T09:00:00+01:00", or milliseconds since 1970.',
};
const VERSION: ValueRule = {
  accepts: (value) => parseVersion(value) !== undefined,
  fix: 'Write a version like "2.4.0" or "2.4.0-rc.1", as a string.',
};

/** What each operator takes; of `matches` the text of a pattern, which is looked at more closely. */
const VALUE_RULES: ReadonlyMap<string, ValueRule> = new Map([
  ['in', { accepts: (value) => canonical(value) !== undefined, fix: 'Write strings, numbers or booleans.' }],
  ['startsWith', TEXT],
  ['endsWith', TEXT],
  ['contains', TEXT],
  ['lt', NUMBER],
  ['lte', NUMBER],
  ['gt', NUMBER],
  ['gte', NUMBER],
  ['before', INSTANT],
  ['after', INSTANT],
  ['semverEq', VERSION],
  ['semverLt', VERSION],
  ['semverLte', VERSION],
  ['semverGt', VERSION],
  ['semverGte', VERSION],
  [
    'modulo',
    { accepts: isDivision, fix: 'Write pairs [divisor, remainder] of whole numbers, 0 ≤ remainder < divisor.' },
  ],
  [
    'cidr',
    { accepts: (value) => parseAddressRange(value) !== undefined, fix: 'Write "10.0.0.0/8" or "2001:db8::/32".' },
  ],
  ['matches', TEXT],
  ['inSegment', TEXT],
  ['exists', { accepts: () => true, fix: '' }],
]);

const KNOWS_CASE: ReadonlySet<string> = new Set(['in', 'startsWith', 'endsWith', 'contains', 'matches']);

function isDivision(value: unknown): boolean {
  const [divisor, remainder] = parseDivision(value) ?? [0, 0];
  return remainder >= 0 && remainder < divisor && (value as unknown[]).length === 2;
}

/** How many instructions patterns may still have. What a pattern takes is taken off. */
export interface PatternRoom {
  instructions: number;
}

/** The room of one flag, or of one segment. */
export function newPatternRoom(): PatternRoom {
  return { instructions: MAX_FLAG_INSTRUCTIONS };
}

/** Problems of rules in their order, `matches` holding the text of patterns. `path` says where they stand. */
export function validateRules(rules: readonly Pick<Rule, 'when' | 'serve'>[], path = 'rules'): Problem[] {
  const problems: Problem[] = [];
  const room = newPatternRoom();
  let closedBy = -1;
  for (const [index, { when, serve }] of rules.entries()) {
    const at = `${path}[${index}]`;
    if (closedBy >= 0) {
      const message = `Nobody gets here: rule ${closedBy + 1} serves everybody.`;
      problems.push(warning('RULE_UNREACHABLE', at, message, 'Move this rule up, or give the other one a condition.'));
    }
    problems.push(...validateConditions(when, `${at}.when`, room), ...validateServe(serve, `${at}.serve`));
    // An allocation passes over contexts that lack the key it hashes, so only a plain variation serves everybody.
    if (closedBy < 0 && when.length === 0 && !('slices' in serve)) closedBy = index;
  }
  return problems;
}

/**
 * Problems of conditions that must all hold: of a rule, or of a segment's rule.
 *
 * @param room what the flag's or segment's patterns may still come to
 */
export function validateConditions(when: readonly Condition[], path = 'when', room = newPatternRoom()): Problem[] {
  const problems = when.flatMap((condition, index) => validateCondition(condition, `${path}[${index}]`, room));
  const existing = attributesThat(when, false);
  const contradiction = attributesThat(when, true).find((attribute) => existing.includes(attribute));
  if (contradiction !== undefined) {
    const message = `"${contradiction}" must exist and must not: nobody matches.`;
    problems.push(warning('RULE_NEVER_MATCHES', path, message, 'Remove one of the two conditions.'));
  }
  return problems;
}

function attributesThat(when: readonly Condition[], not: boolean): (string | undefined)[] {
  return when
    .filter((condition) => condition.operator === 'exists' && (condition.not === true) === not)
    .map(({ attribute }) => attribute);
}

function validateCondition(condition: Condition, path: string, room: PatternRoom): Problem[] {
  const { attribute, operator, values, not, ignoreCase } = condition;
  const valueRule = VALUE_RULES.get(operator);
  if (!valueRule) {
    const fix = `Use one of ${[...VALUE_RULES.keys()].join(', ')}.`;
    return [error('OPERATOR_UNKNOWN', `${path}.operator`, `There is no operator "${operator}".`, fix)];
  }
  const problems: Problem[] = [];
  if (operator === 'inSegment' && attribute !== undefined) {
    const message = 'A segment is asked about the whole context, not about an attribute.';
    problems.push(warning('ATTRIBUTE_UNUSED', `${path}.attribute`, message, 'Remove the attribute.'));
  }
  if (operator !== 'inSegment' && !attribute) {
    const message = `"${operator}" needs an attribute to look at.`;
    problems.push(
      error('ATTRIBUTE_MISSING', `${path}.attribute`, message, 'Name one, like "plan" or "/address/city".'),
    );
  }
  if (attribute !== undefined && operator !== 'inSegment') {
    problems.push(...unlikelyAttribute(attribute, `${path}.attribute`));
  }
  if (ignoreCase === true && !KNOWS_CASE.has(operator)) {
    const message = `"${operator}" knows no letter case.`;
    problems.push(warning('IGNORE_CASE_UNUSED', `${path}.ignoreCase`, message, 'Remove "ignoreCase".'));
  }
  if (operator === 'exists') {
    if (values.length === 0) return problems;
    const message = '"exists" looks at no values.';
    return [...problems, warning('VALUES_UNUSED', `${path}.values`, message, 'Leave "values" empty, or use "in".')];
  }
  if (values.length === 0) {
    const message = not
      ? 'Without values, everybody matches who has the attribute.'
      : 'Without values, nobody matches.';
    problems.push(warning('VALUES_EMPTY', `${path}.values`, message, 'Add a value, or remove the condition.'));
  }
  for (const [index, value] of values.entries()) {
    const at = `${path}.values[${index}]`;
    if (!valueRule.accepts(value)) {
      const message = `${shorten(value)} is not a value that "${operator}" can be asked about.`;
      problems.push(error('VALUE_INVALID', at, message, valueRule.fix));
    } else if (operator === 'matches') {
      problems.push(...validatePattern(value as string, ignoreCase === true, at, room));
    } else problems.push(...unlikelyValue(operator, value, at));
  }
  return problems;
}

function validatePattern(text: string, ignoreCase: boolean, path: string, room: PatternRoom): Problem[] {
  // It has been said already, and compiling all the rest may take minutes.
  if (room.instructions < 0) return [];
  try {
    room.instructions -= sizeOfProgram(compilePattern(text, { ignoreCase }));
  } catch (fault) {
    if (!(fault instanceof PatternError)) throw fault;
    // To find out took as long as the longest that is right.
    room.instructions -= MAX_INSTRUCTIONS;
    const message = `The pattern ${shorten(text)} is not valid at character ${fault.at + 1}.`;
    return [error('PATTERN_INVALID', path, message, fault.message)];
  }
  if (room.instructions >= 0) return [];
  const message = `The patterns up to this one come to more than ${MAX_FLAG_INSTRUCTIONS} instructions, and that is the limit.`;
  const fix =
    'Ask for fewer repetitions and smaller classes, or use "in", "startsWith" or "contains" where there is nothing to repeat.';
  return [error('PATTERNS_TOO_LARGE', path, message, fix)];
}

/** What an operator takes, and what was probably not meant. */
function unlikelyValue(operator: string, value: unknown, path: string): Problem[] {
  if (isInexact(value)) {
    const message = `${value} is beyond 2^53, where a number is but the nearest to several.`;
    return [warning('VALUE_INEXACT', path, message, `Write it as a string, and let contexts say it as one.`)];
  }
  if (operator !== 'before' && operator !== 'after') return [];
  const ms = Number(value);
  if (!isLikelySeconds(ms)) return [];
  const message = `${ms} milliseconds since 1970 is ${new Date(ms).toISOString()}.`;
  const fix = `If it is meant in seconds (${new Date(ms * 1_000).toISOString()}), write ${ms * 1_000}, or the date itself.`;
  return [warning('INSTANT_UNLIKELY', path, message, fix)];
}

/** Problems of the attribute that an allocation splits by. */
export function validateServe(serve: Serve, path: string): Problem[] {
  if (!('slices' in serve) || serve.by === undefined) return [];
  const { by } = serve;
  if (by === NOW) {
    const message = `Nobody can be split by "${NOW}": it is the same for all.`;
    return [error('SPLIT_KEY_UNREADABLE', `${path}.by`, message, 'Name an attribute, or leave "by" out.')];
  }
  return unlikelyAttribute(by, `${path}.by`);
}

/** What is probably a path, or a typing error. Names like it may exist, so it is no error. */
function unlikelyAttribute(name: string, path: string): Problem[] {
  const likely = likelyAttribute(name);
  if (likely === undefined) return [];
  const message = `"${name}" is the literal name of an attribute, and that is probably not what contexts have.`;
  return [warning('ATTRIBUTE_UNLIKELY', path, message, `If "${likely}" is meant, write "${likely}".`)];
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function error(code: Problem['code'], path: string, message: string, fix: string): Problem {
  return { code, severity: 'error', message, path, fix };
}

function warning(code: Problem['code'], path: string, message: string, fix: string): Problem {
  return { code, severity: 'warning', message, path, fix };
}
