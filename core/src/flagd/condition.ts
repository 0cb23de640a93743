import { compileCondition, NOW, parseDivision, parseNumber } from '../condition.ts';
import { canonical } from '../context.ts';
import type { Condition, RulesetSegment } from '../model.ts';
import { all, any, isNumber, isOneOf, isPresent, isSafeInteger, isText, type Logic, not } from './logic.ts';

/** What conditions are translated with. */
export interface Translation {
  /** Absent inside a segment: there are no segments in segments. */
  readonly segments?: { readonly [key: string]: RulesetSegment };
  /** Told what flagd cannot express. What is translated then is of no use. */
  readonly complain: (why: string) => void;
}

const COMPARISONS: { readonly [operator: string]: string } = {
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  semverEq: '=',
  semverLt: '<',
  semverLte: '<=',
  semverGt: '>',
  semverGte: '>=',
};

/** Why an operator has no counterpart. */
const INEXPRESSIBLE: { readonly [operator: string]: string } = {
  matches: 'flagd has no regular expressions',
  cidr: 'flagd has no ranges of addresses',
  before: 'flagd reads no dates',
  after: 'flagd reads no dates',
};

/** No version comes before this one, so it is how flagd is asked whether a text is a version. */
const FIRST_VERSION = '0.0.0-0';

/** Where flagd finds an attribute of a condition. */
function translateAttribute(attribute: string, complain: Translation['complain']): Logic {
  if (attribute === NOW) complain(`attribute ${NOW}: flagd counts in seconds`);
  if (!attribute.startsWith('/')) return translateName(attribute, complain);
  const names = attribute.slice(1).split('/');
  return translatePath(
    attribute,
    names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~')),
    complain,
  );
}

/** Where flagd finds an attribute of this very name. */
export function translateName(name: string, complain: Translation['complain']): Logic {
  return translatePath(name, [name], complain);
}

/** `var`, whose dots are steps. */
function translatePath(attribute: string, names: readonly string[], complain: Translation['complain']): Logic {
  const last = names.length - 1;
  if (names.some((name) => name === '' || /[.\\]|^\$flagd$/.test(name))) {
    complain(`attribute '${attribute}': flagd takes dots for steps, and $flagd for its own`);
  } else if (names.some((name, i) => isNatural(name, last > 0, i < last))) {
    complain(`attribute '${attribute}': flagd finds what every object, text or list has by nature`);
  }
  return { var: names.join('.') };
}

/** Whether flagd's JavaScript finds `name` where nobody has set it. It passes over methods, but steps through them. */
function isNatural(name: string, isPath: boolean, isStep: boolean): boolean {
  if (name === '__proto__') return true;
  return isPath && (/^(\d+|length)$/.test(name) || (isStep && (name in Array.prototype || name in String.prototype)));
}

/** All conditions of a rule, as one expression. */
export function translateConditions(when: readonly Condition[], translation: Translation): Logic {
  return all(...when.map((condition) => translateCondition(condition, translation)));
}

function translateCondition(condition: Condition, translation: Translation): Logic {
  const { attribute = '', operator, values, ignoreCase } = condition;
  const { complain } = translation;
  if (operator === 'inSegment') return translateMembership(condition, translation);
  // As in the evaluator: what can never match does not, negated or not.
  if (!compileCondition(condition, {})) {
    if (!translation.segments) complain(`${operator}: a segment relies on a condition that is not understood`);
    return false;
  }
  const missing = Object.hasOwn(INEXPRESSIBLE, operator) && INEXPRESSIBLE[operator];
  if (missing) complain(`${operator}: ${missing}`);
  const value = translateAttribute(attribute, complain);
  /** Negation speaks only of those whose value can be compared. */
  const whether = (isComparable: Logic, matches: Logic): Logic => {
    return condition.not ? all(isComparable, not(matches)) : all(isComparable, matches);
  };
  if (ignoreCase && ['in', 'startsWith', 'endsWith', 'contains'].includes(operator)) {
    complain('ignoreCase: flagd compares letters as they are');
  }
  switch (operator) {
    case 'exists':
      return condition.not ? { '===': [value, null] } : isPresent(value);
    case 'in': {
      const isIn = isOneOf(attribute, value, values.map(canonical) as string[]);
      return condition.not ? whether(isPresent(value), isIn) : isIn;
    }
    case 'startsWith':
    case 'endsWith': {
      const name = operator === 'startsWith' ? 'starts_with' : 'ends_with';
      const holds = any(...values.map((text) => ({ [name]: [value, text] })));
      return condition.not ? whether(isText(value), holds) : holds;
    }
    case 'contains':
      // To flagd an empty text is an empty list, which does not even contain nothing.
      return whether(isText(value), any(...values.map((text) => text === '' || { in: [text, value] })));
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return whether(
        isNumber(value),
        any(...values.map((limit) => ({ [COMPARISONS[operator]!]: [value, parseNumber(limit)!] }))),
      );
    case 'modulo':
      return whether(
        isSafeInteger(value),
        any(...values.map((division) => hasRemainder(value, parseDivision(division)!))),
      );
    case 'semverEq':
    case 'semverLt':
    case 'semverLte':
    case 'semverGt':
    case 'semverGte': {
      const sign = COMPARISONS[operator]!;
      const holds = any(...values.map((version) => ({ sem_ver: [value, sign, fullVersion(version, complain)] })));
      return whether(
        condition.not ? all(isText(value), { sem_ver: [value, '>=', FIRST_VERSION] }) : isText(value),
        holds,
      );
    }
    default:
      return false;
  }
}

/** To flagd's JavaScript a remainder has the sign of the number; to us it is never negative. */
function hasRemainder(value: Logic, [divisor, remainder]: readonly [number, number]): Logic {
  if (remainder < 0 || remainder >= divisor) return false;
  return { in: [{ '%': [value, divisor] }, [remainder, remainder - divisor]] };
}

/** Complete, as flagd wants versions: `v2-rc+7` becomes `2.0.0-rc`. */
function fullVersion(version: unknown, complain: Translation['complain']): string {
  const [precedence = ''] = String(version).replace(/^v/i, '').split('+');
  const [release = '', ...prerelease] = precedence.split('-');
  const numbers = [...release.split('.'), '0', '0'].slice(0, 3);
  const text = [numbers.join('.'), ...prerelease].join('-');
  if (text.length > 256 || /\d{16}/.test(text)) complain(`${text}: too long a version for flagd`);
  return text;
}

/** Segments are written out where they are used. */
function translateMembership({ values, not: isNot }: Condition, { segments, complain }: Translation): Logic {
  const memberships = values.map((key) => {
    const segment = segments && Object.hasOwn(segments, String(key)) ? segments[String(key)] : undefined;
    return segment && translateSegment(segment, complain);
  });
  const known = memberships.filter((membership) => membership !== undefined);
  if (!isNot) return any(...known);
  // Who knows nothing of a segment cannot say that somebody is outside.
  return known.length === memberships.length && not(any(...known));
}

function translateSegment(
  { included = [], excluded = [], rules = [] }: RulesetSegment,
  complain: Translation['complain'],
): Logic {
  const key = { var: 'targetingKey' };
  return all(
    not(isOneOf('targetingKey', key, excluded)),
    any(isOneOf('targetingKey', key, included), ...rules.map(({ when }) => translateConditions(when, { complain }))),
  );
}
